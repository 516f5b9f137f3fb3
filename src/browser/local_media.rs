//! What this side sends: opened in the lobby or in step 0, exchanged in the middle of a call, closed at its end.
//!
//! A call negotiates once that it sends one sound and one picture. Which microphone, camera or screen they come from can
//! change at any time without a word to the other side, by
//! [`RTCRtpSender.replaceTrack`](https://www.w3.org/TR/webrtc/#dom-rtcrtpsender-replacetrack).

use std::cell::{Cell, RefCell};

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender};

use super::error::engine_error;
use super::media::{get_display_media, get_user_media, kind_of, tracks};
use super::pattern::{Pattern, Picture};
use crate::call::{EngineError, MediaKind};
use crate::explain::problem::Source;

/// The own stream, and what it is sent by.
pub(super) struct LocalMedia {
    /// Where the person sees what is sent: in the lobby and in the call.
    mirrors: [HtmlVideoElement; 2],
    source: Cell<Source>,
    /// The chosen devices; empty is the browser's choice.
    microphone: RefCell<String>,
    camera: RefCell<String>,
    /// What is seen and sent. Empty when closed.
    tracks: RefCell<Vec<MediaStreamTrack>>,
    /// The camera's track, while the screen takes its place.
    behind_the_screen: RefCell<Option<MediaStreamTrack>>,
    /// What draws the test pattern.
    pattern: RefCell<Option<Pattern>>,
    senders: RefCell<Vec<RtcRtpSender>>,
    /// How often it was closed.
    closed: Cell<u32>,
    audio_on: Cell<bool>,
    video_on: Cell<bool>,
}

impl LocalMedia {
    pub(super) fn new(mirrors: [HtmlVideoElement; 2]) -> Self {
        Self {
            mirrors,
            source: Cell::default(),
            microphone: RefCell::default(),
            camera: RefCell::default(),
            tracks: RefCell::default(),
            behind_the_screen: RefCell::default(),
            pattern: RefCell::default(),
            senders: RefCell::default(),
            closed: Cell::default(),
            audio_on: Cell::new(true),
            video_on: Cell::new(true),
        }
    }

    /// Another source. What is open is closed: the next [`open`](Self::open) opens the new one.
    pub(super) fn set_source(&self, source: Source) {
        self.source.set(source);
        self.close();
    }

    /// Which device is to be used from the next opening on.
    pub(super) fn choose(&self, kind: MediaKind, device: &str) {
        *self.chosen(kind).borrow_mut() = device.to_owned();
    }

    fn chosen(&self, kind: MediaKind) -> &RefCell<String> {
        match kind {
            MediaKind::Audio => &self.microphone,
            MediaKind::Video => &self.camera,
        }
    }

    /// The device that is really used, as the track says it.
    pub(super) fn device_in_use(&self, kind: MediaKind) -> Option<String> {
        let behind = self.behind_the_screen.borrow().clone();
        let track = behind.filter(|_| kind == MediaKind::Video).or_else(|| self.track(kind))?;
        js_sys::Reflect::get(&track.get_settings(), &"deviceId".into()).ok()?.as_string()
    }

    pub(super) fn track(&self, kind: MediaKind) -> Option<MediaStreamTrack> {
        self.tracks.borrow().iter().find(|track| kind_of(track) == kind).cloned()
    }

    pub(super) fn is_open(&self) -> bool {
        !self.tracks.borrow().is_empty()
    }

    /// The kinds that are not sent.
    pub(super) fn missing(&self) -> Vec<MediaKind> {
        [MediaKind::Audio, MediaKind::Video].into_iter().filter(|kind| self.track(*kind).is_none()).collect()
    }

    /// Opens the source, unless it is open already, and says what it is.
    pub(super) async fn open(&self) -> Result<String, EngineError> {
        while !self.is_live() {
            let closed = self.closed.get();
            let (pattern, fresh) = self.open_source().await?;
            // A person may take their time. If meanwhile it was opened a second time, or another source was chosen, then
            // this set is not wanted any more, and its camera must not stay on.
            if self.is_live() || self.closed.get() != closed {
                fresh.iter().for_each(MediaStreamTrack::stop);
                continue;
            }
            for track in &fresh {
                track.set_enabled(self.is_on(kind_of(track)));
            }
            *self.pattern.borrow_mut() = pattern;
            *self.tracks.borrow_mut() = fresh;
            self.show();
            if self.source.get() == Source::Nothing {
                break;
            }
        }
        Ok(self.describe())
    }

    fn is_live(&self) -> bool {
        let live = |track: &MediaStreamTrack| track.ready_state() == web_sys::MediaStreamTrackState::Live;
        self.is_open() && self.tracks.borrow().iter().all(live)
    }

    async fn open_source(&self) -> Result<(Option<Pattern>, Vec<MediaStreamTrack>), EngineError> {
        let (microphone, camera) = (self.microphone.borrow().clone(), self.camera.borrow().clone());
        Ok(match self.source.get() {
            Source::Devices => (None, tracks(&get_user_media(Some(&microphone), Some(&camera)).await?)),
            Source::Microphone => {
                let mut fresh = tracks(&get_user_media(Some(&microphone), None).await?);
                let pattern = Pattern::new(Picture::Still)?;
                fresh.extend(pattern.video());
                (Some(pattern), fresh)
            }
            Source::Pattern => {
                let pattern = Pattern::new(Picture::Moving)?;
                let fresh = pattern.video().into_iter().chain(pattern.audio()).collect();
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

    /// Step 2: adds the tracks to a peer connection.
    pub(super) fn add_to(&self, peer: &RtcPeerConnection) {
        let Ok(stream) = MediaStream::new() else { return };
        let senders = self.tracks.borrow().iter().map(|track| peer.add_track(track, &stream, &Array::new())).collect();
        *self.senders.borrow_mut() = senders;
    }

    /// The peer connection is gone.
    pub(super) fn forget_senders(&self) {
        self.senders.borrow_mut().clear();
    }

    /// Mutes or unmutes. It stays so whatever the track is exchanged for.
    pub(super) fn set_enabled(&self, kind: MediaKind, enabled: bool) {
        match kind {
            MediaKind::Audio => self.audio_on.set(enabled),
            MediaKind::Video => self.video_on.set(enabled),
        }
        let behind = self.behind_the_screen.borrow().clone();
        let tracks = self.tracks.borrow();
        let of_kind = tracks.iter().chain(&behind).filter(|track| kind_of(track) == kind);
        of_kind.for_each(|track| track.set_enabled(enabled));
    }

    fn is_on(&self, kind: MediaKind) -> bool {
        match kind {
            MediaKind::Audio => self.audio_on.get(),
            MediaKind::Video => self.video_on.get(),
        }
    }

    /// Exchanges the camera or the microphone. The old one is stopped first: many cameras cannot be opened twice. When
    /// the new one cannot be opened the old one is opened again, and the error says why.
    pub(super) async fn switch(&self, kind: MediaKind, device: &str) -> Result<(), EngineError> {
        let before = self.device_in_use(kind).unwrap_or_default();
        let sharing = kind == MediaKind::Video && self.is_sharing();
        let old = if sharing { self.behind_the_screen.borrow_mut().take() } else { self.track(kind) };
        if let Some(old) = old {
            old.stop();
        }
        self.choose(kind, device);
        let mut opened = open_device(kind, device).await;
        if opened.is_err() {
            self.choose(kind, &before);
        }
        let result = opened.as_ref().map(drop).map_err(Clone::clone);
        if opened.is_err() {
            opened = open_device(kind, &before).await;
        }
        let fresh = opened?;
        fresh.set_enabled(self.is_on(kind));
        if sharing {
            *self.behind_the_screen.borrow_mut() = Some(fresh);
        } else {
            self.replace(kind, fresh).await?;
        }
        result
    }

    /// Shows the screen in place of the camera. Returns its track: when the person ends it with the browser's own
    /// button it says `ended`.
    pub(super) async fn share_screen(&self) -> Result<MediaStreamTrack, EngineError> {
        if self.track(MediaKind::Video).is_none() {
            let message = "a call that sends no picture has no place for the screen: join again with a picture";
            return Err(EngineError::new("InvalidStateError", message));
        }
        let screen = get_display_media().await?;
        screen.set_enabled(self.video_on.get());
        // Looked up after the wait: the camera can have been exchanged, or the call have ended, meanwhile.
        let Some(camera) = self.track(MediaKind::Video) else {
            screen.stop();
            return Err(EngineError::new("InvalidStateError", "the call has ended meanwhile"));
        };
        *self.behind_the_screen.borrow_mut() = Some(camera);
        self.replace(MediaKind::Video, same(&screen)).await?;
        Ok(screen)
    }

    /// Back to the camera.
    pub(super) async fn stop_sharing(&self) -> Result<(), EngineError> {
        let camera = self.behind_the_screen.borrow_mut().take();
        let Some(camera) = camera else { return Ok(()) };
        if let Some(screen) = self.track(MediaKind::Video) {
            screen.stop();
        }
        self.replace(MediaKind::Video, camera).await
    }

    pub(super) fn is_sharing(&self) -> bool {
        self.behind_the_screen.borrow().is_some()
    }

    /// One track in place of another of its kind, on the screen and on the way to the other side.
    async fn replace(&self, kind: MediaKind, fresh: MediaStreamTrack) -> Result<(), EngineError> {
        let old = self.track(kind);
        for track in &mut *self.tracks.borrow_mut() {
            if kind_of(track) == kind {
                *track = same(&fresh);
            }
        }
        self.show();
        let is_old = |sender: &&RtcRtpSender| sender.track().is_some() && sender.track() == old;
        let sender = self.senders.borrow().iter().find(is_old).cloned();
        match sender {
            Some(sender) => JsFuture::from(sender.replace_track(Some(&fresh))).await.map(drop).map_err(engine_error),
            // No call yet.
            None => Ok(()),
        }
    }

    /// Puts what is sent before the person's eyes.
    fn show(&self) {
        let tracks: Array = self.tracks.borrow().iter().map(JsValue::from).collect();
        let stream = MediaStream::new_with_tracks(&tracks).ok();
        self.mirrors.iter().for_each(|mirror| mirror.set_src_object(stream.as_ref()));
    }

    /// Stops everything: the light beside the camera goes out.
    pub(super) fn close(&self) {
        self.closed.set(self.closed.get() + 1);
        let behind = self.behind_the_screen.borrow_mut().take();
        let tracks = self.tracks.take();
        tracks.iter().chain(&behind).for_each(MediaStreamTrack::stop);
        self.pattern.take();
        self.mirrors.iter().for_each(|mirror| mirror.set_src_object(None));
        // The next call begins with sound and picture.
        self.audio_on.set(true);
        self.video_on.set(true);
    }
}

/// Another handle to the same track. `track.clone()` would be the W3C method of that name, which makes a second track.
fn same(track: &MediaStreamTrack) -> MediaStreamTrack {
    Clone::clone(track)
}

async fn open_device(kind: MediaKind, device: &str) -> Result<MediaStreamTrack, EngineError> {
    let stream = match kind {
        MediaKind::Audio => get_user_media(Some(device), None).await?,
        MediaKind::Video => get_user_media(None, Some(device)).await?,
    };
    tracks(&stream).pop().ok_or_else(|| EngineError::new("NotFoundError", "the device gave no track"))
}
