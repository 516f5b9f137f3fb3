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
//! | [`transfer`] | How does a file get across, and what if it does not? |
//! | [`signaling`] | How do the messages travel? (Socket.IO, chapter 2) |
//! | [`explain`] | What is a person told about it? |
//! | [`text`] | In which words, in English and in Korean? |
//! | [`native`] | How are the W3C calls made without a browser? |
//! | [`browser`] | How are they made in one? |
//! | [`page`] | What does a person see? |
//! | [`server`] | Who is in which room, and who hears what? |
//! | [`turn`] | What if there is no direct way from one side to the other? |
//! | [`doctor`] | Do the servers for that work, from here? |
//! | [`site`] | What does a browser load? |
//! | `shared` (a crate of its own) | What do the messages look like? What are the fourteen steps? |
//!
//! # Start here
//! Read `Call::run` and `fourteen_steps` in `src/call/mod.rs` next to the table in `shared::step`, then
//! `cargo run -- step` and compare.

/// **The chapter**: the fourteen steps, written once. No browser, no network, no clock.
pub mod call;

/// Files, from one side of a call to the other, written once as well.
pub mod transfer;

/// Signaling over Socket.IO, for browser and headless peer alike.
pub mod signaling;

/// Every text of the page, in English and in Korean.
pub mod text;

/// What a person is told about a call: plain data, no browser.
pub mod explain;

/// The headless peer: the `webrtc` crate behind the seam of `call`.
#[cfg(not(target_family = "wasm"))]
pub mod native;

/// The browser's own WebRTC behind the seam of `call`: the twin of `native`.
pub mod browser;

/// What a person sees of a call, compiled to WebAssembly.
pub mod page;

/// The files of the page, and what is said about them in headers.
#[cfg(not(target_family = "wasm"))]
pub mod site;

/// The server: signaling, and the page.
#[cfg(not(target_family = "wasm"))]
pub mod server;

/// A STUN and TURN server: how an address looks from outside, and a way round where there is no direct one.
#[cfg(not(target_family = "wasm"))]
pub mod turn;

/// Whether STUN and TURN servers do what a call needs of them.
#[cfg(not(target_family = "wasm"))]
pub mod doctor;
