//! The anchors of a Markdown text, as GitHub makes them: `troubleshooting.md#the-room-is-full`.
//!
//! Who prints an error, who shows a page and who renders a text all say where to read on. They agree because they ask here.

/// The anchor of a heading: small letters, a hyphen for each space, and nothing but letters, digits, `-` and `_`.
///
/// It is exact for the languages of the course. In the browser the tables that know all letters of the world would be larger
/// than this whole file, so what is not ASCII counts as a letter, apart from the punctuation that our texts have.
pub fn of_heading(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        '-' | '_' => Some(letter),
        // General punctuation (’ “ ” … –), that of Chinese, Japanese and Korean, and the middle dot.
        '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '·' => None,
        _ if letter.is_ascii() => letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase()),
        _ => Some(letter),
    });
    kept.collect()
}

/// The heading under which a text is explained: what differs from one time to the next is left open. `{0} is missing` becomes
/// `… is missing`.
pub fn heading_of(text: &str) -> String {
    let mut parts = text.split('{');
    let mut heading = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        heading.push('…');
        heading.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    heading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_that_of_github() {
        for (heading, anchor) in [
            ("The room is full.", "the-room-is-full"),
            ("cannot listen on …: …", "cannot-listen-on--"),
            ("`cargo run -- step 7` & more", "cargo-run----step-7--more"),
            ("no_answer, in “5” s", "no_answer-in-5-s"),
            ("방이 가득 찼다.", "방이-가득-찼다"),
            ("STUN·TURN 서버", "stunturn-서버"),
        ] {
            assert_eq!(of_heading(heading), anchor, "{heading}");
        }
    }

    #[test]
    fn what_differs_is_left_open() {
        assert_eq!(heading_of("no {0} in {1}: see"), "no … in …: see");
        assert_eq!(heading_of("no place"), "no place");
    }
}
