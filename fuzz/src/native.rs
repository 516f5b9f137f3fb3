//! The readers of IVF and Ogg, and a file for them: they read nothing else.

use std::path::PathBuf;

#[path = "../../src/native/media.rs"]
pub mod media;

/// Writes a file of this process, the same one each time.
pub fn file(content: &[u8]) -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let path = folder.join(format!("study-zoom-fuzz-{}", std::process::id()));
    std::fs::write(&path, content).expect("there is room for a small file");
    path
}
