//! The browser's own WebRTC behind the [`Engine`](crate::call::Engine) seam: the twin of `native/`.
//!
//! It is compiled to WebAssembly; on any other target it type-checks, so that one clippy run covers it, and does nothing.

/// The twin of the native engine: the W3C calls, made with `RTCPeerConnection`.
pub(crate) mod engine;
/// Step 0: the camera and the microphone.
pub(crate) mod media;
/// What this side sends, and its exchange in the middle of a call.
pub(crate) mod local_media;
/// A camera and a microphone that are always there.
mod pattern;
/// Whether a STUN or TURN server can be reached.
pub(crate) mod reach;
/// What the browser counts.
pub(crate) mod statistics;
/// The data channel of one file, and the file itself.
pub(crate) mod file_channel;
/// What a failed JavaScript call says.
mod error;
/// Small things that JavaScript knows.
pub(crate) mod js;
