//! `peer`: a headless partner that says each step as it passes.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures::StreamExt;
use shared::{RoomName, Step, anchor};
use study_zoom::call::{Artefact, Call, CallEvent, CallOptions, Cause, ConnectionState, Controls, EndReason, Fault};
use study_zoom::explain::record::RecordEvent;
use study_zoom::native::{self, NativeEngine, NativeOptions, Trust};
use study_zoom::site::lab::EXPERIMENTS;
use support::cli::{Failure, asked_to_end};

use super::journal::{Journal, print_line};
use super::transfers::Transfers;
use super::{PeerArguments, received};

/// What an echo puts before the chat it sends back, and by which two echoes in one room know to stop.
const ECHO_PREFIX: &str = "echo: ";

pub(super) async fn run(arguments: PeerArguments) -> Result<(), Failure> {
    let room = RoomName::new(&arguments.room).map_err(|error| format!("--room {:?}: {error}", arguments.room))?;
    let trust = Trust::with(arguments.ca.as_deref())?;
    let mut journal = Journal::new(&arguments);
    if let Some(fault) = arguments.fault {
        print_line!("FAULT {}: on purpose, see docs/laboratory.md", fault.name());
    }
    let mut transfers = Transfers::new(&arguments).await?;
    let mut ending = pin!(ending(arguments.duration));
    loop {
        let mut outcome = Outcome::default();
        let run = one_run(&arguments, &room, &trust, &mut outcome, &mut transfers, &mut journal, ending.as_mut());
        match run.await {
            // A partner that cannot be reached, or sends nonsense, is no reason not to wait for the next one.
            Err(error) if arguments.stay && outcome.in_room && !outcome.hung_up => {
                print_line!("{error}; waiting for the next one");
            }
            result => return result,
        }
    }
}

/// Ready when it is time to hang up: because the time is up, or (true) because somebody says so.
async fn ending(duration: Option<Duration>) -> bool {
    let time_is_up = async {
        match duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = time_is_up => false,
        () = asked_to_end() => true,
    }
}

/// Joins the room and stays until it is time to hang up, or a call fails.
async fn one_run(
    arguments: &PeerArguments,
    room: &RoomName,
    trust: &Trust,
    outcome: &mut Outcome,
    transfers: &mut Transfers,
    journal: &mut Journal,
    mut ending: Pin<&mut impl Future<Output = bool>>,
) -> Result<(), Failure> {
    let engine = NativeEngine::new(NativeOptions {
        video: arguments.video.clone(),
        audio: arguments.audio.clone(),
        echo: arguments.echo,
        record: arguments.record.clone(),
        addresses: addresses(arguments),
        ..NativeOptions::default()
    });
    let (counters, statistics) = (engine.counters(), engine.statistics());
    transfers.attach(engine.files());
    let signaling = native::connect_trusting(&arguments.url, trust.clone()).await.map_err(|error| {
        let mut reason = format!("cannot use the signaling server {}: {error}", arguments.url);
        if reason.ends_with('?') {
            reason.push_str(" If not: cargo run -- serve");
        }
        journal.note(CallEvent::Ended(EndReason::Failed(reason.clone())));
        reason
    })?;
    let (stay, relay_only, fault) = (arguments.stay, arguments.relay_only, arguments.fault);
    let options = CallOptions { stay, relay_only, fault, ..CallOptions::new(room.clone()) };
    let (call, controls, mut events) = Call::new(engine, signaling, options);
    let call = tokio::spawn(call.run());
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => {
                    journal.note(event.clone());
                    let had_partner = outcome.has_partner;
                    outcome.take(&event, arguments, &controls);
                    if outcome.has_partner && !had_partner {
                        transfers.send_all();
                    }
                }
                None => break,
            },
            () = transfers.next() => {}
            () = journal.second() => journal.count(&statistics).await,
            interrupted = ending.as_mut(), if !outcome.hung_up => {
                outcome.interrupted = interrupted;
                outcome.hung_up = true;
                // The other side is told why, before it sees the connection end.
                transfers.cancel(if interrupted { "the other side was stopped" } else { "its time is up" }).await;
                controls.hang_up();
            }
        }
        transfers.news().for_each(|news| journal.note(RecordEvent::File(news)));
    }
    let result = call.await.expect("a call does not panic");
    transfers.settle().await;
    transfers.news().for_each(|news| journal.note(RecordEvent::File(news)));
    print_line!("received: {}", received(counters.read()));
    transfers.say_total();
    result.map_err(|error| match arguments.fault.filter(|_| !matches!(error.source, Cause::Join { .. })) {
        Some(fault) => format!("{error}: --fault {} has brought this about: see {}", fault.name(), place_of(fault)),
        None => error.to_string(),
    })?;
    if let Some(problem) = counters.recording_problem() {
        return Err(problem.into());
    }
    outcome.verdict(arguments)?;
    transfers.verdict()
}

/// Where the laboratory says more about a fault.
fn place_of(fault: Fault) -> String {
    let experiment = EXPERIMENTS.iter().find(|experiment| experiment.name == fault.name());
    let title = experiment.expect("each fault is an experiment").title.en;
    format!("docs/laboratory.md#{}", anchor::of_heading(title))
}

/// Where to send from.
fn addresses(arguments: &PeerArguments) -> Vec<String> {
    let addresses: &[&str] = match (&*arguments.bind, is_loopback(&arguments.url)) {
        // A browser on this machine: Chromium may be reached over loopback alone, and Firefox over everything but that.
        ([], true) => &["127.0.0.1:0", "0.0.0.0:0"],
        ([], false) => &["0.0.0.0:0", "[::]:0"],
        (given, _) => return given.to_vec(),
    };
    addresses.iter().map(|address| (*address).to_owned()).collect()
}

/// What the run came to.
#[derive(Default)]
struct Outcome {
    /// The server let us in.
    in_room: bool,
    /// There was a call.
    connected: bool,
    /// Somebody is connected, or was a moment ago: a connection that is lost and found again is no new partner.
    has_partner: bool,
    /// We have hung up, for whatever reason.
    hung_up: bool,
    /// The person at the terminal ended it.
    interrupted: bool,
    /// The last step that has begun.
    reached: Option<&'static Step>,
    /// The other side has told how far it is.
    has_seen_partner: bool,
    /// The other side left before there was a call: at this step.
    abandoned: Option<String>,
}

impl Outcome {
    /// Says what happened, and reacts to it where the arguments ask for it.
    fn take(&mut self, event: &CallEvent, arguments: &PeerArguments, controls: &Controls) {
        match event {
            CallEvent::InRoom(role) => {
                self.in_room = true;
                print_line!("in room \"{}\" as {role}", arguments.room);
            }
            // What it says in the table is true when it is done, and this one takes its time.
            CallEvent::StepStarted(step) if step.number == 13 => {
                self.reached = Some(step);
                print_line!("step 13  {:22} waits for the connection and the other side's stream", step.call);
            }
            CallEvent::StepStarted(step) => {
                // Candidates travel beside the other steps, and say nothing of how far those are.
                if ![11, 12].contains(&step.number) {
                    self.reached = Some(step);
                }
                print_line!("step {:2}  {:22} {}", step.number, step.call, step.sentence);
            }
            CallEvent::StepDone(step, artefact) => match artefact {
                Artefact::Path(Some(pair)) if step.number == 13 => {
                    print_line!("         {} It goes over {pair}", step.sentence);
                }
                Artefact::Path(None) if step.number == 13 => print_line!("         {}", step.sentence),
                Artefact::Text(text) => print_line!("         {text}"),
                Artefact::Description(description) => {
                    print_line!("         {}, {} bytes of SDP", description.sdp_type, description.sdp.len());
                }
                Artefact::Path(Some(pair)) => print_line!("         over {pair}"),
                Artefact::Path(None) | Artefact::None => {}
            },
            CallEvent::ConnectionState(state) => {
                self.has_partner |= *state == ConnectionState::Connected;
                self.connected |= self.has_partner;
                print_line!("         connectionState: {state}");
            }
            CallEvent::CandidateRefused(error) => print_line!("         a candidate was refused: {error}"),
            CallEvent::RemoteTrack(kind) => print_line!("         the other side's {kind} arrives"),
            CallEvent::ChatOpen => {
                if let Some(text) = &arguments.chat {
                    controls.chat(text);
                }
            }
            CallEvent::ChatSent(text) => print_line!("chat, we:   {text:?}"),
            CallEvent::ChatNotSent(text, reason) => print_line!("chat, we:   {text:?} was not sent: {reason}"),
            CallEvent::ChatReceived(text) => {
                print_line!("chat, they: {text:?}");
                if arguments.echo && !text.starts_with(ECHO_PREFIX) {
                    controls.chat(format!("{ECHO_PREFIX}{text}"));
                }
            }
            CallEvent::PeerStep(..) => self.has_seen_partner = true,
            CallEvent::SignalingLost(reason) => print_line!("signaling lost: {reason}"),
            CallEvent::SignalingBack => print_line!("signaling is back"),
            CallEvent::Ended(reason) => self.ended(reason),
            _ => {}
        }
    }

    fn ended(&mut self, reason: &EndReason) {
        self.has_partner = false;
        match reason {
            EndReason::HungUp | EndReason::Failed(_) => {}
            EndReason::StartedOver => print_line!("a new negotiation begins"),
            EndReason::PeerLeft(None) => print_line!("the other side left"),
            EndReason::PeerLeft(Some(step)) => {
                print_line!("the other side left during {step}");
                self.abandoned = Some(step.to_string());
            }
        }
    }

    /// Why there is no call yet, and what to do about it.
    fn what_is_missing(&self, room: &str) -> String {
        let missing = match self.reached.map_or(0, |step| step.number) {
            0..3 if self.has_seen_partner => "the other side is there, and its offer (step 5) has not come",
            0..3 => return format!("start the other side in room \"{room}\" as well"),
            3..6 => "the offer was sent, and the other side's answer (step 9) has not come",
            _ => "offer and answer were exchanged, and no way to the other side was found (step 13)",
        };
        format!("{missing}: start the other side again")
    }

    fn verdict(&self, arguments: &PeerArguments) -> Result<(), Failure> {
        if self.connected || self.interrupted {
            return Ok(());
        }
        Err(match (&self.abandoned, arguments.duration) {
            (Some(step), _) => format!("{step}: the other side left before the call was connected: start both again"),
            (None, Some(duration)) => format!(
                "no call within {duration:?}: {}, or give more time with --for",
                self.what_is_missing(&arguments.room)
            ),
            (None, None) => "the call ended before it was connected".to_owned(),
        }
        .into())
    }
}

/// Whether the server is on this machine, as far as its URL tells.
fn is_loopback(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => host,
        _ => authority,
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_said_about_each_fault() {
        let laboratory = include_str!("../../docs/laboratory.md");
        for fault in Fault::ALL {
            let place = place_of(fault);
            let anchors = laboratory.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor::of_heading);
            assert!(anchors.into_iter().any(|anchor| place == format!("docs/laboratory.md#{anchor}")), "{place}");
        }
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        for url in ["http://localhost:3000", "http://127.0.0.1:3000/", "http://[::1]:3000", "http://127.8.8.8"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in
            ["http://localhost.example.com", "http://127.example.com:80", "http://192.168.0.2:3000", "http://[fe80::1]"]
        {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
