//! The four state machines of the peer connection.

use web_sys::Element;

use super::Panel;
use crate::explain::record::History;
use crate::page::dom::{append, set};

impl Panel {
    pub(super) fn show_states(&self) {
        let record = self.looked_at();
        let list: Element = self.dom.element("states");
        list.set_text_content(None);
        self.show_machine(&list, "signalingState", record.signaling_state(), |state| state.as_str());
        self.show_machine(&list, "iceGatheringState", record.ice_gathering_state(), |state| state.as_str());
        self.show_machine(&list, "iceConnectionState", record.ice_connection_state(), |state| state.as_str());
        self.show_machine(&list, "connectionState", record.connection_state(), |state| state.as_str());
    }

    /// One machine: its present state, and when it reached which.
    fn show_machine<S: Copy>(&self, list: &Element, name: &str, history: &History<S>, text: fn(S) -> &'static str) {
        let (title, place) = (self.dom.make_api("dt", name), self.dom.make("dd", ""));
        set(&place, "data-machine", name);
        let began = self.began.get();
        let changes = history.changes().iter();
        let changes: Vec<_> =
            changes.map(|(at, state)| [text(*state), " +", &(at - began).to_string(), " ms"].concat()).collect();
        let present = self.dom.make("b", text(history.present()));
        append(&place, [&present, &self.dom.make("small", &changes.join(" → "))]);
        append(list, [&title, &place]);
    }
}
