//! What must hold for every text that is shown to somebody: in a terminal, in a log, on a page.

use shared::name::is_deceptive;

/// The longest error. It says what is wrong and what to do next, and can quote a part of what was read.
const LONGEST: usize = 2000;

/// The text moves no cursor, begins no line, turns no direction, and is not as long as its writer likes.
#[track_caller]
pub fn harmless(text: impl ToString) {
    let text = text.to_string();
    assert!(!text.contains(is_deceptive), "a control character in {text:?}");
    assert!(text.len() <= LONGEST, "{} bytes: {text:?}", text.len());
}
