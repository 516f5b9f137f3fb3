//! Offer and answer in their sections, with a note on each line. A section is closed at first and says what is in it.

use shared::SessionDescription;
use web_sys::Element;

use super::Panel;
use crate::explain::sdp;
use crate::page::dom::{append, fill, set};
use crate::text::fill_in;
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
        // What somebody has opened stays so when the description is drawn anew.
        let items = std::iter::successors(list.first_element_child(), Element::next_element_sibling);
        let opened: Vec<_> = items.map(|item| is_open(&item)).collect();
        list.set_text_content(None);
        let lines = sdp::annotate(&description.sdp);
        for (index, section) in sdp::sections(&lines).enumerate() {
            let [part, details, lines] = ["li", "details", "ol"].map(|tag| self.dom.make(tag, ""));
            lines.set_class_name("sdp");
            let summary = sdp::summary(section);
            let what = if summary.is_empty() { self.dom.say(texts::SECTION_SESSION) } else { &summary };
            let count = fill_in(self.dom.say(texts::SECTION_LINES), &[&section.len().to_string()]);
            append(&details, [&self.dom.make("summary", &[what, " · ", &count].concat()), &lines]);
            if opened.get(index) == Some(&true) {
                set(&details, "open", "");
            }
            for line in section {
                let item = self.dom.make("li", "");
                append(&item, [&self.dom.make("code", line.text)]);
                if let Some(note) = line.note {
                    append(&item, [&self.dom.make("small", self.dom.say(note))]);
                }
                append(&lines, [&item]);
            }
            append(&part, [&details]);
            append(list, [&part]);
        }
    }
}

/// The section in this item of the list is open.
fn is_open(item: &Element) -> bool {
    item.first_element_child().is_some_and(|details| details.has_attribute("open"))
}
