//! From Markdown to HTML: the library reads and writes it. Here headings get the anchors that they have on GitHub, and links
//! lead to what this server serves.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};
use shared::anchor;

use super::links::{self, Link};

/// A text of the course as HTML. It is trusted as the rest of the program is.
pub(super) fn html(markdown: &str) -> String {
    let mut events: Vec<Event> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    give_anchors(&mut events);
    let mut html = String::new();
    push_html(&mut html, lead(events).into_iter());
    html
}

/// Gives each heading its anchor. The second one with the same text is that with `-1` behind it.
fn give_anchors(events: &mut [Event]) {
    let mut seen = HashMap::<String, usize>::new();
    for start in 0..events.len() {
        if !matches!(events[start], Event::Start(Tag::Heading { .. })) {
            continue;
        }
        let inside = events[start..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let text: String = inside
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(&**text),
                _ => None,
            })
            .collect();
        let mut anchor = anchor::of_heading(&text);
        let before = seen.entry(anchor.clone()).or_default();
        if *before > 0 {
            anchor = format!("{anchor}-{before}");
        }
        *before += 1;
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
            *id = Some(CowStr::from(anchor));
        }
    }
}

/// Lets the links lead to what is served. A path that leads nowhere stands behind its words.
fn lead(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let (mut led, mut path, mut words) = (Vec::with_capacity(events.len()), None, String::new());
    for event in events {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => match links::of(&dest_url) {
                Link::To(url) => led.push(Event::Start(Tag::Link { link_type, dest_url: url.into(), title, id })),
                Link::Path(unserved) => (path, words) = (Some(unserved), String::new()),
            },
            Event::End(TagEnd::Link) if path.is_some() => {
                let path = path.take().unwrap_or_default();
                if words != path {
                    led.extend([Event::Text(" (".into()), Event::Code(path.into()), Event::Text(")".into())]);
                }
            }
            event => {
                if let Event::Text(text) | Event::Code(text) = &event {
                    words.push_str(text);
                }
                led.push(event);
            }
        }
    }
    led
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_the_anchors_of_github() {
        let shown = html("# A `b` c\n\n## Same\n\n## Same\n\n## 방이 가득 찼다.\n");
        for heading in [
            "<h1 id=\"a-b-c\">A <code>b</code> c</h1>",
            "<h2 id=\"same\">Same</h2>",
            "<h2 id=\"same-1\">Same</h2>",
            "<h2 id=\"방이-가득-찼다\">방이 가득 찼다.</h2>",
        ] {
            assert!(shown.contains(heading), "no {heading} in {shown}");
        }
    }

    #[test]
    fn links_lead_to_what_is_served() {
        let shown = html(
            "[t](troubleshooting.md#x) [the flow](../src/call/mod.rs) [`src/lib.rs`](../src/lib.rs) [w](https://w3.org)",
        );
        assert_eq!(
            shown.trim(),
            "<p><a href=\"/help/troubleshooting?lang=en#x\">t</a> the flow (<code>src/call/mod.rs</code>) \
             <code>src/lib.rs</code> <a href=\"https://w3.org\">w</a></p>"
        );
    }

    #[test]
    fn tables_and_code_are_what_they_are() {
        let shown = html("| a | b |\n|---|---|\n| 1 | `2` |\n\n```sh\ncargo run -- <x>\n```\n");
        assert!(shown.contains("<th>a</th>") && shown.contains("<td><code>2</code></td>"), "{shown}");
        assert!(shown.contains("cargo run -- &lt;x&gt;"), "{shown}");
    }
}
