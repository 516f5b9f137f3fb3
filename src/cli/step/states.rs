//! What has changed since the last step: the state machines of each side and its pair, from the value before to the one now.

use shared::Role;
use study_zoom::call::engine::CandidatePair;
use study_zoom::call::state::{IceConnectionState, IceGatheringState, SignalingState};
use study_zoom::call::{CallEvent, ConnectionState};
use study_zoom::text::{Text, teacher as texts};

/// The four machines of a peer connection, by their W3C names.
const MACHINES: [&str; 4] = ["signalingState", "iceGatheringState", "iceConnectionState", "connectionState"];

/// What one side has gone through since the last step.
pub(super) struct Trails {
    /// For each machine the value at the last step, and each one since.
    machines: [Vec<&'static str>; 4],
    /// The step during which the last value came, if that was an earlier one.
    early: [Option<u8>; 4],
    pair: Option<CandidatePair>,
    shown_pair: Option<CandidatePair>,
}

impl Default for Trails {
    fn default() -> Self {
        let first = [
            SignalingState::Stable.as_str(),
            IceGatheringState::New.as_str(),
            IceConnectionState::New.as_str(),
            ConnectionState::New.as_str(),
        ];
        Self { machines: first.map(|state| vec![state]), early: [None; 4], pair: None, shown_pair: None }
    }
}

/// The machine that an event is about, and its new value.
pub(super) fn change(event: &CallEvent) -> Option<(usize, &'static str)> {
    match event {
        CallEvent::SignalingState(state) => Some((0, state.as_str())),
        CallEvent::IceGatheringState(state) => Some((1, state.as_str())),
        CallEvent::IceConnectionState(state) => Some((2, state.as_str())),
        CallEvent::ConnectionState(state) => Some((3, state.as_str())),
        _ => None,
    }
}

/// Whether this is a part of step 13, whenever it comes: ICE does not wait for headings.
pub(super) fn belongs_to_step_13(event: &CallEvent) -> bool {
    use IceConnectionState::{Completed, Connected};
    match event {
        CallEvent::IceConnectionState(state) => [Connected, Completed].contains(state),
        CallEvent::ConnectionState(state) => *state == ConnectionState::Connected,
        CallEvent::RemoteTrack(_) => true,
        _ => false,
    }
}

impl Trails {
    /// A machine has moved; during this earlier step, if it was not now.
    pub(super) fn moved(&mut self, (machine, state): (usize, &'static str), early: Option<u8>) {
        if self.machines[machine].last() != Some(&state) {
            self.machines[machine].push(state);
            self.early[machine] = early;
        }
    }

    pub(super) fn path(&mut self, pair: &CandidatePair) {
        self.pair = Some(pair.clone());
    }

    /// A line for each thing that has changed; from now on the present values are the old ones.
    pub(super) fn lines(&mut self, role: Role, in_words: impl Fn(Text, &[&str]) -> String) -> Vec<String> {
        let mut lines = Vec::new();
        for ((name, states), early) in MACHINES.iter().zip(&mut self.machines).zip(&mut self.early) {
            if states.len() > 1 {
                let early = early.take().map(|step| format!(" {}", in_words(texts::EARLY, &[&step.to_string()])));
                lines.push(format!("{role}  {name}: {}{}", states.join(" -> "), early.unwrap_or_default()));
                states.drain(..states.len() - 1);
            }
        }
        if self.pair != self.shown_pair {
            let before = self.shown_pair.as_ref().map_or_else(|| in_words(texts::NO_PAIR, &[]), ToString::to_string);
            let now = self.pair.as_ref().map_or_else(|| in_words(texts::NO_PAIR, &[]), ToString::to_string);
            lines.push(format!("{role}  {}: {before} -> {now}", in_words(texts::PAIR, &[])));
            self.shown_pair = self.pair.clone();
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use study_zoom::text::{Language, fill_in};

    use super::*;

    #[test]
    fn what_changed_is_shown_once_with_every_value_on_the_way() {
        let words = |text: Text, values: &[&str]| fill_in(text.in_language(Language::English), values);
        let mut trails = Trails::default();
        for event in [
            CallEvent::IceGatheringState(IceGatheringState::Gathering),
            CallEvent::IceGatheringState(IceGatheringState::Complete),
            // As it was: no change.
            CallEvent::SignalingState(SignalingState::Stable),
        ] {
            trails.moved(change(&event).unwrap(), None);
        }
        let lines = trails.lines(Role::A, words);
        assert_eq!(lines, ["A  iceGatheringState: new -> gathering -> complete"]);
        assert!(trails.lines(Role::A, words).is_empty());
        let event = CallEvent::ConnectionState(ConnectionState::Connected);
        assert!(belongs_to_step_13(&event));
        trails.moved(change(&event).unwrap(), Some(12));
        let pair =
            CandidatePair { local: "udp host 127.0.0.1:1".to_owned(), remote: "udp prflx 127.0.0.1:2".to_owned() };
        trails.path(&pair);
        let lines = trails.lines(Role::B, words);
        assert_eq!(lines[0], "B  connectionState: new -> connected (already during step 12)");
        assert_eq!(lines[1], "B  selected pair: none -> udp host 127.0.0.1:1 <-> udp prflx 127.0.0.1:2");
    }
}
