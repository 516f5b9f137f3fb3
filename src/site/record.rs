//! The page of a saved call.

use super::spoken::in_both_languages;

const HOME: &str = include_str!("home.html");
const RECORD: &str = include_str!("record.html");
const BEGIN: &str = "<!-- the panel -->";
const END: &str = "<!-- end of the panel -->";

/// The page, with the panel of the call page: what shows a call that happens shows one that has happened.
pub(crate) fn page() -> String {
    let (_, panel) = HOME.split_once(BEGIN).unwrap_or_default();
    let (panel, _) = panel.split_once(END).unwrap_or_default();
    in_both_languages(&RECORD.replace(BEGIN, panel))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_panel_is_that_of_the_call_and_every_id_is_there_once() {
        let page = page();
        for id in ["panel", "steps", "diagram", "offer", "answer", "candidates", "states", "statistics", "at", "file"] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        let ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    }
}
