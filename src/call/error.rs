//! Why a call failed, and at which step.

use shared::{RoomName, Step};

use super::engine::EngineError;
use super::signaling::SignalingError;

/// A call that failed. Its text names the step, unless the room was not entered: that is done between steps 2 and 3.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", said(.step, .source))]
pub struct CallError {
    /// The step that was under way, or the last one that was.
    pub step: &'static Step,
    /// What went wrong in it.
    pub source: Cause,
}

/// What a call that failed says.
fn said(step: &Step, source: &Cause) -> String {
    match source {
        Cause::Join { .. } => source.to_string(),
        _ => format!("{step}: {source}"),
    }
}

/// What went wrong in a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// A WebRTC call failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The server did not let us into the room.
    #[error("the room \"{room}\" was not entered: {source}")]
    Join {
        /// The room.
        room: RoomName,
        /// Why not.
        source: SignalingError,
    },
    /// A message did not get through.
    #[error(transparent)]
    Signaling(#[from] SignalingError),
    /// `connectionState` became `failed`.
    #[error(
        "no path to the other side works any more (connectionState is \"failed\"): it has vanished, or a firewall stops \
         UDP between the two"
    )]
    ConnectionFailed,
    /// Only relayed paths are wanted, and there is nobody to relay.
    #[error(
        "only a relayed path is wanted, and the server names no TURN server: start it with --turn, or name one with --ice-server"
    )]
    NoRelay,
}
