//! The last line of a call that does not come about: the step, what was missing, what had been done, and the likely causes.

use shared::{Role, Step};
use study_zoom::text::{Language, Text, causes, fill_in, teacher as texts};

use super::side::Facts;

/// Puts it all into one line.
pub(super) fn last_line(language: Language, step: &Step, missing: &str, a: &Facts, b: &Facts) -> String {
    let fill = |text: Text, values: &[&str]| fill_in(text.in_language(language), values);
    // The library names the step itself.
    let missing = missing.replacen(&format!("{step}: "), "", 1);
    let server_lost = a.server_lost.is_some() || b.server_lost.is_some();
    let (index, sides) = (usize::from(step.number), [(Role::A, a), (Role::B, b)]);
    let has_arrived = sides.iter().any(|(_, side)| side.done[index]);
    // Causes that are ruled out, or said already: a description that has arrived was neither lost nor dropped.
    let skipped = match step.number {
        2 | 5 | 9 if server_lost => 1,
        6 if has_arrived => 1,
        10 if has_arrived => 2,
        _ => 0,
    };
    let usual = causes::of_step(step).skip(skipped);
    let causes: Vec<_> = (1..)
        .zip(server_lost.then_some(causes::SERVER_LOST).into_iter().chain(usual))
        .map(|(number, cause)| format!("({number}) {}", cause.in_language(language)))
        .collect();
    let done: Vec<_> = sides.iter().filter_map(|(role, side)| steps_before(index, *role, side)).collect();
    let done = if done.is_empty() { fill(texts::NOTHING_DONE, &[]) } else { done.join("; ") };
    [
        format!("{}: {missing}", fill(texts::FAILED_STEP, &[&step.number.to_string(), step.call])),
        fill(texts::DONE_BEFORE, &[&done]),
        fill(texts::CAUSES, &[&causes.join(texts::NEXT_CAUSE.in_language(language))]),
    ]
    .join(". ")
}

/// `A 0-5, 10`: the steps that a side has done before this one, in a few words.
fn steps_before(step: usize, role: Role, side: &Facts) -> Option<String> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in (0..step).filter(|number| side.done[*number]) {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let ranges: Vec<_> = ranges
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    (!ranges.is_empty()).then(|| format!("{role} {}", ranges.join(", ")))
}

#[cfg(test)]
mod tests {
    use shared::STEPS;

    use super::*;

    #[test]
    fn the_last_line_names_step_gap_progress_and_causes_in_order() {
        let mut a = Facts::default();
        for number in [0, 1, 2, 3, 4, 5, 10] {
            a.done[number] = true;
        }
        for step in &STEPS {
            for language in [Language::English, Language::Korean] {
                let line = last_line(language, step, &format!("A: {step}: it broke"), &a, &Facts::default());
                assert!(!line.contains('\n') && line.contains("A: it broke"), "{line}");
                assert!(line.contains(step.call), "{line}");
                assert!(step.number < 11 || line.contains(": A 0-5, 10."), "{line}");
                let places: Vec<_> = ["(1)", "(2)"].iter().map(|mark| line.find(mark).unwrap()).collect();
                assert!(places[0] < places[1], "{line}");
            }
        }
        // What is known comes first.
        let b = Facts { server_lost: Some("gone".to_owned()), ..Facts::default() };
        let line = last_line(Language::English, Step::number(13), "it broke", &Facts::default(), &b);
        assert!(line.contains("(1) the signaling server has ended") && line.contains("Done before: nothing"), "{line}");
        let line = last_line(Language::English, Step::number(5), "it broke", &Facts::default(), &b);
        assert_eq!(line.matches("the signaling server has ended").count(), 1, "{line}");
        // What cannot be is left out.
        let line = last_line(Language::English, Step::number(10), "it broke", &a, &Facts::default());
        assert!(!line.contains("was lost") && line.contains("(1) the answer was changed"), "{line}");
    }
}
