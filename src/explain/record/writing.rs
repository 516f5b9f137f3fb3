//! A call as a file: each line, written.
//!
//! By hand and not by `derive`: the page carries this code to everybody who makes a call, and so it is a third as large.

use serde::Serialize;
use shared::Phase;

use super::saved::{FileNews, Head, Moment, RecordEvent};
use crate::call::{Artefact, CallEvent, EndReason};

/// The first line, without its line break.
pub fn head_line(head: &Head) -> String {
    json(head)
}

/// The line of a moment, without its line break.
pub fn line(moment: &Moment) -> String {
    let mut line = Line(format!("{{\"at\":{}", moment.at));
    if let Some(side) = &moment.side {
        line.put("side", side);
    }
    match &moment.event {
        RecordEvent::Call(event) => line.call(event),
        RecordEvent::Statistics(sample) => line.event("statistics").put("statistics", sample),
        RecordEvent::File(FileNews { sent, done, size }) => {
            line.event("file").text("kind", if *sent { "sent" } else { "received" });
            line.put("phase", if *done { &Phase::Done } else { &Phase::Started });
            if let Some(size) = size {
                line.put("count", size);
            }
        }
        RecordEvent::LeftOut(count) => line.event("left_out").put("count", count),
    }
    line.0 + "}"
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers can be written")
}

/// A JSON object that is not closed yet.
struct Line(String);

impl Line {
    fn event(&mut self, name: &str) -> &mut Self {
        self.text("event", name);
        self
    }

    fn text(&mut self, name: &str, text: &str) {
        self.put(name, &text);
    }

    fn put(&mut self, name: &str, value: &impl Serialize) {
        let value = json(value);
        for part in [",\"", name, "\":", &value] {
            self.0 += part;
        }
    }

    fn step(&mut self, name: &str, step: &shared::Step) {
        self.event(name).put("step", &step.number);
    }

    /// Of what people say only the length.
    fn chat(&mut self, name: &str, text: &str) {
        self.event(name).put("count", &text.chars().count());
    }

    fn call(&mut self, event: &CallEvent) {
        match event {
            CallEvent::InRoom(role) => self.event("in_room").put("role", role),
            CallEvent::StepWaiting(step) => self.step("step_waiting", step),
            CallEvent::StepStarted(step) => self.step("step_started", step),
            CallEvent::StepDone(step, artefact) => {
                self.step("step_done", step);
                match artefact {
                    Artefact::Text(text) => self.text("text", text),
                    Artefact::Description(description) => self.put("description", description),
                    Artefact::Path(Some(path)) => self.put("path", path),
                    Artefact::Path(None) | Artefact::None => {}
                }
            }
            CallEvent::LocalCandidate(candidate) => self.event("local_candidate").put("candidate", candidate),
            CallEvent::RemoteCandidate(candidate) => self.event("remote_candidate").put("candidate", candidate),
            CallEvent::SignalingState(state) => self.event("signaling_state").text("state", state.as_str()),
            CallEvent::IceGatheringState(state) => self.event("ice_gathering_state").text("state", state.as_str()),
            CallEvent::IceConnectionState(state) => self.event("ice_connection_state").text("state", state.as_str()),
            CallEvent::ConnectionState(state) => self.event("connection_state").text("state", state.as_str()),
            CallEvent::RemoteTrack(kind) => self.event("remote_track").text("kind", &kind.to_string()),
            CallEvent::ChatOpen => _ = self.event("chat_open"),
            CallEvent::ChatReceived(text) => self.chat("chat_received", text),
            CallEvent::ChatSent(text) => self.chat("chat_sent", text),
            CallEvent::ChatNotSent(text, reason) => {
                self.chat("chat_not_sent", text);
                self.text("reason", reason);
            }
            CallEvent::Sending(sending) => self.event("sending").put("sending", sending),
            CallEvent::PeerSending(sending) => self.event("peer_sending").put("sending", sending),
            CallEvent::PeerStep(step, phase) => {
                self.step("peer_step", step);
                self.put("phase", phase);
            }
            CallEvent::SignalingLost(reason) => self.event("signaling_lost").text("reason", reason),
            CallEvent::SignalingBack => _ = self.event("signaling_back"),
            CallEvent::Ended(reason) => {
                let (name, step, text) = match reason {
                    EndReason::HungUp => ("hung_up", None, None),
                    EndReason::PeerLeft(step) => ("peer_left", *step, None),
                    EndReason::StartedOver => ("started_over", None, None),
                    EndReason::Failed(text) => ("failed", None, Some(text)),
                };
                self.event("ended").text("reason", name);
                if let Some(step) = step {
                    self.put("step", &step.number);
                }
                if let Some(text) = text {
                    self.text("text", text);
                }
            }
        }
    }
}
