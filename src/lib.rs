//! Chapter 3: a video call of two, peer to peer, in fourteen steps.
//!
//! # What it is
//! Two people enter a room. A server introduces them and carries a few messages; then picture, sound and chat flow
//! directly from one to the other. Every step of that is a line of [`call`], and every line can be watched:
//! `cargo run -- step`.
//!
//! # What it is not
//! A conference: a room has two places, and no media server stands in between. Nothing is decoded or shown here
//! either; the headless peer plays, counts and records files.
//!
//! # Map
//! | module | what it answers |
//! |---|---|
//! | [`call`] | In which order do things happen, and what if they happen in another one? |
//! | `call::engine`, `call::signaling` | What does the call need from WebRTC, and from a server? |
//! | [`files`] | How does a file get across, and what if it does not? |
//! | [`signaling`] | How do the messages travel? (Socket.IO, chapter 2) |
//! | [`native`] | How are the W3C calls made without a browser? |
//! | [`server`] | Who is in which room, and who hears what? |
//! | `shared` (a crate of its own) | What do the messages look like? What are the fourteen steps? |
//!
//! # Start here
//! Read `Call::run` and `fourteen_steps` in `src/call/mod.rs` next to the table in `shared::step`, then
//! `cargo run -- step` and compare.

/// **The chapter**: the fourteen steps, written once. No browser, no network, no clock.
pub mod call;

/// Files, from one side of a call to the other, written once as well.
pub mod files;

/// Signalling over Socket.IO, for browser and headless peer alike.
pub mod signaling;

/// The headless peer: the `webrtc` crate behind the seam of `call`.
#[cfg(not(target_family = "wasm"))]
pub mod native;

/// The page: the browser's own WebRTC behind the seam of `call`, compiled to WebAssembly.
pub mod browser;

/// The server: a page and signalling.
#[cfg(not(target_family = "wasm"))]
pub mod server;
