//! What this side sends: opened in the lobby or in step 0, exchanged in the middle of a call, closed at its end.
//!
//! A call negotiates once that it sends one sound and one picture. Which microphone, camera or screen they come from can
//! change at any time without a word to the other side, by
//! [`RTCRtpSender.replaceTrack`](https://www.w3.org/TR/webrtc/#dom-rtcrtpsender-replacetrack).
//!
//! **No device stays on by mistake.** To open one takes time, and meanwhile a person chooses another one or hangs up. Three
//! rules hold for every track:
//! 1. It has one owner. [`OwnTrack`] stops it when the owner lets it go.
//! 2. Devices are opened one after the other: see `turn`.
//! 3. After a track is opened, the code checks whether it is still wanted: see [`Wish`]. The latest wish wins.

use std::cell::{Cell, RefCell};

use futures::channel::mpsc::UnboundedSender;
use futures::lock::Mutex;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender};

use super::error::engine_error;
use super::media::{OwnTrack, get_display_media, get_user_media, kind_of};
use super::pattern::{Pattern, Picture};
use crate::call::{EngineError, MediaKind};
use crate::explain::problem::Source;

/// The own stream, and what it is sent by.
pub(crate) struct LocalMedia {
    /// Where the person sees what is sent: in the lobby and in the call.
    mirrors: [HtmlVideoElement; 2],
    source: Cell<Source>,
    /// The chosen devices; empty is the browser's choice.
    microphone: RefCell<String>,
    camera: RefCell<String>,
    /// What is seen and sent. Empty when closed.
    tracks: RefCell<Vec<OwnTrack>>,
    /// The camera's track, while the screen takes its place.
    behind_the_screen: RefCell<Option<OwnTrack>>,
    /// What draws the test pattern.
    pattern: RefCell<Option<Pattern>>,
    senders: RefCell<Vec<(MediaKind, RtcRtpSender)>>,
    /// It is to be open: from the first request on until it is closed.
    wanted: Cell<bool>,
    /// How many are opening it, or wait for their turn to.
    openers: Cell<usize>,
    /// What is wanted at present.
    wish: Cell<Wish>,
    /// Held while a device is opened.
    turn: Mutex<()>,
    /// The browser is asking which screen.
    asking: Cell<bool>,
    audio_on: Cell<bool>,
    video_on: Cell<bool>,
    /// Hears of each track that ends by itself.
    ended: UnboundedSender<MediaKind>,
}

/// Counts what was wished for, to see after a wait whether it is still the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wish {
    /// How often the source was changed or everything was closed.
    source: u32,
    /// How often another microphone was chosen.
    audio: u32,
    /// How often another camera was chosen.
    video: u32,
}

impl Wish {
    /// The part of it that concerns one kind of device.
    fn of(self, kind: MediaKind) -> (u32, u32) {
        match kind {
            MediaKind::Audio => (self.source, self.audio),
            MediaKind::Video => (self.source, self.video),
        }
    }
}

impl LocalMedia {
    pub(crate) fn new(mirrors: [HtmlVideoElement; 2], ended: UnboundedSender<MediaKind>) -> Self {
        Self {
            mirrors,
            source: Cell::default(),
            microphone: RefCell::default(),
            camera: RefCell::default(),
            tracks: RefCell::default(),
            behind_the_screen: RefCell::default(),
            pattern: RefCell::default(),
            senders: RefCell::default(),
            wanted: Cell::default(),
            openers: Cell::default(),
            wish: Cell::default(),
            turn: Mutex::default(),
            asking: Cell::default(),
            audio_on: Cell::new(true),
            video_on: Cell::new(true),
            ended,
        }
    }

    /// Another source. What is open is closed: the next [`open`](Self::open) opens the new one.
    pub(crate) fn set_source(&self, source: Source) {
        self.source.set(source);
        self.let_go();
    }

    /// What is sent, by the last choice.
    pub(crate) fn source(&self) -> Source {
        self.source.get()
    }

    /// Which device is to be used from the next opening on.
    pub(crate) fn choose(&self, kind: MediaKind, device: &str) {
        let mut wish = self.wish.get();
        match kind {
            MediaKind::Audio => wish.audio += 1,
            MediaKind::Video => wish.video += 1,
        }
        self.wish.set(wish);
        *self.chosen(kind).borrow_mut() = device.to_owned();
    }

    fn chosen(&self, kind: MediaKind) -> &RefCell<String> {
        match kind {
            MediaKind::Audio => &self.microphone,
            MediaKind::Video => &self.camera,
        }
    }

    /// The device that is really used, as the track says it; without one, the chosen one.
    pub(crate) fn device_in_use(&self, kind: MediaKind) -> String {
        let settings = self.of_device(kind, |track| track.get_settings());
        let id = settings.and_then(|settings| js_sys::Reflect::get(&settings, &"deviceId".into()).ok()?.as_string());
        id.unwrap_or_else(|| self.chosen(kind).borrow().clone())
    }

    /// Looks at the track of the device, whether it is sent or stands behind the screen.
    fn of_device<T>(&self, kind: MediaKind, look: impl Fn(&OwnTrack) -> T) -> Option<T> {
        if let (MediaKind::Video, Some(camera)) = (kind, &*self.behind_the_screen.borrow()) {
            return Some(look(camera));
        }
        self.tracks.borrow().iter().find(|track| kind_of(track) == kind).map(look)
    }

    /// What is sent of this kind.
    pub(crate) fn track(&self, kind: MediaKind) -> Option<MediaStreamTrack> {
        self.tracks.borrow().iter().find(|track| kind_of(track) == kind).map(|track| same(track))
    }

    /// It is open, or being opened.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.get()
    }

    /// The device of this kind has ended by itself, and nothing has taken its place yet.
    pub(crate) fn is_gone(&self, kind: MediaKind) -> bool {
        self.of_device(kind, OwnTrack::is_live) == Some(false)
    }

    /// The kinds that are not sent.
    pub(crate) fn missing(&self) -> Vec<MediaKind> {
        [MediaKind::Audio, MediaKind::Video].into_iter().filter(|kind| self.track(*kind).is_none()).collect()
    }

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

    /// Muted as the person wants it, and heard of when it ends by itself.
    fn watched(&self, mut track: OwnTrack) -> OwnTrack {
        let (kind, ended) = (kind_of(&track), self.ended.clone());
        track.set_enabled(self.is_on(kind));
        // An error says that the page is gone.
        track.when_ended(move || drop(ended.unbounded_send(kind)));
        track
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

    /// Step 2: adds the tracks to a peer connection.
    pub(crate) fn add_to(&self, peer: &RtcPeerConnection) {
        let Ok(stream) = MediaStream::new() else { return };
        let tracks = self.tracks.borrow();
        let senders = tracks.iter().map(|track| (kind_of(track), peer.add_track(track, &stream, &Array::new())));
        *self.senders.borrow_mut() = senders.collect();
    }

    /// The peer connection is gone.
    pub(crate) fn forget_senders(&self) {
        self.senders.borrow_mut().clear();
    }

    /// Mutes or unmutes. It stays so whatever the track is exchanged for.
    pub(crate) fn set_enabled(&self, kind: MediaKind, enabled: bool) {
        match kind {
            MediaKind::Audio => self.audio_on.set(enabled),
            MediaKind::Video => self.video_on.set(enabled),
        }
        let (behind, tracks) = (self.behind_the_screen.borrow(), self.tracks.borrow());
        let of_kind = tracks.iter().chain(&*behind).filter(|track| kind_of(track) == kind);
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

    /// Puts what is sent before the person's eyes.
    fn show(&self) {
        let tracks: Array = self.tracks.borrow().iter().map(|track| JsValue::from(same(track))).collect();
        let stream = MediaStream::new_with_tracks(&tracks).ok();
        self.mirrors.iter().for_each(|mirror| mirror.set_src_object(stream.as_ref()));
    }

    /// Closes everything, also what is being opened: the light beside the camera goes out.
    pub(crate) fn close(&self) {
        self.wanted.set(false);
        self.let_go();
        // The next call begins with sound and picture.
        self.audio_on.set(true);
        self.video_on.set(true);
    }

    fn let_go(&self) {
        let wish = self.wish.get();
        self.wish.set(Wish { source: wish.source + 1, ..wish });
        self.behind_the_screen.take();
        self.tracks.take();
        self.pattern.take();
        self.mirrors.iter().for_each(|mirror| mirror.set_src_object(None));
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

/// Another handle to the same track. `track.clone()` would be the W3C method of that name, which makes a second track.
fn same(track: &MediaStreamTrack) -> MediaStreamTrack {
    Clone::clone(track)
}

async fn open_device(kind: MediaKind, device: &str) -> Result<OwnTrack, EngineError> {
    let mut opened = match kind {
        MediaKind::Audio => get_user_media(Some(device), None).await?,
        MediaKind::Video => get_user_media(None, Some(device)).await?,
    };
    opened.pop().ok_or_else(|| EngineError::new("NotFoundError", "the device gave no track"))
}
