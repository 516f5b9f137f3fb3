//! Step 0: files instead of a camera and a microphone.
//!
//! A peer sends what is already encoded: VP8 from an IVF file, Opus from an Ogg file. Both are read whole and checked
//! before the call begins, so that a bad file is an error of step 0 and not a picture that freezes later.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::call::MediaKind;

/// The embedded test pattern, see `assets/README.md`.
const PATTERN: &[u8] = include_bytes!("assets/pattern.ivf");
/// The embedded tone.
const TONE: &[u8] = include_bytes!("assets/tone.ogg");

/// How long a video frame may be shown.
const SHOWN: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(10);
/// The flag in the first byte of a VP8 frame that it is shown (RFC 6386, section 9.1).
const SHOW_FRAME: u8 = 0x10;
/// How long a hidden frame takes: it needs an RTP timestamp of its own.
const HIDDEN: Duration = Duration::from_millis(1);

/// One encoded video frame or one Opus packet.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The encoded bytes.
    pub data: Bytes,
    /// How long it is shown or heard.
    pub duration: Duration,
}

/// Encoded media that can be played in a loop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clip {
    /// Audio or video.
    pub kind: MediaKind,
    /// What it is, in a few words.
    pub description: String,
    /// At least one; the first one can be decoded without the others.
    pub frames: Arc<[Frame]>,
}

/// Whether this VP8 frame can be decoded without any other: its lowest bit is 0 (RFC 6386, section 9.1).
pub fn is_keyframe(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & 1 == 0)
}

/// Whether this VP8 frame is only decoded, for others to be built on, and never shown. An encoder that looks ahead, in two
/// passes for instance, makes such frames.
fn is_hidden(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & SHOW_FRAME == 0)
}

/// The same frame, to be shown. No encoder for calls makes hidden frames, and Chromium takes a frame without a picture for
/// one that was damaged: it shows nothing until the next keyframe. Decoding does not depend on the flag, and what is there
/// for a millisecond nobody sees.
fn unhidden(frame: Bytes) -> Bytes {
    if !is_hidden(&frame) {
        return frame;
    }
    let mut frame = Vec::from(frame);
    if let Some(first) = frame.first_mut() {
        *first |= SHOW_FRAME;
    }
    frame.into()
}

impl Clip {
    /// The first keyframe from here on, around the end of the loop. Every Opus packet is one.
    pub(super) fn keyframe_from(&self, index: usize) -> usize {
        let is_keyframe = |index: &usize| self.kind == MediaKind::Audio || is_keyframe(&self.frames[*index].data);
        (index..self.frames.len()).find(is_keyframe).unwrap_or(0)
    }
}

/// Why a media file cannot be played. The message names the file and says how to make a good one.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// It cannot be read at all.
    #[error("cannot read {path}: {source}: check the path")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// It can be read, but not played.
    #[error("cannot play {path}: {reason}; make a good one with: ffmpeg -i input {recipe}")]
    Unplayable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// The end of the ffmpeg command line.
        recipe: &'static str,
    },
}

/// The video to send: an IVF file with VP8, or the test pattern.
pub fn video(path: Option<&Path>) -> Result<Clip, MediaError> {
    load(path, PATTERN, parse_ivf, "-an -c:v libvpx -g 30 video.ivf")
}

/// The audio to send: an Ogg file with Opus, or the tone.
pub fn audio(path: Option<&Path>) -> Result<Clip, MediaError> {
    load(path, TONE, parse_ogg, "-vn -c:a libopus -ac 2 audio.ogg")
}

fn load(
    path: Option<&Path>,
    embedded: &[u8],
    parse: fn(&[u8]) -> Result<Clip, String>,
    recipe: &'static str,
) -> Result<Clip, MediaError> {
    let path = path.map(Path::to_owned);
    let parsed = match &path {
        Some(path) => {
            let unreadable = |source| MediaError::Unreadable { path: path.clone(), source };
            // Reading something else, a pipe say, may never end.
            if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
                return Err(unreadable(std::io::Error::other("it is not a file")));
            }
            parse(&std::fs::read(path).map_err(unreadable)?)
        }
        None => parse(embedded),
    };
    let path = path.unwrap_or_else(|| PathBuf::from("the embedded file"));
    parsed.map_err(|reason| MediaError::Unplayable { path, reason, recipe })
}

/// IVF: a header of 32 bytes, then for each frame its size (4 bytes), its time (8 bytes) and its data, little endian.
fn parse_ivf(bytes: &[u8]) -> Result<Clip, String> {
    const HEADER: usize = 32;
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !bytes.starts_with(b"DKIF") {
        return Err("it is not an IVF file (it does not begin with DKIF)".to_owned());
    }
    let header = bytes.get(..HEADER).ok_or("it ends in the middle of its header")?;
    if &header[8..12] != b"VP80" {
        return Err(format!("its codec is {}, not VP8", header[8..12].escape_ascii()));
    }
    let number = |at: usize| header[at..at + 4].iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte));
    let (rate, scale) = (number(16), number(20));
    if rate == 0 || scale == 0 {
        return Err("its frame rate is zero".to_owned());
    }
    let tick = Duration::from_secs(1) * scale / rate;

    let mut frames: Vec<(u64, Bytes)> = Vec::new();
    let mut rest = &bytes[HEADER..];
    while !rest.is_empty() {
        let truncated = || format!("it is truncated: frame {} is not complete", frames.len());
        let (size, after) = rest.split_first_chunk::<4>().ok_or_else(truncated)?;
        let (time, after) = after.split_first_chunk::<8>().ok_or_else(truncated)?;
        let size = u32::from_le_bytes(*size) as usize;
        let data = after.get(..size).ok_or_else(truncated)?;
        frames.push((u64::from_le_bytes(*time), Bytes::copy_from_slice(data)));
        rest = &after[size..];
    }
    match frames.first() {
        None => return Err("it has no frames".to_owned()),
        Some((_, first)) if !is_keyframe(first) => return Err("its first frame is not a keyframe".to_owned()),
        Some(_) => {}
    }
    let durations = durations(&frames, tick)?;
    let description = format!(
        "VP8 {}x{}, {} frames",
        u16::from_le_bytes([header[12], header[13]]),
        u16::from_le_bytes([header[14], header[15]]),
        frames.len()
    );
    let frames =
        frames.into_iter().zip(durations).map(|((_, data), duration)| Frame { data: unhidden(data), duration });
    Ok(Clip { kind: MediaKind::Video, description, frames: frames.collect() })
}

/// How long each frame is shown: until the time of the next one, the last one for as long as the one before it.
///
/// Between the two can be hidden frames. Some programs give them times of their own, as if they were shown (ffmpeg), and
/// others do not (vpxenc). So where a gap has room for them it is as much too long: the usual gap tells.
fn durations(frames: &[(u64, Bytes)], tick: Duration) -> Result<Vec<Duration>, String> {
    let shown: Vec<usize> = (0..frames.len()).filter(|index| !is_hidden(&frames[*index].1)).collect();
    let ticks = |pair: &[usize]| frames[pair[1]].0.checked_sub(frames[pair[0]].0);
    let neighbours = shown.windows(2).filter(|pair| pair[1] - pair[0] == 1);
    let usual = neighbours.filter_map(ticks).min().unwrap_or(1);
    let mut durations = vec![HIDDEN; frames.len()];
    let mut last = Duration::from_millis(40);
    for pair in shown.windows(2) {
        let hidden = (pair[1] - pair[0] - 1) as u64;
        let of_hidden = usual.saturating_mul(hidden);
        let counted_as_shown = |ticks: u64| hidden > 0 && ticks >= usual.saturating_add(of_hidden);
        let ticks = ticks(pair).map(|ticks| if counted_as_shown(ticks) { ticks - of_hidden } else { ticks });
        let duration = ticks.and_then(|ticks| tick.checked_mul(u32::try_from(ticks).ok()?));
        let duration = duration.and_then(|duration| duration.checked_sub(HIDDEN * u32::try_from(hidden).ok()?));
        let duration = duration.filter(|duration| SHOWN.contains(duration));
        last = duration.ok_or_else(|| format!("frame {} is shown for less than 1 ms or more than 10 s", pair[0]))?;
        durations[pair[0]] = last;
    }
    if let Some(shown) = shown.last() {
        durations[*shown] = last;
    }
    Ok(durations)
}

/// Ogg with Opus (RFC 7845): the first packet is `OpusHead`, the second `OpusTags`, each other one is sound. Other streams may
/// be between them, a picture for instance (RFC 3533), and are left out.
fn parse_ogg(bytes: &[u8]) -> Result<Clip, String> {
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !bytes.starts_with(b"OggS") {
        return Err("it is not an Ogg file (it does not begin with OggS)".to_owned());
    }
    let mut reader = ogg::PacketReader::new(std::io::Cursor::new(bytes));
    let mut next = || reader.read_packet().map_err(|error| format!("it is truncated or damaged ({error})"));
    // All streams begin before anything else comes.
    let mut opus = None;
    while opus.is_none()
        && let Some(packet) = next()?
        && packet.first_in_stream()
    {
        opus = packet.data.starts_with(b"OpusHead").then(|| packet.stream_serial());
    }
    let opus = opus.ok_or("it has no Opus in it")?;
    let mut next = || {
        loop {
            match next()? {
                Some(packet) if packet.stream_serial() != opus => {}
                packet_or_end => return Ok::<_, String>(packet_or_end),
            }
        }
    };
    next()?.ok_or("it ends after its header")?;

    let mut frames = Vec::new();
    let mut complete = false;
    while let Some(packet) = next()? {
        complete = packet.last_in_stream();
        let duration = opus_duration(&packet.data).ok_or("it has an Opus packet without a valid length")?;
        frames.push(Frame { data: packet.data.into(), duration });
    }
    if frames.is_empty() {
        return Err("it has no sound".to_owned());
    }
    if !complete {
        return Err("it is truncated: the last page of the stream is missing".to_owned());
    }
    let description = format!("Opus, {} packets", frames.len());
    Ok(Clip { kind: MediaKind::Audio, description, frames: frames.into() })
}

/// How long an Opus packet sounds: its first byte tells (RFC 6716, section 3.1).
pub fn opus_duration(packet: &[u8]) -> Option<Duration> {
    let toc = *packet.first()?;
    let frame_micros = match toc >> 3 {
        config @ 0..=11 => [10_000, 20_000, 40_000, 60_000][usize::from(config & 3)],
        config @ 12..=15 => [10_000, 20_000][usize::from(config & 1)],
        config => [2_500, 5_000, 10_000, 20_000][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(*packet.get(1)? & 0x3f),
    };
    // Section 3.2.5: at least one frame, at most 120 ms.
    Some(frame_micros * frames).filter(|micros| (1..=120_000).contains(micros)).map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(parse: fn(&[u8]) -> Result<Clip, String>, bytes: &[u8]) -> String {
        parse(bytes).expect_err("the file must be refused")
    }

    #[test]
    fn the_embedded_files_are_four_seconds_long_with_a_keyframe_each_second() {
        let (video, audio) = (video(None).unwrap(), audio(None).unwrap());
        let length = |clip: &Clip| clip.frames.iter().map(|frame| frame.duration).sum::<Duration>();
        assert!((length(&video).as_millis() as i64 - 4000).abs() < 10, "{:?}", length(&video));
        assert!((length(&audio).as_millis() as i64 - 4000).abs() < 40, "{:?}", length(&audio));
        let keyframes = video.frames.iter().enumerate().filter(|(_, frame)| is_keyframe(&frame.data));
        assert_eq!(keyframes.map(|(index, _)| index).collect::<Vec<_>>(), [0, 15, 30, 45]);
        assert_eq!([0, 1, 15, 16, 46].map(|index| video.keyframe_from(index)), [0, 15, 15, 30, 0]);
    }

    #[test]
    fn an_empty_or_foreign_file_is_refused_by_name() {
        assert_eq!(reason(parse_ivf, b""), "it is empty");
        assert_eq!(reason(parse_ogg, b""), "it is empty");
        assert!(reason(parse_ivf, TONE).contains("not an IVF file"));
        assert!(reason(parse_ogg, PATTERN).contains("not an Ogg file"));
        let vp9 = [&PATTERN[..8], b"VP90", &PATTERN[12..]].concat();
        assert_eq!(reason(parse_ivf, &vp9), "its codec is VP90, not VP8");
        let clears_the_screen = [&PATTERN[..8], b"\x1b[2J", &PATTERN[12..]].concat();
        assert_eq!(reason(parse_ivf, &clears_the_screen), r"its codec is \x1b[2J, not VP8");
    }

    #[test]
    fn a_file_that_was_cut_anywhere_is_refused_and_nothing_panics() {
        // Cutting exactly between two frames leaves a shorter, whole file: IVF cannot tell.
        let whole: Vec<usize> = {
            let mut ends = vec![];
            let mut at = 32;
            while at < PATTERN.len() {
                at += 12 + u32::from_le_bytes(PATTERN[at..at + 4].try_into().unwrap()) as usize;
                ends.push(at);
            }
            ends
        };
        for cut in (0..PATTERN.len()).step_by(7).filter(|cut| !whole.contains(cut)) {
            assert!(parse_ivf(&PATTERN[..cut]).is_err(), "cut at {cut}");
        }
        for cut in (0..TONE.len()).step_by(7) {
            assert!(parse_ogg(&TONE[..cut]).is_err(), "cut at {cut}");
        }
    }

    /// An IVF file at 30 ticks a second: for each frame its time, and whether it is shown.
    fn ivf(frames: &[(u64, bool)]) -> Vec<u8> {
        let mut file =
            [PATTERN[..16].to_vec(), 30_u32.to_le_bytes().into(), 1_u32.to_le_bytes().into(), vec![0; 8]].concat();
        for (index, (time, shown)) in frames.iter().enumerate() {
            let first = u8::from(index > 0) | u8::from(*shown) << 4;
            file.extend([&1_u32.to_le_bytes()[..], &time.to_le_bytes(), &[first]].concat());
        }
        file
    }

    #[test]
    fn a_hidden_frame_takes_no_time_whoever_has_written_the_file() {
        for times in [[0, 1, 2, 3, 4, 5], [0, 1, 1, 2, 3, 4], [0, 1, 2, 2, 3, 4]] {
            let shown = [true, true, false, true, true, true];
            let file = ivf(&std::iter::zip(times, shown).collect::<Vec<_>>());
            let clip = parse_ivf(&file).unwrap();
            let millis: Vec<_> = clip.frames.iter().map(|frame| frame.duration.as_millis()).collect();
            assert_eq!(millis, [33, 32, 1, 33, 33, 33], "{times:?}");
        }
        // Times that no clock has are an error, and no panic.
        for times in [[0, 1 << 63, 1 << 63, u64::MAX], [u64::MAX, 0, 1, 2], [0, u64::MAX, 1, u64::MAX]] {
            let file = ivf(&std::iter::zip(times, [true, true, false, true]).collect::<Vec<_>>());
            assert!(reason(parse_ivf, &file).contains("is shown for less than 1 ms or more than 10 s"));
            let file = ivf(&std::iter::zip(times, [true, false, false, true]).collect::<Vec<_>>());
            assert!(reason(parse_ivf, &file).contains("is shown for less than 1 ms or more than 10 s"));
        }
        // A picture that stood still for a while is not shortened to nothing.
        let clip = parse_ivf(&ivf(&[(0, true), (1, true), (20, true), (21, true)])).unwrap();
        assert_eq!(clip.frames[1].duration.as_millis(), 633);
    }

    #[test]
    fn the_first_byte_of_an_opus_packet_tells_its_length() {
        let millis = |packet: &[u8]| opus_duration(packet).map(|duration| duration.as_secs_f64() * 1000.0);
        assert_eq!(millis(&[0b1111_1000]), Some(20.0)); // CELT, 20 ms, one frame
        assert_eq!(millis(&[0b0000_0001]), Some(20.0)); // SILK, 10 ms, two frames
        assert_eq!(millis(&[0b1000_0000]), Some(2.5));
        assert_eq!(millis(&[0b1111_1011, 3]), Some(60.0)); // as many frames as the next byte says
        assert_eq!(millis(&[0b1111_1011, 0]), None);
        assert_eq!(millis(&[0b1111_1011]), None);
        assert_eq!(millis(&[]), None);
    }
}
