//! Offer and answer, with a note on each line.

use shared::SessionDescription;
use web_sys::Element;

use super::Panel;
use crate::explain::sdp;
use crate::page::dom::{append, fill, set};
use crate::text::page as texts;

impl Panel {
    pub(super) fn show_descriptions(&self) {
        let record = self.looked_at();
        for (id, description) in [("offer", record.offer()), ("answer", record.answer())] {
            let list: Element = self.dom.element(id);
            match description {
                Some(description) => self.show_description(&list, description),
                None => {
                    set(&list, "data-shown", "");
                    fill(&list, [&self.dom.make("li", self.dom.say(texts::NOT_YET))]);
                }
            }
        }
    }

    fn show_description(&self, list: &Element, description: &SessionDescription) {
        // The same one is not drawn again under the eyes of who reads it.
        let (language, version) = (self.dom.language().tag(), description.version().unwrap_or_default());
        let mark = format!("{language} {} {version}", description.sdp.len());
        if list.get_attribute("data-shown").as_ref() == Some(&mark) {
            return;
        }
        set(list, "data-shown", &mark);
        list.set_text_content(None);
        for line in sdp::annotate(&description.sdp) {
            let item = self.dom.make("li", "");
            if line.text.starts_with("m=") {
                item.set_class_name("media");
            }
            append(&item, [&self.dom.make("code", line.text)]);
            if let Some(note) = line.note {
                append(&item, [&self.dom.make("small", self.dom.say(note))]);
            }
            append(list, [&item]);
        }
    }
}
