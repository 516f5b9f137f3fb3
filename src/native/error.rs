//! The errors of the `webrtc` crate, as the call reports them.

use crate::call::EngineError;

/// An `OperationError`: the W3C's name for a call that failed for another reason than its arguments or its moment.
pub(super) fn operation_error(error: webrtc::error::Error) -> EngineError {
    EngineError::new("OperationError", error.to_string())
}
