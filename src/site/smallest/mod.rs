//! The smallest page, twice: the whole call in one file of JavaScript and in one file of Rust, side by side.

use super::source::is_mark;

/// The program in JavaScript.
pub(super) const JAVASCRIPT: &str = include_str!("call.js");
/// The same in Rust. `cargo xtask bundle` compiles it, and `/pkg` serves it.
const RUST: &str = include_str!("../../../examples/smallest_page.rs");

/// The page that shows both sources.
pub(super) fn overview() -> String {
    let sources: String = rows(JAVASCRIPT)
        .zip(rows(RUST))
        .flat_map(|(javascript, rust)| [list("JavaScript", &javascript), list("Rust", &rust)])
        .collect();
    include_str!("overview.html").replace("{sources}", &sources)
}

/// A line of a source, with its number.
type Line<'a> = (usize, &'a str);

/// The lines of a source in rows. The first one goes up to the first step, and each step begins another one.
fn rows(source: &str) -> impl Iterator<Item = Vec<Line<'_>>> {
    let mut rows = vec![vec![]];
    for (number, line) in (1..).zip(source.lines()) {
        if is_mark(line) {
            rows.push(vec![]);
        }
        rows.last_mut().expect("there is a first row").push((number, line));
    }
    rows.into_iter()
}

fn list(language: &str, lines: &[Line]) -> String {
    let class = language.to_lowercase();
    let start = lines.first().map_or(1, |(number, _)| *number);
    let items: String = lines.iter().map(|(_, line)| item(line)).collect();
    format!("    <ol class=\"{class}\" aria-label=\"{language}\" start=\"{start}\">\n{items}    </ol>\n")
}

fn item(line: &str) -> String {
    let class = if is_mark(line) { " class=\"step\"" } else { "" };
    // `&` first: the others bring new ones.
    let escaped = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<li><code{class}>{escaped}</code></li>\n")
}

#[cfg(test)]
mod tests {
    use shared::STEPS;

    use super::*;

    /// A page with many lines is another page.
    const MOST_LINES: usize = 150;

    #[test]
    fn both_sources_take_all_steps_in_the_same_order_and_are_small() {
        for (name, source) in [("call.js", JAVASCRIPT), ("smallest_page.rs", RUST)] {
            let marks = source.lines().map(str::trim_start).filter(|line| is_mark(line));
            for (mark, step) in marks.clone().zip(&STEPS) {
                // A full stop ends the name of the step, if there is more to be said.
                let who = step.who.to_string().replace(' ', ", ");
                let expected = format!("// Step {} ({who}): {}", step.number, step.call);
                assert_eq!(mark.split('.').next(), Some(&*expected), "{name}");
            }
            assert_eq!(marks.count(), STEPS.len(), "{name}");
            let code = source.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('/'));
            let lines = code.count();
            assert!(lines <= MOST_LINES, "{name} has {lines} lines of code");
        }
    }

    #[test]
    fn the_overview_shows_both_sources_to_the_last_letter() {
        let page = overview();
        for (class, source) in [("javascript", JAVASCRIPT), ("rust", RUST)] {
            let beginning = format!("<ol class=\"{class}\"");
            let items = page
                .split(&beginning)
                .skip(1)
                .flat_map(|rest| rest.split("</ol>").next().expect("a list ends").lines());
            let shown: String = items
                .filter_map(|item| item.strip_prefix("<li><code")?.strip_suffix("</code></li>")?.split_once('>'))
                .flat_map(|(_, line)| [line, "\n"])
                .collect();
            let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            assert_eq!(shown, source, "{class}");
        }
        assert!(!page.contains("{sources}"));
    }
}
