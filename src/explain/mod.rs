//! What a person is told about a call: plain data, no browser.
//!
//! The page shows a call while it happens: each step with its time, each line of a description with what it means, each
//! candidate, and the whole as a diagram. All of that is worked out here, from nothing but text and the events of
//! [`crate::call`], so that it can be tested without a page.
//!
//! **Not here:** anything that reads a clock or touches the DOM. The caller says when an event happened.

/// What each line of an offer or an answer means.
pub mod sdp;
/// A candidate line, taken apart.
pub mod candidate;
/// What has happened in a call so far, made from its events.
pub mod record;
/// A call as a sequence diagram.
pub mod diagram;
/// Two minutes of statistics.
pub mod statistics;
/// Whether a STUN or TURN server is of use.
pub mod reach;
/// What went wrong, and what to do.
pub mod problem;
/// Where the terms of the glossary stand in a text.
pub mod terms;
