//! One track in place of another one, in the middle of a call: another camera, another microphone, the screen.

use wasm_bindgen_futures::JsFuture;

use super::LocalMedia;
use crate::browser::error::engine_error;
use crate::browser::media::{OwnTrack, get_display_media, get_user_media, kind_of};
use crate::call::{EngineError, MediaKind};

impl LocalMedia {
    /// Exchanges the camera or the microphone. The old one is stopped first: many cameras cannot be opened twice. When
    /// the new one cannot be opened the old one is opened again, and the error says why.
    pub(crate) async fn switch(&self, kind: MediaKind, device: &str) -> Result<(), EngineError> {
        if self.track(kind).is_none() {
            let message = "a call that does not send this has no place for the device: join again with it";
            return Err(EngineError::new("InvalidStateError", message));
        }
        let before = self.device_in_use(kind);
        self.choose(kind, device);
        let wish = self.wish.get().of(kind);
        let _turn = self.turn.lock().await;
        let mut failed = None;
        for device in [device, &before] {
            // Another choice, or the end of the call, has come in between and takes care of everything.
            if self.wish.get().of(kind) != wish {
                return Ok(());
            }
            self.of_device(kind, |track| track.stop());
            let opened = open_device(kind, device).await;
            if self.wish.get().of(kind) != wish {
                return Ok(());
            }
            match opened {
                Ok(fresh) => {
                    *self.chosen(kind).borrow_mut() = device.to_owned();
                    self.take_place_of_device(kind, fresh).await?;
                    break;
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Asks which screen, and shows it in place of the camera. Two clicks ask once.
    pub(crate) async fn share_screen(&self) -> Result<(), EngineError> {
        if self.track(MediaKind::Video).is_none() {
            let message = "a call that sends no picture has no place for the screen: join again with a picture";
            return Err(EngineError::new("InvalidStateError", message));
        }
        if self.asking.replace(true) {
            return Ok(());
        }
        let source = self.wish.get().source;
        let screen = get_display_media().await;
        self.asking.set(false);
        let screen = self.watched(screen?);
        // Looked at after the wait: the call can have ended, and the next one begun.
        if self.wish.get().source != source || self.is_sharing() || !screen.is_live() {
            return Ok(());
        }
        let camera = self.put(screen);
        *self.behind_the_screen.borrow_mut() = camera;
        self.send(MediaKind::Video).await
    }

    /// Back to the camera.
    pub(crate) async fn stop_sharing(&self) -> Result<(), EngineError> {
        let camera = self.behind_the_screen.borrow_mut().take();
        let Some(camera) = camera else { return Ok(()) };
        // With what it returns, the screen, the sharing ends.
        drop(self.put(camera));
        self.send(MediaKind::Video).await
    }

    pub(crate) fn is_sharing(&self) -> bool {
        self.behind_the_screen.borrow().is_some()
    }

    /// The person has ended the sharing with the browser's own button.
    pub(crate) fn screen_has_ended(&self) -> bool {
        let tracks = self.tracks.borrow();
        self.is_sharing() && tracks.iter().any(|track| kind_of(track) == MediaKind::Video && !track.is_live())
    }

    /// A device that was opened takes the place of the one before: on the way to the other side, or behind the screen.
    async fn take_place_of_device(&self, kind: MediaKind, fresh: OwnTrack) -> Result<(), EngineError> {
        let fresh = self.watched(fresh);
        if kind == MediaKind::Video && self.is_sharing() {
            *self.behind_the_screen.borrow_mut() = Some(fresh);
            return Ok(());
        }
        drop(self.put(fresh));
        self.send(kind).await
    }

    /// One track in place of the other one of its kind, which is returned.
    fn put(&self, fresh: OwnTrack) -> Option<OwnTrack> {
        let kind = kind_of(&fresh);
        let before = {
            let mut tracks = self.tracks.borrow_mut();
            let place = tracks.iter_mut().find(|track| kind_of(track) == kind);
            place.map(|place| std::mem::replace(place, fresh))
        };
        self.show();
        before
    }

    /// Sends the present track of this kind from now on.
    async fn send(&self, kind: MediaKind) -> Result<(), EngineError> {
        let sender = self.senders.borrow().iter().find(|(of, _)| *of == kind).map(|(_, sender)| sender.clone());
        // Without one there is no call yet.
        let (Some(sender), Some(track)) = (sender, self.track(kind)) else { return Ok(()) };
        let sent = JsFuture::from(sender.replace_track(Some(&track))).await;
        let is_over = !self.senders.borrow().iter().any(|(_, present)| *present == sender);
        if is_over { Ok(()) } else { sent.map(drop).map_err(engine_error) }
    }
}

async fn open_device(kind: MediaKind, device: &str) -> Result<OwnTrack, EngineError> {
    let mut opened = match kind {
        MediaKind::Audio => get_user_media(Some(device), None).await?,
        MediaKind::Video => get_user_media(None, Some(device)).await?,
    };
    opened.pop().ok_or_else(|| EngineError::new("NotFoundError", "the device gave no track"))
}
