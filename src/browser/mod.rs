//! The page: the browser's own WebRTC behind the [`Engine`](crate::call::Engine) seam, and what a person sees of it.
//!
//! The twin of `native/`. It is compiled to WebAssembly; on any other target it type-checks, so that one clippy run
//! covers it, and does nothing.

/// The twin of the native engine: the W3C calls, made with `RTCPeerConnection`.
mod engine;
/// Step 0: the camera and the microphone.
mod media;
/// What this side sends, and its exchange in the middle of a call.
mod local_media;
/// Cameras and microphones that come and go.
mod devices;
/// A camera and a microphone that are always there.
mod pattern;
/// What the browser counts.
mod statistics;
/// What a failed JavaScript call says.
mod error;
/// The page as a whole: from the lobby into a call and back.
pub mod page;
/// Before the call.
mod lobby;
/// How loud the microphone is.
mod meter;
/// During the call: the buttons.
mod toolbar;
/// Lines of chat.
mod chat;
/// Files in the call.
mod files;
/// The data channel of one file, and the file itself.
mod file_channel;
/// Every step of the call, to be looked at.
mod panel;
/// Gives the person a file that the page has made.
mod save;
/// Another tab of the same browser.
mod tabs;
/// The page's elements, and the language they speak.
mod dom;
