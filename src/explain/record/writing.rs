//! A call as a file: each line, written, and masked on demand.
//!
//! By hand and not by `derive`: the page carries this code to everybody who makes a call, and so it is a third as large.

use shared::{IceCandidate, Phase, Role, Sending, Step};

use super::mask::Mask;
use super::saved::{FileNews, Head, Moment, RecordEvent, Sample};
use crate::call::engine::CandidatePair;
use crate::call::{Artefact, CallEvent, EndReason};

/// The first line, without its line break.
pub fn head_line(head: &Head) -> String {
    let mut line = Line { json: "{".to_owned(), mask: None };
    line.text("record", &head.record);
    line.number("version", head.version.into());
    line.text("program", &head.program);
    line.text("began", &head.began);
    if let Some(room) = &head.room {
        line.text("room", room);
    }
    line.flag("masked", head.masked);
    line.json + "}"
}

/// The line of a moment, without its line break.
pub fn line(moment: &Moment) -> String {
    written(moment, None)
}

/// The same, with stand-ins for the name of the room and for addresses.
pub fn masked_line(moment: &Moment, mask: &mut Mask) -> String {
    written(moment, Some(mask))
}

pub(super) fn written(moment: &Moment, mask: Option<&mut Mask>) -> String {
    let mut line = Line { json: "{".to_owned(), mask };
    line.number("at", moment.at.into());
    if let Some(side) = moment.side {
        line.role("side", side);
    }
    match &moment.event {
        RecordEvent::Call(event) => line.call(event),
        RecordEvent::Statistics(sample) => {
            line.text("event", "statistics");
            line.sample(sample);
        }
        RecordEvent::File(FileNews { sent, done, size }) => {
            line.text("event", "file");
            line.text("kind", if *sent { "sent" } else { "received" });
            line.phase(if *done { Phase::Done } else { Phase::Started });
            if let Some(size) = size {
                line.number("count", *size);
            }
        }
        RecordEvent::LeftOut(count) => {
            line.text("event", "left_out");
            line.number("count", (*count).into());
        }
    }
    line.json + "}"
}

/// A JSON object that is not closed yet.
struct Line<'mask> {
    json: String,
    mask: Option<&'mask mut Mask>,
}

impl Line<'_> {
    fn raw(&mut self, name: &str, value: &str) {
        let comma = if self.json.ends_with('{') { "" } else { "," };
        for part in [comma, "\"", name, "\":", value] {
            self.json += part;
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        let quoted = serde_json::to_string(text).expect("every text can be quoted");
        self.raw(name, &quoted);
    }

    fn number(&mut self, name: &str, number: u64) {
        self.raw(name, &number.to_string());
    }

    fn flag(&mut self, name: &str, flag: bool) {
        self.raw(name, if flag { "true" } else { "false" });
    }

    fn role(&mut self, name: &str, role: Role) {
        self.text(name, if role == Role::A { "A" } else { "B" });
    }

    fn phase(&mut self, phase: Phase) {
        let name = match phase {
            Phase::Waiting => "waiting",
            Phase::Started => "started",
            Phase::Done => "done",
        };
        self.text("phase", name);
    }

    /// A text in which addresses can stand.
    fn secret(&mut self, name: &str, text: &str) {
        match &mut self.mask {
            Some(mask) => {
                let masked = mask.text(text);
                self.text(name, &masked);
            }
            None => self.text(name, text),
        }
    }

    /// A text that somebody wrote: the name of the room and those of servers can stand in it as well.
    fn free(&mut self, name: &str, text: &str) {
        match &mut self.mask {
            Some(mask) => {
                let masked = mask.free(text);
                self.text(name, &masked);
            }
            None => self.text(name, text),
        }
    }

    fn object(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.raw(name, "{");
        fill(self);
        self.json.push('}');
    }

    fn path(&mut self, path: &CandidatePair) {
        self.object("path", |line| {
            line.secret("local", &path.local);
            line.secret("remote", &path.remote);
        });
    }

    fn candidate(&mut self, name: &str, candidate: &Option<IceCandidate>) {
        self.text("event", name);
        let Some(candidate) = candidate else { return self.raw("candidate", "null") };
        self.object("candidate", |line| {
            line.secret("candidate", &candidate.candidate);
            if let Some(mid) = &candidate.sdp_mid {
                line.text("sdpMid", mid);
            }
            if let Some(index) = candidate.sdp_m_line_index {
                line.number("sdpMLineIndex", index.into());
            }
            if let Some(ufrag) = &candidate.username_fragment {
                match &mut line.mask {
                    Some(mask) => {
                        let masked = mask.ufrag(ufrag);
                        line.text("usernameFragment", &masked);
                    }
                    None => line.text("usernameFragment", ufrag),
                }
            }
        });
    }

    fn sample(&mut self, sample: &Sample) {
        self.object("statistics", |line| {
            line.number("bytes_in", sample.bytes_in);
            line.number("bytes_out", sample.bytes_out);
            line.number("frames", sample.frames);
            line.number("packets", sample.packets);
            line.raw("lost", &sample.lost.to_string());
            // JSON knows no infinity.
            if let Some(time) = sample.round_trip_ms.filter(|time| time.is_finite()) {
                line.raw("round_trip_ms", &serde_json::to_string(&time).unwrap_or_default());
            }
            if let Some((width, height)) = sample.size {
                line.raw("size", &["[", &width.to_string(), ",", &height.to_string(), "]"].concat());
            }
            if let Some(path) = &sample.path {
                line.path(path);
            }
        });
    }

    fn sending(&mut self, name: &str, sending: Sending) {
        self.text("event", name);
        self.object("sending", |line| {
            line.flag("audio", sending.audio);
            line.flag("video", sending.video);
            line.flag("screen", sending.screen);
        });
    }

    fn step(&mut self, name: &str, step: &Step) {
        self.text("event", name);
        self.number("step", step.number.into());
    }

    fn state(&mut self, name: &str, state: &str) {
        self.text("event", name);
        self.text("state", state);
    }

    /// Of what people say only the length.
    fn chat(&mut self, name: &str, text: &str) {
        self.text("event", name);
        self.number("count", text.chars().count() as u64);
    }

    fn call(&mut self, event: &CallEvent) {
        match event {
            CallEvent::InRoom(role) => {
                self.text("event", "in_room");
                self.role("role", *role);
            }
            CallEvent::StepWaiting(step) => self.step("step_waiting", step),
            CallEvent::StepStarted(step) => self.step("step_started", step),
            CallEvent::StepDone(step, artefact) => {
                self.step("step_done", step);
                match artefact {
                    // What step 0 opened has a name, and often the name of a person in it.
                    Artefact::Text(_) if step.number == 0 && self.mask.is_some() => self.text("text", "…"),
                    Artefact::Text(text) => self.free("text", text),
                    Artefact::Description(description) => self.object("description", |line| {
                        line.text(
                            "type",
                            if description.sdp_type == shared::SdpType::Offer { "offer" } else { "answer" },
                        );
                        line.secret("sdp", &description.sdp);
                    }),
                    Artefact::Path(Some(path)) => self.path(path),
                    Artefact::Path(None) | Artefact::None => {}
                }
            }
            CallEvent::LocalCandidate(candidate) => self.candidate("local_candidate", candidate),
            CallEvent::RemoteCandidate(candidate) => self.candidate("remote_candidate", candidate),
            CallEvent::CandidateRefused(reason) => {
                self.text("event", "candidate_refused");
                self.free("reason", reason);
            }
            CallEvent::SignalingState(state) => self.state("signaling_state", state.as_str()),
            CallEvent::IceGatheringState(state) => self.state("ice_gathering_state", state.as_str()),
            CallEvent::IceConnectionState(state) => self.state("ice_connection_state", state.as_str()),
            CallEvent::ConnectionState(state) => self.state("connection_state", state.as_str()),
            CallEvent::RemoteTrack(kind) => {
                self.text("event", "remote_track");
                self.text("kind", &kind.to_string());
            }
            CallEvent::ChatOpen => self.text("event", "chat_open"),
            CallEvent::ChatReceived(text) => self.chat("chat_received", text),
            CallEvent::ChatSent(text) => self.chat("chat_sent", text),
            CallEvent::ChatNotSent(text, reason) => {
                self.chat("chat_not_sent", text);
                self.free("reason", reason);
            }
            CallEvent::Sending(sending) => self.sending("sending", *sending),
            CallEvent::PeerSending(sending) => self.sending("peer_sending", *sending),
            CallEvent::PeerStep(step, phase) => {
                self.step("peer_step", step);
                self.phase(*phase);
            }
            CallEvent::SignalingLost(reason) => {
                self.text("event", "signaling_lost");
                self.free("reason", reason);
            }
            CallEvent::SignalingBack => self.text("event", "signaling_back"),
            CallEvent::Ended(reason) => {
                self.text("event", "ended");
                match reason {
                    EndReason::HungUp => self.text("reason", "hung_up"),
                    EndReason::PeerLeft(step) => {
                        self.text("reason", "peer_left");
                        if let Some(step) = step {
                            self.number("step", step.number.into());
                        }
                    }
                    EndReason::StartedOver => self.text("reason", "started_over"),
                    EndReason::Failed(text) => {
                        self.text("reason", "failed");
                        self.free("text", text);
                    }
                }
            }
        }
    }
}
