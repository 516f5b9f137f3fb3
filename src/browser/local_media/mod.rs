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

/// The devices are changed in the middle of a call.
mod exchange;
/// The devices are opened.
mod opening;

use std::cell::{Cell, RefCell};

use futures::channel::mpsc::UnboundedSender;
use futures::lock::Mutex;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpSender};

use super::media::{OwnTrack, kind_of};
use super::pattern::Pattern;
use crate::call::MediaKind;
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

    /// Muted as the person wants it, and heard of when it ends by itself.
    fn watched(&self, mut track: OwnTrack) -> OwnTrack {
        let (kind, ended) = (kind_of(&track), self.ended.clone());
        track.set_enabled(self.is_on(kind));
        // An error says that the page is gone.
        track.when_ended(move || drop(ended.unbounded_send(kind)));
        track
    }

    // Step 2 (A, B): addTrack
    /// Adds the tracks to a peer connection.
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

/// Another handle to the same track. `track.clone()` would be the W3C method of that name, which makes a second track.
fn same(track: &MediaStreamTrack) -> MediaStreamTrack {
    Clone::clone(track)
}
