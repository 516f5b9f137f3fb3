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
        // Candidates of the same side and kind mean the same: they share a row.
        let mut rows: Vec<(String, Element, Element)> = Vec::new();
        for timed in record.candidates() {
            let Some(line) = &timed.candidate else { continue };
            let Some(candidate) = Candidate::parse(&line.candidate) else { continue };
            let address = [candidate.address, &candidate.port.to_string()].join(":");
            let (whose, end) = match timed.side {
                Side::Ours => (texts::ME, pair.map(|pair| &pair.local)),
                Side::Theirs => (texts::THEM, pair.map(|pair| &pair.remote)),
            };
            let mut meaning = self.dom.say(candidate.meaning()).to_owned();
            if let Some(tcp) = candidate.tcp_meaning() {
                meaning += " ";
                meaning += self.dom.say(tcp);
            }
            let (whose, kind, protocol) = (self.dom.say(whose), candidate.kind.as_str(), candidate.protocol.as_str());
            let same = [whose, kind, protocol, &meaning].concat();
            let index = rows.iter().position(|(other, ..)| *other == same).unwrap_or_else(|| {
                let row = self.dom.make("tr", "");
                let cells = [whose, kind, "", protocol, &meaning].map(|text| self.dom.make("td", text));
                append(&row, &cells);
                append(&table, [&row]);
                let [_, _, addresses, ..] = cells;
                rows.push((same, row, addresses));
                rows.len() - 1
            });
            let (_, row, addresses) = &rows[index];
            let shown = self.dom.make("span", &address);
            if end.is_some_and(|end| end.ends_with(&address)) {
                row.set_class_name("won");
                shown.set_class_name("won");
            }
            append(addresses, [&shown]);
        }
    }
}
