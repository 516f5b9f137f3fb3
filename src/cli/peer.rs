//! `peer`: a headless partner that says each step as it passes.

use futures::StreamExt;
use shared::RoomName;
use study_zoom::call::{Artefact, Call, CallEvent, CallOptions, Controls, EndReason};
use study_zoom::native::{self, NativeEngine, NativeOptions};

use super::{Failure, PeerArguments, asked_to_end, received};

/// What an echo puts before the chat it sends back, and by which two echoes in one room know to stop.
const ECHO_PREFIX: &str = "echo: ";

pub(super) async fn run(arguments: PeerArguments) -> Result<(), Failure> {
    let room = RoomName::new(&arguments.room).map_err(|error| format!("--room {:?}: {error}", arguments.room))?;
    let addresses = match (&*arguments.bind, is_loopback(&arguments.url)) {
        ([], true) => vec!["127.0.0.1:0".to_owned()],
        ([], false) => vec!["0.0.0.0:0".to_owned()],
        (given, _) => given.to_vec(),
    };
    let engine = NativeEngine::new(NativeOptions {
        video: arguments.video.clone(),
        audio: arguments.audio.clone(),
        echo: arguments.echo,
        record: arguments.record.clone(),
        addresses,
        ..NativeOptions::default()
    });
    let counters = engine.counters();
    let signaling = native::connect(&arguments.url).await.map_err(|error| {
        format!("cannot use the signalling server {}: {error}; start one with: cargo run -- serve", arguments.url)
    })?;
    let (call, controls, mut events) = Call::new(engine, signaling, CallOptions::new(room));
    let mut call = tokio::spawn(call.run());

    let mut outcome = Outcome::default();
    let time_is_up = async {
        match arguments.duration {
            Some(duration) => tokio::time::sleep(duration).await,
            None => std::future::pending().await,
        }
    };
    let mut time_is_up = std::pin::pin!(time_is_up);
    let mut asked_to_end = std::pin::pin!(asked_to_end());
    let mut hanging_up = false;
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => outcome.take(&event, &arguments, &controls),
                None => break,
            },
            () = &mut time_is_up, if !hanging_up => {
                hanging_up = true;
                controls.hang_up();
            }
            () = &mut asked_to_end, if !hanging_up => {
                hanging_up = true;
                outcome.interrupted = true;
                controls.hang_up();
            }
        }
    }
    (&mut call).await.expect("a call does not panic")?;
    println!("received: {}", received(counters.read()));
    outcome.verdict(&arguments)
}

/// What the run came to.
#[derive(Default)]
struct Outcome {
    /// There was a call.
    connected: bool,
    /// The person at the terminal ended it.
    interrupted: bool,
    /// The other side left before there was a call: at this step.
    abandoned: Option<String>,
}

impl Outcome {
    /// Says what happened, and reacts to it where the arguments ask for it.
    fn take(&mut self, event: &CallEvent, arguments: &PeerArguments, controls: &Controls) {
        match event {
            CallEvent::InRoom(role) => println!("in room \"{}\" as {role}", arguments.room),
            CallEvent::StepStarted(step) => println!("step {:2}  {:22} {}", step.number, step.call, step.en),
            CallEvent::StepDone(step, artefact) => {
                self.connected |= step.number == 13;
                match artefact {
                    Artefact::Text(text) => println!("         {text}"),
                    Artefact::Description(description) => {
                        println!("         {}, {} bytes of SDP", description.sdp_type, description.sdp.len());
                    }
                    Artefact::Path(Some(pair)) => println!("         over {pair}"),
                    Artefact::Path(None) | Artefact::None => {}
                }
            }
            CallEvent::ConnectionState(state) => println!("         connectionState: {state}"),
            CallEvent::RemoteTrack(kind) => println!("         the other side's {kind} arrives"),
            CallEvent::ChatOpen => {
                if let Some(text) = &arguments.chat {
                    controls.chat(text);
                }
            }
            CallEvent::ChatSent(text) => println!("chat, we:   {text:?}"),
            CallEvent::ChatNotSent(text, reason) => println!("chat, we:   {text:?} was not sent: {reason}"),
            CallEvent::ChatReceived(text) => {
                println!("chat, they: {text:?}");
                if arguments.echo && !text.starts_with(ECHO_PREFIX) {
                    controls.chat(format!("{ECHO_PREFIX}{text}"));
                }
            }
            CallEvent::SignallingLost(reason) => println!("signalling lost: {reason} (media goes on)"),
            CallEvent::SignallingBack => println!("signalling is back"),
            CallEvent::Ended(reason) => self.ended(reason, arguments, controls),
            _ => {}
        }
    }

    fn ended(&mut self, reason: &EndReason, arguments: &PeerArguments, controls: &Controls) {
        match reason {
            EndReason::HungUp | EndReason::Failed(_) => return,
            EndReason::StartedOver => println!("the other side began anew: so do we"),
            EndReason::PeerLeft(None) => println!("the other side left"),
            EndReason::PeerLeft(Some(step)) => {
                println!("the other side left during {step}");
                self.abandoned = Some(step.to_string());
            }
        }
        if !arguments.stay && matches!(reason, EndReason::PeerLeft(_)) {
            controls.hang_up();
        }
    }

    fn verdict(self, arguments: &PeerArguments) -> Result<(), Failure> {
        if self.connected || self.interrupted {
            return Ok(());
        }
        Err(match (self.abandoned, arguments.duration) {
            (Some(step), _) => format!("{step}: the other side left before the call was connected: start both again"),
            (None, Some(duration)) => format!(
                "no call within {duration:?}: start the other side in room \"{}\" as well, or give more time with --for",
                arguments.room
            ),
            (None, None) => "the call ended before it was connected".to_owned(),
        }
        .into())
    }
}

/// Whether the server is on this machine, as far as its URL tells.
fn is_loopback(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    ["localhost", "127.", "[::1]"].iter().any(|loopback| host.starts_with(loopback))
}
