//! What came in, in numbers.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::lock::lock;
use crate::call::MediaKind;

/// What has been received, over all calls of one engine. Shared: it can be read while a call runs.
#[derive(Debug, Default)]
pub struct Counters {
    video_frames: AtomicU64,
    video_bytes: AtomicU64,
    audio_frames: AtomicU64,
    audio_bytes: AtomicU64,
    recording_problem: Mutex<Option<String>>,
}

/// A reading of [`Counters`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Complete video frames.
    pub video_frames: u64,
    /// Their encoded bytes.
    pub video_bytes: u64,
    /// Opus packets.
    pub audio_frames: u64,
    /// Their encoded bytes.
    pub audio_bytes: u64,
}

impl Counters {
    /// What has been received up to now.
    pub fn read(&self) -> Counted {
        Counted {
            video_frames: self.video_frames.load(Ordering::Relaxed),
            video_bytes: self.video_bytes.load(Ordering::Relaxed),
            audio_frames: self.audio_frames.load(Ordering::Relaxed),
            audio_bytes: self.audio_bytes.load(Ordering::Relaxed),
        }
    }

    /// Why a recording has ended before its track, if one has.
    pub fn recording_problem(&self) -> Option<String> {
        lock(&self.recording_problem).clone()
    }

    pub(super) fn note_recording_problem(&self, problem: String) {
        lock(&self.recording_problem).get_or_insert(problem);
    }

    pub(super) fn count(&self, kind: MediaKind, bytes: usize) {
        let (frames, total) = match kind {
            MediaKind::Video => (&self.video_frames, &self.video_bytes),
            MediaKind::Audio => (&self.audio_frames, &self.audio_bytes),
        };
        frames.fetch_add(1, Ordering::Relaxed);
        total.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
