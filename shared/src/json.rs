//! Reads messages out of JSON, field by field.
//!
//! What serde derives says the same, once for each message and again for each place that JSON can come from: 20 kB of
//! WebAssembly. So a text is parsed to a `Value`, always by the same code, and a message reads its fields in a line
//! each. Unknown fields are ignored, a field of the wrong type is an error that names it, `null` stands for none.

use serde_json::Value;

/// A message that can be read out of JSON.
pub trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// The text says which field is missing or of another type.
    fn from_json(json: &Value) -> Result<Self, String>;

    /// Reads it out of the text of a JSON document.
    ///
    /// # Errors
    /// The text says what is wrong with the document, or with a field.
    fn from_json_text(text: &str) -> Result<Self, String> {
        Self::from_json(&parse(text)?)
    }
}

/// `null` is none.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Value) -> Result<Self, String> {
        if json.is_null() { Ok(None) } else { T::from_json(json).map(Some) }
    }
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// What is wrong with a JSON text, for somebody who has perhaps written no JSON: without the place, and with the name of
/// the one fault that a program makes without noticing it, half an emoji (RFC 8259, section 8.2).
pub fn reason(error: &impl ToString) -> String {
    let error = error.to_string();
    let (reason, _) = error.rsplit_once(" at line ").unwrap_or((&error, ""));
    if reason.ends_with("surrogate in hex escape") || reason.ends_with("end of hex escape") {
        return "it has half of a character, like \\ud83d without its other half: cut texts between characters"
            .to_owned();
    }
    reason.to_owned()
}

/// The text in this field.
pub(crate) fn text(json: &Value, name: &str) -> Result<String, String> {
    optional_text(json, name)?.ok_or_else(|| missing(name))
}

/// The text in this field, if it is there.
pub(crate) fn optional_text(json: &Value, name: &str) -> Result<Option<String>, String> {
    match field(json, name)? {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// The number in this field, if it is there: an integer that is not negative.
pub(crate) fn optional_number(json: &Value, name: &str) -> Result<Option<u64>, String> {
    match field(json, name)? {
        None => Ok(None),
        Some(number) => number.as_u64().map(Some).ok_or_else(|| wrong(name, "a number that fits")),
    }
}

/// The yes or no in this field, if it is there.
pub(crate) fn optional_flag(json: &Value, name: &str) -> Result<Option<bool>, String> {
    match field(json, name)? {
        None => Ok(None),
        Some(flag) => flag.as_bool().map(Some).ok_or_else(|| wrong(name, "true or false")),
    }
}

/// What is in this field, if it is there.
pub(crate) fn field<'a>(json: &'a Value, name: &str) -> Result<Option<&'a Value>, String> {
    let fields = json.as_object().ok_or_else(|| "this is not a JSON object".to_owned())?;
    Ok(fields.get(name).filter(|value| !value.is_null()))
}

/// What to say when a field is not there.
pub(crate) fn missing(name: &str) -> String {
    ["the field `", name, "` is missing"].concat()
}

/// What to say when a field is of another type.
pub(crate) fn wrong(name: &str, expected: &str) -> String {
    ["the field `", name, "` is not ", expected].concat()
}

/// `Deserialize` for those who use serde: the server's arguments, and the tests. It reads what [`FromJson`] reads.
macro_rules! deserialize_from_json {
    ($($message:ty),+) => {
        $(
            impl<'de> serde::Deserialize<'de> for $message {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let json = serde_json::Value::deserialize(deserializer)?;
                    $crate::json::FromJson::from_json(&json).map_err(serde::de::Error::custom)
                }
            }
        )+
    };
}

pub(crate) use deserialize_from_json;

#[cfg(test)]
mod tests {
    use super::*;
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
    fn a_field_that_is_not_usable_is_named() {
        let json = json!({"text": "a", "number": 1, "flag": true, "none": null, "negative": -1, "half": 0.5});
        assert_eq!(text(&json, "text"), Ok("a".to_owned()));
        assert_eq!(optional_number(&json, "number"), Ok(Some(1)));
        assert_eq!(optional_flag(&json, "flag"), Ok(Some(true)));
        for absent in ["none", "nowhere"] {
            assert_eq!(optional_text(&json, absent), Ok(None));
            assert_eq!(optional_number(&json, absent), Ok(None));
            assert_eq!(optional_flag(&json, absent), Ok(None));
            assert!(text(&json, absent).unwrap_err().contains(absent));
        }
        for wrong in ["text", "flag", "negative", "half"] {
            assert!(optional_number(&json, wrong).unwrap_err().contains(wrong));
        }
        assert!(optional_text(&json, "number").unwrap_err().contains("number"));
        assert!(optional_flag(&json, "text").unwrap_err().contains("text"));
        assert!(field(&json!(["text"]), "text").is_err());
    }
}
