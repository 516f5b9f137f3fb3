//! A call as a file: each line, read.

use serde::Deserialize;
use serde_json::Value;
use shared::{IceCandidate, Phase, Role, Sending, SessionDescription, StepNumber, json};

use super::saved::{FileNews, Head, Moment, RecordEvent, Sample};
use crate::call::engine::{CandidatePair, MediaKind};
use crate::call::state::{ConnectionState, IceConnectionState, IceGatheringState, SignalingState};
use crate::call::{Artefact, CallEvent, EndReason};

/// The names of the events: the values of `event`.
const NAMES: [&str; 25] = [
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
    "candidate_refused",
    "signaling_back",
    "ended",
    "statistics",
    "file",
    "left_out",
];

/// The most letters of a line of chat that are counted.
const MOST_LETTERS: usize = 10_000;

/// A line as JSON: one flat object. Which fields it has depends on the event.
#[derive(Debug, Deserialize)]
struct Line {
    at: u32,
    side: Option<Role>,
    event: String,
    role: Option<Role>,
    step: Option<StepNumber>,
    phase: Option<Phase>,
    state: Option<String>,
    kind: Option<String>,
    reason: Option<String>,
    text: Option<String>,
    description: Option<SessionDescription>,
    /// `null` says that there are no more.
    candidate: Option<IceCandidate>,
    path: Option<CandidatePair>,
    sending: Option<Sending>,
    statistics: Option<Sample>,
    /// How many: letters of chat, bytes of a file, events that were left out.
    count: Option<u64>,
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
            "local_candidate" => CallEvent::LocalCandidate(self.candidate),
            "remote_candidate" => CallEvent::RemoteCandidate(self.candidate),
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
            "candidate_refused" => CallEvent::CandidateRefused(self.reason.unwrap_or_default()),
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
