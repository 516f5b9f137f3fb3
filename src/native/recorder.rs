//! Recordings that a player understands.
//!
//! Frames are written as they are: nothing is decoded. Gaps (a muted microphone, lost packets) keep their length,
//! because the times of the frames are those of the sender.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use ogg::{PacketWriteEndInfo, PacketWriter};

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

impl VideoRecorder {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), started: false, clock: RtpClock::default() })
    }

    /// Adds a frame; `time` is its RTP timestamp (90 kHz). The first one must be a keyframe.
    pub(super) fn write(&mut self, frame: &[u8], time: u32) -> io::Result<()> {
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

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.started {
            // Players read the length in units of the times; the last frame is taken to last no time.
            let length = u32::try_from(self.clock.elapsed).unwrap_or(u32::MAX);
            self.file.seek(SeekFrom::Start(24))?;
            self.file.write_all(&length.to_le_bytes())?;
        }
        self.file.flush()
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

impl AudioRecorder {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
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

    /// Adds a packet; `time` is its RTP timestamp. It counts samples of 48 kHz, as Ogg does for Opus (section 4).
    pub(super) fn write(&mut self, packet: &[u8], time: u32, duration: Duration) -> io::Result<()> {
        let samples = u64::try_from(duration.as_micros()).map_err(io::Error::other)? * 48 / 1000;
        let end = self.clock.since_first(time) + samples;
        match self.held_back.replace((packet.to_vec(), end)) {
            Some((before, end)) => self.file.write_packet(before, self.serial, PacketWriteEndInfo::NormalPacket, end),
            None => Ok(()),
        }
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
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
            recorder.write(&frame.data, 4_000_000_000u32.wrapping_add(index as u32 * 6000)).unwrap();
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
