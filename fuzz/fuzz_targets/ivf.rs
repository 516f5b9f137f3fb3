//! A video file that somebody wants to send: IVF with VP8.
//!
//! The input is the file. What is taken begins with a keyframe, hides no frame, shows each for 1 ms to 10 s (RTP has no
//! other times), and is not larger than the file. What is refused is named in a text that can be shown.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use study_zoom_fuzz::call::MediaKind;
use study_zoom_fuzz::native::file;
use study_zoom_fuzz::native::media::{is_keyframe, video};
use study_zoom_fuzz::shown::harmless;

fuzz_target!(|content: &[u8]| {
    let clip = match video(Some(&file(content))) {
        Ok(clip) => clip,
        Err(error) => return harmless(error),
    };
    harmless(&clip.description);
    assert_eq!(clip.kind, MediaKind::Video);
    assert!(is_keyframe(&clip.frames[0].data), "the first one can be decoded without the others");
    let (shortest, longest) = (Duration::from_millis(1), Duration::from_secs(10));
    for frame in &*clip.frames {
        assert!((shortest..=longest).contains(&frame.duration), "{:?}", frame.duration);
        assert!(frame.data.first().is_none_or(|first| first & 0x10 != 0), "it is shown");
    }
    let bytes: usize = clip.frames.iter().map(|frame| frame.data.len()).sum();
    assert!(bytes + 32 + 12 * clip.frames.len() <= content.len());
});
