//! What keeps several servers from a decision.

use socketio_src::cluster::LinkError;

/// Why a change could not be made for all servers.
#[derive(Debug, thiserror::Error)]
pub(super) enum DecisionError {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error("others were faster {tries} times")]
    Overtaken { tries: usize },
}
