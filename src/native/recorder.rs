//! Recordings that a player understands.
//!
//! Frames are written as they are: nothing is decoded. Gaps (a muted microphone, lost packets) keep their length,
//! because the times of the frames are those of the sender.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ogg::{PacketWriteEndInfo, PacketWriter};
use tracing::warn;

use super::counters::Counters;

/// Where the recordings of an engine go. Each track has its own: `remote.ivf`, then `remote-2.ivf`, and so on.
#[derive(Debug, Default)]
pub(super) struct Recordings {
    folder: Option<PathBuf>,
    videos: AtomicU32,
    audios: AtomicU32,
}

impl Recordings {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, ..Self::default() }
    }

    /// Makes the folder, if it is not there.
    pub(super) fn prepare(&self) -> io::Result<()> {
        self.folder.as_ref().map_or(Ok(()), std::fs::create_dir_all)
    }
}

/// A kind of file that frames can be recorded in.
pub(super) trait Recorder: Sized {
    /// The ending of its name.
    const EXTENSION: &str;

    /// Which of the counters counts these.
    fn number(recordings: &Recordings) -> &AtomicU32;

    fn create(path: &Path) -> io::Result<Self>;

    /// Adds a frame; `time` is its RTP timestamp.
    fn write(&mut self, frame: &[u8], time: u32, duration: Duration) -> io::Result<()>;

    fn finish(self) -> io::Result<()>;
}

/// The recording of one track, if there is to be one. It ends at its first error, a full disk say, and nothing else
/// ends with it.
pub(super) struct Recording<R> {
    recorder: Option<R>,
    path: PathBuf,
    counters: Arc<Counters>,
}

impl<R: Recorder> Recording<R> {
    pub(super) fn start(recordings: &Recordings, counters: Arc<Counters>) -> Self {
        let mut recording = Self { recorder: None, path: PathBuf::new(), counters };
        if let Some(folder) = &recordings.folder {
            let name = match R::number(recordings).fetch_add(1, Ordering::Relaxed) {
                0 => format!("remote.{}", R::EXTENSION),
                before => format!("remote-{}.{}", before + 1, R::EXTENSION),
            };
            recording.path = folder.join(name);
            let created = R::create(&recording.path);
            recording.recorder = recording.checked(created);
        }
        recording
    }

    pub(super) fn write(&mut self, frame: &[u8], time: u32, duration: Duration) {
        if let Some(recorder) = &mut self.recorder {
            let written = recorder.write(frame, time, duration);
            if self.checked(written).is_none() {
                self.recorder = None;
            }
        }
    }

    pub(super) fn finish(mut self) {
        if let Some(recorder) = self.recorder.take() {
            self.checked(recorder.finish());
        }
    }

    fn checked<T>(&self, result: io::Result<T>) -> Option<T> {
        if let Err(error) = &result {
            let problem =
                format!("cannot record to {}: {error}: free some space, or choose another folder", self.path.display());
            warn!("{problem}");
            self.counters.note_recording_problem(problem);
        }
        result.ok()
    }
}

/// The time since the first frame. RTP timestamps begin anywhere and wrap around after 2^32 (RFC 3550, section 5.1).
#[derive(Default)]
struct RtpClock {
    last: Option<u32>,
    elapsed: u64,
}

impl RtpClock {
    fn since_first(&mut self, time: u32) -> u64 {
        self.elapsed += u64::from(time.wrapping_sub(self.last.unwrap_or(time)));
        self.last = Some(time);
        self.elapsed
    }
}

/// VP8 in an IVF file.
pub(super) struct VideoRecorder {
    file: BufWriter<File>,
    started: bool,
    clock: RtpClock,
}

impl Recorder for VideoRecorder {
    const EXTENSION: &str = "ivf";

    fn number(recordings: &Recordings) -> &AtomicU32 {
        &recordings.videos
    }

    fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), started: false, clock: RtpClock::default() })
    }

    /// The time counts in 90 kHz. The first frame must be a keyframe.
    fn write(&mut self, frame: &[u8], time: u32, _: Duration) -> io::Result<()> {
        if !self.started {
            self.started = true;
            self.write_header(frame)?;
        }
        let since_first = self.clock.since_first(time);
        let size = u32::try_from(frame.len()).map_err(io::Error::other)?;
        self.file.write_all(&size.to_le_bytes())?;
        self.file.write_all(&since_first.to_le_bytes())?;
        self.file.write_all(frame)
    }

    fn finish(mut self) -> io::Result<()> {
        if self.started {
            // Players read the length in units of the times; the last frame is taken to last no time.
            let length = u32::try_from(self.clock.elapsed).unwrap_or(u32::MAX);
            self.file.seek(SeekFrom::Start(24))?;
            self.file.write_all(&length.to_le_bytes())?;
        }
        self.file.flush()
    }
}

impl VideoRecorder {
    /// The width and height stand in the keyframe (RFC 6386, section 9.1): 14 bits each, after the start code.
    fn write_header(&mut self, keyframe: &[u8]) -> io::Result<()> {
        let size = |at: usize| keyframe.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]) & 0x3fff);
        self.file.write_all(b"DKIF")?;
        self.file.write_all(&0u16.to_le_bytes())?; // version
        self.file.write_all(&32u16.to_le_bytes())?; // header size
        self.file.write_all(b"VP80")?;
        self.file.write_all(&size(6).to_le_bytes())?;
        self.file.write_all(&size(8).to_le_bytes())?;
        self.file.write_all(&90_000u32.to_le_bytes())?; // times are in 1/90000 s, like RTP's
        self.file.write_all(&1u32.to_le_bytes())?;
        self.file.write_all(&0u32.to_le_bytes())?; // length, filled in by `finish`
        self.file.write_all(&0u32.to_le_bytes())
    }
}

/// Opus in an Ogg file (RFC 7845).
pub(super) struct AudioRecorder {
    file: PacketWriter<'static, BufWriter<File>>,
    serial: u32,
    clock: RtpClock,
    /// The last packet, held back because the end of the stream is marked on it, and the time at which its sound ends.
    held_back: Option<(Vec<u8>, u64)>,
}

impl Recorder for AudioRecorder {
    const EXTENSION: &str = "ogg";

    fn number(recordings: &Recordings) -> &AtomicU32 {
        &recordings.audios
    }

    fn create(path: &Path) -> io::Result<Self> {
        let mut file = PacketWriter::new(BufWriter::new(File::create(path)?));
        let serial = rand::random();
        // Version 1, two channels, nothing to skip, recorded at 48 kHz, no gain, mapping family 0 (section 5.1).
        let mut head = b"OpusHead\x01\x02\x00\x00".to_vec();
        head.extend(48_000u32.to_le_bytes());
        head.extend([0, 0, 0]);
        file.write_packet(head, serial, PacketWriteEndInfo::EndPage, 0)?;
        // The name of the writer and no comments (section 5.2).
        let mut tags = b"OpusTags".to_vec();
        tags.extend(10u32.to_le_bytes());
        tags.extend(b"study-zoom");
        tags.extend(0u32.to_le_bytes());
        file.write_packet(tags, serial, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self { file, serial, clock: RtpClock::default(), held_back: None })
    }

    /// The time counts samples of 48 kHz, as Ogg does for Opus (section 4).
    fn write(&mut self, packet: &[u8], time: u32, duration: Duration) -> io::Result<()> {
        let samples = u64::try_from(duration.as_micros()).map_err(io::Error::other)? * 48 / 1000;
        let end = self.clock.since_first(time) + samples;
        match self.held_back.replace((packet.to_vec(), end)) {
            Some((before, end)) => self.file.write_packet(before, self.serial, PacketWriteEndInfo::NormalPacket, end),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> io::Result<()> {
        if let Some((last, end)) = self.held_back.take() {
            self.file.write_packet(last, self.serial, PacketWriteEndInfo::EndStream, end)?;
        }
        self.file.inner_mut().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_keeps_its_pace_when_the_timestamp_wraps_around() {
        let mut clock = RtpClock::default();
        let times = [u32::MAX - 960, u32::MAX, 959];
        assert_eq!(times.map(|time| clock.since_first(time)), [0, 960, 1920]);
    }

    #[test]
    fn a_recording_can_be_played_again_as_a_clip() {
        let dir = tempfile::tempdir().unwrap();
        let (video, audio) = (super::super::media::video(None).unwrap(), super::super::media::audio(None).unwrap());
        let (ivf, ogg) = (dir.path().join("remote.ivf"), dir.path().join("remote.ogg"));
        let mut recorder = VideoRecorder::create(&ivf).unwrap();
        for (index, frame) in video.frames.iter().enumerate() {
            recorder.write(&frame.data, 4_000_000_000u32.wrapping_add(index as u32 * 6000), frame.duration).unwrap();
        }
        recorder.finish().unwrap();
        let mut recorder = AudioRecorder::create(&ogg).unwrap();
        for (index, frame) in audio.frames.iter().enumerate() {
            recorder.write(&frame.data, index as u32 * 960, frame.duration).unwrap();
        }
        recorder.finish().unwrap();

        let again = super::super::media::video(Some(&ivf)).unwrap();
        assert!(again.frames.iter().map(|frame| &frame.data).eq(video.frames.iter().map(|frame| &frame.data)));
        assert_eq!(again.description, video.description);
        let again = super::super::media::audio(Some(&ogg)).unwrap();
        assert!(again.frames.iter().map(|frame| &frame.data).eq(audio.frames.iter().map(|frame| &frame.data)));
    }
}
