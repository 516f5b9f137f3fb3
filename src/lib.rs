//! Chapter 3.
pub mod call;
#[cfg(not(target_family = "wasm"))]
pub mod native;
#[cfg(not(target_family = "wasm"))]
pub mod server;
pub mod signaling;
