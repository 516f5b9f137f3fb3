//! What is typed.

use serde_json::{Deserializer, Value};

/// The name of an event, and its arguments.
pub(crate) fn event(line: &str) -> (String, Vec<Value>) {
    let (name, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    (name.to_owned(), arguments(rest))
}

/// JSON values; or, when it is not JSON, one text.
pub(crate) fn arguments(text: &str) -> Vec<Value> {
    let values: Result<_, _> = Deserializer::from_str(text).into_iter().collect();
    values.unwrap_or_else(|_| vec![Value::from(text)])
}
