//! Reads messages out of the JSON of strangers, and says what is wrong with it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::name::printable;

/// The longest reason, in characters: it can quote what could not be read, and a stranger can make that as long as it likes.
const LONGEST: usize = 200;

/// Reads a message out of an argument of an event. What serde derives would take the fields as a list as well; a client
/// that was promised an object would then get a list.
///
/// # Errors
/// The text says what is wrong with the argument.
pub fn object<'json, T: Deserialize<'json>>(json: &'json Value) -> Result<T, String> {
    match json {
        Value::Object(_) => T::deserialize(json).map_err(|error| reason(&error)),
        _ => Err("this is not a JSON object".to_owned()),
    }
}

/// Reads a message out of the text of a JSON document, likewise.
///
/// # Errors
/// The text says what is wrong with the document.
pub fn object_in<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let json: Value = serde_json::from_str(text).map_err(|error| reason(&error))?;
    object(&json)
}

/// What is wrong with a JSON text, for somebody who has perhaps written no JSON: without the place, and with the name of
/// the one fault that a program makes without noticing it, half an emoji (RFC 8259, section 8.2). What is quoted of the text does
/// no harm in a log or a terminal.
pub fn reason(error: &impl ToString) -> String {
    let error = error.to_string();
    let (reason, _) = error.rsplit_once(" at line ").unwrap_or((&error, ""));
    if reason.ends_with("surrogate in hex escape") || reason.ends_with("end of hex escape") {
        return "it has half of a character, like \\ud83d without its other half: cut texts between characters"
            .to_owned();
    }
    let end = reason.char_indices().nth(LONGEST).map_or(reason.len(), |(end, _)| end);
    printable(&reason[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileMessage, SessionDescription};
    use serde_json::json;

    #[test]
    fn half_an_emoji_is_named() {
        for text in [r#""\ud83d""#, r#""\ud83d\u0041""#, r#""\ude00""#, r#""\ud83d\n""#] {
            let error = serde_json::from_str::<Value>(text).unwrap_err();
            assert!(reason(&error).contains("half of a character"), "{text}: {error}");
        }
        assert_eq!(reason(&serde_json::from_str::<Value>("[1").unwrap_err()), "EOF while parsing a list");
    }

    #[test]
    fn what_is_quoted_moves_no_cursor_and_is_short() {
        let error = object::<SessionDescription>(&json!({"type": "\u{1b}[2J\n가", "sdp": ""})).unwrap_err();
        assert!(error.starts_with("unknown variant `\\u{1b}[2J\\u{a}가`"), "{error}");
        let error = object::<SessionDescription>(&json!({"type": "가".repeat(10_000), "sdp": ""})).unwrap_err();
        assert_eq!(error.chars().count(), LONGEST);
    }

    #[test]
    fn a_list_of_the_fields_is_no_object() {
        let error = object::<SessionDescription>(&json!(["offer", "v=0"])).unwrap_err();
        assert_eq!(error, "this is not a JSON object");
        let error = object_in::<FileMessage>(r#"["accept"]"#).unwrap_err();
        assert_eq!(error, "this is not a JSON object");
        let error = object::<SessionDescription>(&json!({"type": "offer"})).unwrap_err();
        assert_eq!(error, "missing field `sdp`");
    }
}
