//! The arguments of a Socket.IO event as a list.

use std::borrow::Cow;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// As many arguments as there are, of any shape.
///
/// socketioxide reads and writes several arguments as a tuple, whose length is fixed, and takes a `Vec` for one argument
/// that is an array. A peer may send any number of arguments: so this is a list that calls itself a tuple.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Args(pub(super) Vec<Value>);

impl Args {
    /// The first ones, without the rest. Most have no rest, and a description is large: nothing is copied then.
    pub(super) fn at_most(&self, count: usize) -> Cow<'_, Self> {
        match self.0.get(..count) {
            Some(first) if first.len() < self.0.len() => Cow::Owned(Self(first.to_vec())),
            _ => Cow::Borrowed(self),
        }
    }

    /// How many bytes they have, about.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(size).sum()
    }
}

/// How many bytes a value has, about: a character that JSON escapes counts as one.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(values) => values.iter().map(size).sum::<usize>() + 2,
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + 4 + size(value)).sum::<usize>() + 2,
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

impl Serialize for Args {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|arg| tuple.serialize_element(arg))?;
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for Args {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Args;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the arguments of an event")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Args, A::Error> {
                let mut args = Vec::new();
                while let Some(arg) = seq.next_element()? {
                    args.push(arg);
                }
                Ok(Args(args))
            }
        }
        // The length is a hint that JSON does not use.
        deserializer.deserialize_tuple(0, List)
    }
}
