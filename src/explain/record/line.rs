//! A call as a file: each line, written and read.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{IceCandidate, Phase, Role, Sending, SessionDescription, StepNumber, json};

use super::saved::{FileNews, Head, Moment, RecordEvent, Sample};
use crate::call::engine::{CandidatePair, MediaKind};
use crate::call::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};
use crate::call::{Artefact, CallEvent, EndReason};

/// The names of the events: the values of `event`.
const NAMES: [&str; 24] = [
    "in_room",
    "step_waiting",
    "step_started",
    "step_done",
    "local_candidate",
    "remote_candidate",
    "signaling_state",
    "ice_gathering_state",
    "ice_connection_state",
    "connection_state",
    "remote_track",
    "chat_open",
    "chat_received",
    "chat_sent",
    "chat_not_sent",
    "sending",
    "peer_sending",
    "peer_step",
    "signaling_lost",
    "signaling_back",
    "ended",
    "statistics",
    "file",
    "left_out",
];

/// The most letters of a line of chat that are counted.
const MOST_LETTERS: usize = 10_000;

/// A line as JSON: one flat object. Which fields it has depends on the event.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Line {
    at: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Role>,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<StepNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<Phase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<SessionDescription>,
    /// `null` says that there are no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate: Option<Option<IceCandidate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<CandidatePair>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sending: Option<Sending>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Sample>,
    /// How many: letters of chat, bytes of a file, events that were left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

/// The first line, without its line break.
pub fn head_line(head: &Head) -> String {
    serde_json::to_string(head).expect("a head is texts and numbers")
}

/// The line of a moment, without its line break.
pub fn line(moment: &Moment) -> String {
    let line = Line { at: moment.at, side: moment.side, ..Line::of(&moment.event) };
    serde_json::to_string(&line).expect("a line is texts and numbers")
}

/// Reads the first line.
pub(super) fn read_head(text: &str) -> Result<Head, String> {
    json::object_in(text)
}

/// Reads a line; `None` when its event is of a later version.
pub(super) fn read(text: &str) -> Result<Option<Moment>, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| json::reason(&error))?;
    if value.get("event").and_then(Value::as_str).is_some_and(|name| !NAMES.contains(&name)) {
        return Ok(None);
    }
    let line: Line = json::object(&value)?;
    let (at, side) = (line.at, line.side);
    Ok(Some(Moment { at, side, event: line.event()? }))
}

impl Line {
    fn named(event: &str) -> Self {
        Self { event: event.to_owned(), ..Self::default() }
    }

    fn of(event: &RecordEvent) -> Self {
        match event {
            RecordEvent::Call(event) => Self::of_call(event),
            RecordEvent::Statistics(sample) => Self { statistics: Some(sample.clone()), ..Self::named("statistics") },
            RecordEvent::File(FileNews { sent, done, size }) => Self {
                kind: Some(if *sent { "sent" } else { "received" }.to_owned()),
                phase: Some(if *done { Phase::Done } else { Phase::Started }),
                count: *size,
                ..Self::named("file")
            },
            RecordEvent::LeftOut(count) => Self { count: Some(u64::from(*count)), ..Self::named("left_out") },
        }
    }

    fn of_call(event: &CallEvent) -> Self {
        let of_step = |name, step: &'static _| Self { step: Some(StepNumber::from(step)), ..Self::named(name) };
        let of_state = |name, state: &str| Self { state: Some(state.to_owned()), ..Self::named(name) };
        let of_candidate =
            |name, candidate: &Option<_>| Self { candidate: Some(candidate.clone()), ..Self::named(name) };
        let of_chat = |name, text: &str| Self { count: Some(text.chars().count() as u64), ..Self::named(name) };
        match event {
            CallEvent::InRoom(role) => Self { role: Some(*role), ..Self::named("in_room") },
            CallEvent::StepWaiting(step) => of_step("step_waiting", step),
            CallEvent::StepStarted(step) => of_step("step_started", step),
            CallEvent::StepDone(step, artefact) => {
                let line = of_step("step_done", step);
                match artefact {
                    Artefact::None => line,
                    Artefact::Text(text) => Self { text: Some(text.clone()), ..line },
                    Artefact::Description(description) => Self { description: Some(description.clone()), ..line },
                    Artefact::Path(path) => Self { path: path.clone(), ..line },
                }
            }
            CallEvent::LocalCandidate(candidate) => of_candidate("local_candidate", candidate),
            CallEvent::RemoteCandidate(candidate) => of_candidate("remote_candidate", candidate),
            CallEvent::SignalingState(state) => of_state("signaling_state", state.as_str()),
            CallEvent::IceGatheringState(state) => of_state("ice_gathering_state", state.as_str()),
            CallEvent::IceConnectionState(state) => of_state("ice_connection_state", state.as_str()),
            CallEvent::ConnectionState(state) => of_state("connection_state", state.as_str()),
            CallEvent::RemoteTrack(kind) => Self { kind: Some(kind.to_string()), ..Self::named("remote_track") },
            CallEvent::ChatOpen => Self::named("chat_open"),
            CallEvent::ChatReceived(text) => of_chat("chat_received", text),
            CallEvent::ChatSent(text) => of_chat("chat_sent", text),
            CallEvent::ChatNotSent(text, reason) => {
                Self { reason: Some(reason.clone()), ..of_chat("chat_not_sent", text) }
            }
            CallEvent::Sending(sending) => Self { sending: Some(*sending), ..Self::named("sending") },
            CallEvent::PeerSending(sending) => Self { sending: Some(*sending), ..Self::named("peer_sending") },
            CallEvent::PeerStep(step, phase) => Self { phase: Some(*phase), ..of_step("peer_step", step) },
            CallEvent::SignalingLost(reason) => Self { reason: Some(reason.clone()), ..Self::named("signaling_lost") },
            CallEvent::SignalingBack => Self::named("signaling_back"),
            CallEvent::Ended(reason) => {
                let (reason, step, text) = match reason {
                    EndReason::HungUp => ("hung_up", None, None),
                    EndReason::PeerLeft(step) => ("peer_left", step.map(StepNumber::from), None),
                    EndReason::StartedOver => ("started_over", None, None),
                    EndReason::Failed(text) => ("failed", None, Some(text.clone())),
                };
                Self { reason: Some(reason.to_owned()), step, text, ..Self::named("ended") }
            }
        }
    }

    /// The event of the line, or what is wrong with the line.
    fn event(self) -> Result<RecordEvent, String> {
        let event = match &*self.event {
            "in_room" => CallEvent::InRoom(needed(self.role, "role")?),
            "step_waiting" => CallEvent::StepWaiting(needed(self.step, "step")?.step()),
            "step_started" => CallEvent::StepStarted(needed(self.step, "step")?.step()),
            "step_done" => {
                let step = needed(self.step, "step")?.step();
                let artefact = match (self.description, self.text) {
                    (Some(description), _) => Artefact::Description(description),
                    (None, Some(text)) => Artefact::Text(text),
                    // The last step makes a path, also where the engine cannot tell which.
                    (None, None) if step.number == 13 => Artefact::Path(self.path),
                    (None, None) => Artefact::None,
                };
                CallEvent::StepDone(step, artefact)
            }
            "local_candidate" => CallEvent::LocalCandidate(self.candidate.flatten()),
            "remote_candidate" => CallEvent::RemoteCandidate(self.candidate.flatten()),
            "signaling_state" => CallEvent::SignalingState(state(&self.state, SignalingState::from_w3c)?),
            "ice_gathering_state" => CallEvent::IceGatheringState(state(&self.state, IceGatheringState::from_w3c)?),
            "ice_connection_state" => CallEvent::IceConnectionState(state(&self.state, IceConnectionState::from_w3c)?),
            "connection_state" => CallEvent::ConnectionState(state(&self.state, ConnectionState::from_w3c)?),
            "remote_track" => CallEvent::RemoteTrack(match self.kind.as_deref() {
                Some("audio") => MediaKind::Audio,
                Some("video") => MediaKind::Video,
                _ => return Err("`kind` is audio or video".to_owned()),
            }),
            "chat_open" => CallEvent::ChatOpen,
            "chat_received" => CallEvent::ChatReceived(dots(self.count)),
            "chat_sent" => CallEvent::ChatSent(dots(self.count)),
            "chat_not_sent" => CallEvent::ChatNotSent(dots(self.count), self.reason.unwrap_or_default()),
            "sending" => CallEvent::Sending(needed(self.sending, "sending")?),
            "peer_sending" => CallEvent::PeerSending(needed(self.sending, "sending")?),
            "peer_step" => CallEvent::PeerStep(needed(self.step, "step")?.step(), needed(self.phase, "phase")?),
            "signaling_lost" => CallEvent::SignalingLost(self.reason.unwrap_or_default()),
            "signaling_back" => CallEvent::SignalingBack,
            "ended" => CallEvent::Ended(match self.reason.as_deref() {
                Some("hung_up") => EndReason::HungUp,
                Some("peer_left") => EndReason::PeerLeft(self.step.map(StepNumber::step)),
                Some("started_over") => EndReason::StartedOver,
                Some("failed") => EndReason::Failed(self.text.unwrap_or_default()),
                _ => return Err("`reason` is hung_up, peer_left, started_over or failed".to_owned()),
            }),
            "statistics" => return Ok(RecordEvent::Statistics(needed(self.statistics, "statistics")?)),
            "file" => {
                let sent = self.kind.as_deref() == Some("sent");
                let done = self.phase == Some(Phase::Done);
                return Ok(RecordEvent::File(FileNews { sent, done, size: self.count }));
            }
            "left_out" => {
                let count = needed(self.count, "count")?;
                return Ok(RecordEvent::LeftOut(count.try_into().unwrap_or(u32::MAX)));
            }
            name => return Err(format!("`event` {name:?} is not in the table")),
        };
        Ok(event.into())
    }
}

fn needed<T>(value: Option<T>, name: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{name}`"))
}

fn state<S>(name: &Option<String>, from_w3c: fn(&str) -> Option<S>) -> Result<S, String> {
    let name = name.as_deref().unwrap_or_default();
    from_w3c(name).ok_or_else(|| format!("`state` {name:?} is none that the W3C knows"))
}

/// A text of which nothing but its length is known.
fn dots(count: Option<u64>) -> String {
    "·".repeat(usize::try_from(count.unwrap_or(0)).unwrap_or(MOST_LETTERS).min(MOST_LETTERS))
}
