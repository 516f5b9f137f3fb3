//! The page: the browser's own WebRTC behind the [`Engine`](crate::call::Engine) seam, and what a person sees of it.
//!
//! The twin of `native/`. It is compiled to WebAssembly; on any other target it type-checks, so that one clippy run
//! covers it, and does nothing.

/// The twin of the native engine: the W3C calls, made with `RTCPeerConnection`.
mod engine;
/// Step 0: the camera and the microphone.
mod media;
/// What a failed JavaScript call says.
mod error;
/// Buttons, pictures and lists.
pub mod page;
