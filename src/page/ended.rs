//! After a call: how long it was, why it is over, and the way back.

use web_sys::HtmlElement;

use super::Page;
use crate::text::Text;

impl Page {
    /// The person is back in the lobby, for this reason.
    pub(super) fn show_ended(&self, why: Text) {
        let mut talk = self.talk.take();
        talk.end();
        let length = talk.length();
        self.dom.set_spoken(&self.dom.element("ended-why"), why);
        self.dom.show("ended-length", length.is_some());
        self.dom.set_text("ended-time", &length.unwrap_or_default());
        self.dom.show("ended", true);
        // The keyboard goes on where the person wants to go next. An error says that it cannot.
        let _ = self.dom.element::<HtmlElement>("call-again").focus();
    }
}
