//! **What it shows:** step 0, getUserMedia: what a local stream is made of. A stream is a group of tracks. A track is
//! picture or sound; it yields frames; and a frame travels as one or more RTP packets.
//!
//! ```text
//! cargo run -p study-zoom --example 01_local_stream
//! ```
//! In a browser [`getUserMedia`](https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia) opens a
//! camera and a microphone, and the browser encodes what they yield. This program has neither. It reads frames that are
//! encoded already: VP8 from an IVF file, Opus from an Ogg file. All the rest of a call is the same.
//!
//! **Try next:** `-- --video video.ivf` with a picture of your own (`ffmpeg -i input -an -c:v libvpx -g 30 video.ivf`),
//! a large one. Count the packets of a keyframe, and those of the frame after it.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use rtc::rtp::codec::{opus::OpusPayloader, vp8::Vp8Payloader};
use rtc::rtp::packetizer::{Packetizer, Payloader, new_packetizer};
use rtc::rtp::sequence::new_fixed_sequencer;
use study_zoom::call::MediaKind;
use study_zoom::native::media::{self, Clip, is_keyframe};
use support::cli::{Failure, ended};

/// Looks at a local stream.
#[derive(Parser)]
struct Arguments {
    /// An IVF file with VP8, in place of the test pattern
    #[arg(long)]
    video: Option<PathBuf>,
    /// An Ogg file with Opus, in place of the tone
    #[arg(long)]
    audio: Option<PathBuf>,
}

/// The largest packet, in bytes. With all that goes around it, no network has to split it.
const MTU: usize = 1200;

fn main() -> ExitCode {
    ended(look(&Arguments::parse()))
}

fn look(arguments: &Arguments) -> Result<(), Failure> {
    // Step 0 (A, B): getUserMedia. A local stream has tracks; here one of each kind.
    let stream = [media::audio(arguments.audio.as_deref())?, media::video(arguments.video.as_deref())?];
    for track in &stream {
        println!("Step 0: the {} track: {}", track.kind, track.description);
        for frame in track.frames.iter().take(3) {
            // A keyframe is a whole picture. Each other frame says only what has changed since the one before it, so a
            // picture begins at a keyframe, and after a loss it begins again at the next one.
            let kind = match track.kind {
                MediaKind::Video if is_keyframe(&frame.data) => "a keyframe",
                MediaKind::Video => "changes",
                MediaKind::Audio => "sound",
            };
            println!("  a frame: {kind}, {} bytes, for {} ms", frame.data.len(), frame.duration.as_millis());
        }
        show_packets(track)?;
    }
    Ok(())
}

/// The first frames, as they travel: RTP (RFC 3550).
fn show_packets(track: &Clip) -> Result<(), Failure> {
    // The clock rate is the unit of the timestamps: 90,000 ticks a second for every picture, 48,000 for Opus.
    let (payloader, payload_type, clock_rate): (Box<dyn Payloader>, u8, u32) = match track.kind {
        MediaKind::Audio => (Box::new(OpusPayloader), 111, 48_000),
        MediaKind::Video => (Box::<Vp8Payloader>::default(), 96, 90_000),
    };
    // The SSRC is the name of the track in its packets. The sequence number counts packets, so a gap shows a loss.
    let (ssrc, sequence) = (rand::random(), Box::new(new_fixed_sequencer(1)));
    let mut packetizer = new_packetizer(Instant::now(), MTU, payload_type, ssrc, payloader, sequence, clock_rate);
    let mut start = None;
    for frame in track.frames.iter().take(2) {
        let ticks = (frame.duration.as_secs_f64() * f64::from(clock_rate)).round() as u32;
        for packet in packetizer.packetize(Instant::now(), &frame.data, ticks)? {
            // The first timestamp is drawn at random. What counts is how far the next ones are from it.
            let header = &packet.header;
            let time = header.timestamp.wrapping_sub(*start.get_or_insert(header.timestamp));
            // The marker ends a frame: the receiver need not wait for the next packet to know that this one is
            // complete.
            let marker = if header.marker { ", marker: the frame ends" } else { "" };
            println!(
                "  a packet: number {}, type {}, time {time}, {} bytes{marker}",
                header.sequence_number,
                header.payload_type,
                packet.payload.len()
            );
        }
    }
    Ok(())
}
