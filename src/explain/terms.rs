//! Where the terms of the glossary stand in a text: the page marks them, and a test looks whether the chapters link them.

/// What may stand behind a Korean word without making another word of it: the particles, and the beginnings of the endings
/// of 이다, 하다 and 되다.
const PARTICLES: [&str; 34] = [
    "은", "는", "이", "가", "을", "를", "의", "에", "와", "과", "도", "만", "로", "으로", "들", "마다", "부터", "까지",
    "처럼", "보다", "라", "입", "인", "일", "였", "하", "한", "할", "합", "되", "된", "될", "됩", "끼리",
];

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// What is no term.
    Text(&'a str),
    /// A term: as it stands in the text, and the number of its word.
    Term(&'a str, usize),
}

/// The parts of a text, in their order. Where two words begin at the same place, the longer one is the term: "ICE restart"
/// is not ICE.
pub fn parts<'a>(text: &'a str, words: &[impl AsRef<str>]) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    // Where the text behind the last term begins; what stands before the place that is looked at.
    let (mut begin, mut before) = (0, ' ');
    let mut place = 0;
    while let Some(letter) = text[place..].chars().next() {
        let found = if is_letter(before) { None } else { longest(&text[place..], words) };
        if let Some((length, number)) = found {
            if begin < place {
                parts.push(Part::Text(&text[begin..place]));
            }
            parts.push(Part::Term(&text[place..place + length], number));
            place += length;
            begin = place;
            before = 'x';
        } else {
            place += letter.len_utf8();
            before = letter;
        }
    }
    if begin < text.len() {
        parts.push(Part::Text(&text[begin..]));
    }
    parts
}

/// The longest word with which the text begins: how many bytes of the text it is, with an `s` of the plural, and its number.
fn longest(text: &str, words: &[impl AsRef<str>]) -> Option<(usize, usize)> {
    let numbers = words.iter().enumerate();
    numbers.filter_map(|(number, word)| Some((length(text, word.as_ref())?, number))).max_by_key(|(length, _)| *length)
}

/// How many bytes of the text are this word, if the text begins with it.
fn length(text: &str, word: &str) -> Option<usize> {
    let (there, behind) = text.split_at_checked(word.len())?;
    // A line may break within a term. At the beginning of a sentence the first letter is large; all others are as they are,
    // so that "ice" is not ICE.
    let same = there.bytes().zip(word.bytes()).enumerate().all(|(index, (there, word))| match word {
        b' ' => there.is_ascii_whitespace(),
        _ => there == word || (index == 0 && there.to_ascii_lowercase() == word),
    });
    if !same {
        return None;
    }
    if behind.strip_prefix('s').is_some_and(ends) {
        return Some(there.len() + 1);
    }
    let is_korean = word.chars().next_back().is_some_and(is_hangul);
    let goes_on = if is_korean { PARTICLES.iter().any(|particle| behind.starts_with(particle)) } else { false };
    // Korean letters right behind a word of Latin letters are always a particle.
    let latin_ends = !is_korean && behind.chars().next().is_some_and(is_hangul);
    (ends(behind) || goes_on || latin_ends).then_some(there.len())
}

/// Whether no word goes on here.
fn ends(behind: &str) -> bool {
    !behind.chars().next().is_some_and(is_letter)
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-') || is_hangul(letter)
}

fn is_hangul(letter: char) -> bool {
    matches!(letter, '가'..='힣')
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 8] = ["ICE", "ICE restart", "candidate", "relay", "방", "프레임", "키프레임", "mDNS"];

    /// The terms of a text, as they stand there.
    fn terms(text: &str) -> Vec<&str> {
        let parts = parts(text, &WORDS);
        let again = parts.iter().map(|part| match part {
            Part::Text(text) | Part::Term(text, _) => *text,
        });
        assert_eq!(again.collect::<String>(), text, "the parts are the text");
        parts.iter().filter_map(|part| if let Part::Term(text, _) = part { Some(*text) } else { None }).collect()
    }

    #[test]
    fn a_term_is_a_whole_word() {
        assert_eq!(terms("A candidate; Candidates, candidated, a_candidate"), ["candidate", "Candidates"]);
        assert_eq!(terms("ICE, ice, Ice, ICEs, MICE, mDNS"), ["ICE", "ICEs", "mDNS"]);
        assert_eq!(terms("relay-only (relay)"), ["relay"]);
    }

    #[test]
    fn of_two_terms_the_longer_one_is_meant() {
        assert_eq!(terms("an ICE restart, the ICE\nrestart, ICE restarting"), ["ICE restart", "ICE\nrestart", "ICE"]);
        assert_eq!(terms("키프레임은 프레임이다"), ["키프레임", "프레임"]);
    }

    #[test]
    fn a_korean_term_may_have_a_particle() {
        assert_eq!(terms("candidate를 방에서, 방은 방법 방향 안방 방"), ["candidate", "방", "방", "방"]);
    }

    #[test]
    fn a_text_without_terms_is_one_part() {
        assert_eq!(parts("nothing", &WORDS), [Part::Text("nothing")]);
        assert_eq!(parts("", &WORDS), []);
        assert_eq!(parts("ICE", &WORDS), [Part::Term("ICE", 0)]);
    }
}
