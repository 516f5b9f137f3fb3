//! `--pause`: Enter before each step.

use support::cli::typed_lines;
use tokio::sync::mpsc::Receiver;

/// Waits for Enter, until there is nothing more to come.
pub(super) struct Pause(Option<Receiver<String>>);

impl Pause {
    /// Without `asked`, no step waits.
    pub(super) fn new(asked: bool) -> Self {
        Self(asked.then(typed_lines))
    }

    /// Somebody may still press Enter.
    pub(super) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Ready when Enter was pressed, and at the end of the input: then the rest goes on without waiting. Cancel safe.
    pub(super) async fn enter(&mut self) {
        if let Some(lines) = &mut self.0
            && lines.recv().await.is_none()
        {
            self.0 = None;
        }
    }
}
