//! Every candidate with what it means, and the pair that won.

use web_sys::Element;

use super::Panel;
use crate::explain::candidate::Candidate;
use crate::explain::record::Side;
use crate::page::dom::{append, set};
use crate::text::page as texts;

impl Panel {
    pub(super) fn show_candidates(&self) {
        let record = self.looked_at();
        let table: Element = self.dom.element("candidates");
        // What is so now, as the statistics say it; before they were read first, and after the call, what step 13 found.
        let present = self.path.borrow();
        let pair = present.as_ref().filter(|_| self.is_replay.get() || self.peer.get().is_some()).or(record.path());
        let won = pair.map(|pair| format!("{} {pair}", self.dom.say(texts::WON)));
        let won = won.unwrap_or_default();
        self.dom.set_text("won", &won);
        // The same ones are not drawn again under the eyes of who reads them.
        let mark = [self.dom.language().tag(), " ", &record.candidates().len().to_string(), " ", &won].concat();
        if table.get_attribute("data-shown").as_ref() == Some(&mark) {
            return;
        }
        set(&table, "data-shown", &mark);
        table.set_text_content(None);
        for timed in record.candidates() {
            let Some(line) = &timed.candidate else { continue };
            let Some(candidate) = Candidate::parse(&line.candidate) else { continue };
            let address = [candidate.address, &candidate.port.to_string()].join(":");
            let (whose, end) = match timed.side {
                Side::Ours => (texts::ME, pair.map(|pair| &pair.local)),
                Side::Theirs => (texts::THEM, pair.map(|pair| &pair.remote)),
            };
            let row = self.dom.make("tr", "");
            if end.is_some_and(|end| end.ends_with(&address)) {
                row.set_class_name("won");
            }
            let mut meaning = self.dom.say(candidate.meaning()).to_owned();
            if let Some(tcp) = candidate.tcp_meaning() {
                meaning += " ";
                meaning += self.dom.say(tcp);
            }
            let kind = candidate.kind.as_str();
            let cells = [self.dom.say(whose), kind, &address, candidate.protocol.as_str(), &meaning];
            append(&row, &cells.map(|text| self.dom.make("td", text)));
            append(&table, [&row]);
        }
    }
}
