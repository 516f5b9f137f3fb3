//! The own media are opened: in the lobby or in step 0, whichever comes first.

use std::cell::Cell;

use super::LocalMedia;
use crate::browser::media::{OwnTrack, get_user_media};
use crate::browser::pattern::{Pattern, Picture};
use crate::call::EngineError;
use crate::explain::problem::Source;

impl LocalMedia {
    /// Opens the source, unless it is open already, and says what it is.
    pub(crate) async fn open(&self) -> Result<String, EngineError> {
        self.wanted.set(true);
        let _opener = Opener::of(&self.openers);
        let closed = || EngineError::new("AbortError", "it was closed before it was open");
        let _turn = self.turn.lock().await;
        while !self.is_live() {
            if !self.wanted.get() {
                return Err(closed());
            }
            // What is left of an earlier opening: many devices cannot be opened twice.
            self.tracks.take();
            let wish = self.wish.get();
            let opened = self.open_source().await;
            // A person may take their time. What is not wanted any more is dropped here, and so stopped.
            if !self.wanted.get() {
                return Err(closed());
            }
            if self.wish.get() != wish {
                continue;
            }
            // Nothing is open when it failed, and nothing is to be when nothing is sent. The next opener still wants it.
            let is_open = opened.as_ref().is_ok_and(|(_, fresh)| !fresh.is_empty());
            self.wanted.set(is_open || self.openers.get() > 1);
            let (pattern, fresh) = opened?;
            let fresh = fresh.into_iter().map(|track| self.watched(track)).collect();
            *self.pattern.borrow_mut() = pattern;
            *self.tracks.borrow_mut() = fresh;
            self.show();
            if !is_open {
                break;
            }
        }
        Ok(self.describe())
    }

    fn is_live(&self) -> bool {
        let tracks = self.tracks.borrow();
        !tracks.is_empty() && tracks.iter().all(OwnTrack::is_live)
    }

    async fn open_source(&self) -> Result<(Option<Pattern>, Vec<OwnTrack>), EngineError> {
        let (microphone, camera) = (self.microphone.borrow().clone(), self.camera.borrow().clone());
        Ok(match self.source.get() {
            Source::Devices => (None, get_user_media(Some(&microphone), Some(&camera)).await?),
            Source::Microphone => {
                let mut fresh = get_user_media(Some(&microphone), None).await?;
                let pattern = Pattern::new(Picture::Still)?;
                fresh.extend(pattern.video().map(OwnTrack::new));
                (Some(pattern), fresh)
            }
            Source::Pattern => {
                let pattern = Pattern::new(Picture::Moving)?;
                let fresh = pattern.video().into_iter().chain(pattern.audio()).map(OwnTrack::new).collect();
                (Some(pattern), fresh)
            }
            Source::Nothing => (None, Vec::new()),
        })
    }

    fn describe(&self) -> String {
        let tracks = self.tracks.borrow();
        let lines: Vec<_> = tracks.iter().map(|track| format!("{}: {}", track.kind(), track.label())).collect();
        if lines.is_empty() { "nothing: this side only receives".to_owned() } else { lines.join("; ") }
    }
}

/// Counts as an opener until it is dropped, as a call does that ends while it waits.
struct Opener<'a>(&'a Cell<usize>);

impl<'a> Opener<'a> {
    fn of(openers: &'a Cell<usize>) -> Self {
        openers.set(openers.get() + 1);
        Self(openers)
    }
}

impl Drop for Opener<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
