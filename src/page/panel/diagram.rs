//! This call as a sequence diagram.

use web_sys::{DomParser, SupportedType};

use super::Panel;
use crate::explain::diagram;
use crate::page::dom::fill;

impl Panel {
    pub(super) fn show_diagram(&self) {
        let svg = diagram::svg(&self.looked_at(), self.dom.language());
        // The drawing has escaped every text; what a parser makes of it is shapes and letters, and the page's policy
        // lets no script run.
        let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(&svg, SupportedType::ImageSvgXml));
        if let Some(drawing) = parsed.ok().and_then(|document| document.document_element()) {
            fill(&self.dom.element("diagram"), [&drawing]);
        }
    }
}
