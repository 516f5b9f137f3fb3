//! Where the content of a file comes from, and where it goes.

/// A file to be sent.
#[expect(async_fn_in_trait, reason = "Send is inferred, as for a channel")]
pub trait Source {
    /// What it is called: its own name, without any directory.
    fn name(&self) -> &str;

    /// How many bytes it has.
    fn size(&self) -> u64;

    /// The next bytes: at least one and at most `up_to`, or none at the end.
    async fn read(&mut self, up_to: usize) -> Result<Vec<u8>, FileError>;
}

/// A place for a file that is received. Until [`finish`](Self::finish) nobody takes it for the file; a sink that is
/// dropped is as good as discarded.
#[expect(async_fn_in_trait, reason = "Send is inferred, as for a channel")]
pub trait Sink {
    /// How the place is told once it is a file: a path, a link.
    type Stored;

    /// Takes these bytes. The next ones are asked for when it is done, so a slow disk is not flooded.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), FileError>;

    /// It is whole: keep it.
    async fn finish(self) -> Result<Self::Stored, FileError>;

    /// It will not be whole: leave nothing behind.
    async fn discard(self);
}

/// Why a file can be read or stored no further. The other side reads this too: so it says what happened, and names no
/// directory of this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FileError(String);

impl FileError {
    /// An error with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
