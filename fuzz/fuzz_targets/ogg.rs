//! A sound file that somebody wants to send: Ogg with Opus. (The `ogg` crate leaves out the checksums while it is fuzzed.)
//!
//! The input is the file. What is taken has sound, each packet of it 2.5 ms to 120 ms long (RFC 6716, section 3.2.5), and is
//! not larger than the file. What is refused is named in a text that can be shown.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::call::MediaKind;
use study_zoom_fuzz::native::file;
use study_zoom_fuzz::native::media::{audio, opus_duration};
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|content: &[u8]| {
    let clip = match audio(Some(&file(content))) {
        Ok(clip) => clip,
        Err(error) => return harmless(error),
    };
    harmless(&clip.description);
    assert_eq!(clip.kind, MediaKind::Audio);
    assert!(!clip.frames.is_empty());
    let (shortest, longest) = (Duration::from_micros(2500), Duration::from_millis(120));
    for frame in &*clip.frames {
        assert!((shortest..=longest).contains(&frame.duration), "{:?}", frame.duration);
        assert_eq!(opus_duration(&frame.data), Some(frame.duration));
    }
    let bytes: usize = clip.frames.iter().map(|frame| frame.data.len()).sum();
    assert!(bytes <= content.len());
});
