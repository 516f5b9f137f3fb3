//! Another tab of the same browser in the same room: allowed, and easily made by mistake. Two tabs beside each other hear
//! each other through the loudspeaker, so the person is told.

use gloo_events::EventListener;
use js_sys::JsString;
use shared::RoomName;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::dom::Dom;
use crate::text::page as texts;

/// All tabs of this browser that show this page hear this channel
/// ([`BroadcastChannel`](https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts)).
const CHANNEL: &str = "study-zoom";

/// Tells other tabs that this one is in a room, until it is dropped.
pub(super) struct OtherTabs {
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl OtherTabs {
    /// Asks whether another tab is in this room, and answers those who ask.
    pub(super) fn enter(room: &RoomName, dom: &Dom) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let room = String::from(JsString::from(room.as_str()).to_lower_case());
        let (question, answer) = (format!("in {room}"), format!("too {room}"));
        channel.post_message(&JsValue::from_str(&question)).ok()?;
        let (replies, dom) = (channel.clone(), dom.clone());
        let listener = EventListener::new(&channel, "message", move |event| {
            let message = event.unchecked_ref::<MessageEvent>().data().as_string();
            let asked = message.as_deref() == Some(&*question);
            if asked {
                // An error says that this tab is being closed.
                let _ = replies.post_message(&JsValue::from_str(&answer));
            }
            if asked || message.as_deref() == Some(&*answer) {
                dom.set_text("notice", dom.say(texts::SAME_BROWSER));
            }
        });
        Some(Self { channel, _listener: listener })
    }
}

impl Drop for OtherTabs {
    fn drop(&mut self) {
        self.channel.close();
    }
}
