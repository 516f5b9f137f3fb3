//! **What it shows:** what a side can change about what it sends while the call goes on: nothing (mute), another
//! picture in place of the first (replaceTrack), and one track more (addTrack and a new negotiation). And what the
//! other side sees.
//!
//! ```text
//! cargo run -p study-zoom --example 07_replace_track
//! ```
//! **New against example 3:** [`RTCRtpSender`](https://www.w3.org/TR/webrtc/#rtcrtpsender-interface): `addTrack`
//! returns one for each track. It holds the place of the track in the call: the section in the description and the SSRC
//! in the packets. What stands in that place may change without a negotiation, as long as it is of the same kind.
//!
//! **Try next:** show each slide for two seconds. Add a second picture beside the first before the call begins, and
//! count the sections of its offer.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use study_zoom::native::media::{self, Clip, is_keyframe};
use support::cli::{Failure, ended};
use tokio::task::AbortHandle;

/// What examples 1 and 2 have shown.
mod peer;

use peer::{LocalTrack, Peer, PeerEvent, negotiate};

/// How long each part lasts.
const PART: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    ended(Box::pin(call()).await)
}

async fn call() -> Result<(), Failure> {
    let camera = media::video(None)?;
    let slides = slides(&camera);
    let (mut a, mut b) = (Peer::new("127.0.0.1").await?, Peer::new("127.0.0.1").await?);
    a.add_tracks(std::slice::from_ref(&camera)).await?;
    negotiate(&mut a, &mut b).await?;
    a.until_connected().await?;
    let first = a.tracks[0].clone();
    let parameters = first.sender.get_parameters().await?.rtp_parameters;
    let codec = &parameters.codecs.first().ok_or("the two agreed on no codec")?;
    println!("A has a sender. Its codec is {}, its SSRC does not change.", codec.rtp_codec.mime_type);

    let camera_runs = play(&first, &camera);
    b.until("the track", |event| matches!(event, PeerEvent::Track(_)).then_some(())).await?;
    let with_camera = frames_of(&b).await;
    println!("The camera: the track event, and B receives {with_camera} frames in {PART:?}.");

    // In a browser: track.enabled = false. It sends black pictures, one a second, and silence. Here nothing is sent.
    camera_runs.abort();
    tokio::time::sleep(PART / 4).await; // what is on its way arrives
    let muted = frames_of(&b).await;
    println!("Muted: B receives {muted} frames, and nothing else tells it. A says so itself, in a message.");

    // In a browser: sender.replaceTrack(screen). The crate (0.21) lets one track stay in its place, so what is written
    // to it is replaced. On the wire it is the same: the same section and the same SSRC. It must begin with a keyframe.
    let slides_run = play(&first, &slides);
    let with_slides = frames_of(&b).await;
    println!("Slides in its place: B receives {with_slides} frames. No track event, no negotiation.");

    // One track more is a section more, and so it takes steps 3 to 10 again. Candidates and connection stay as they
    // are.
    let second = Arc::new(LocalTrack::add(&*a.connection, &camera).await?);
    let sections = negotiate(&mut a, &mut b).await?;
    let camera_again = play(&second, &camera);
    b.until("the second track", |event| matches!(event, PeerEvent::Track(_)).then_some(())).await?;
    let with_both = frames_of(&b).await;
    println!("The camera beside them: an offer with {sections} sections, the track event again, {with_both} frames.");

    // removeTrack: the section stays, and says that it sends nothing any more. B learns it from the description.
    camera_again.abort();
    a.connection.remove_track(&second.sender).await?;
    let sections = negotiate(&mut a, &mut b).await?;
    let without = frames_of(&b).await;
    println!("The camera removed: still {sections} sections, {without} frames.");
    slides_run.abort();

    let few = with_camera / 2;
    if muted > 1 || with_slides == 0 || with_slides > few || with_both < few || without == 0 || without > few {
        return Err("B should receive many frames of the camera, few of the slides, and none while muted".into());
    }
    a.connection.close().await?;
    Ok(b.connection.close().await?)
}

/// Only the keyframes of a clip, each for half a second: each is a whole picture.
fn slides(clip: &Clip) -> Clip {
    let keyframes = clip.frames.iter().filter(|frame| is_keyframe(&frame.data)).cloned();
    let half = Duration::from_millis(500);
    Clip { frames: keyframes.map(|frame| media::Frame { duration: half, ..frame }).collect(), ..clip.clone() }
}

fn play(track: &Arc<LocalTrack>, clip: &Clip) -> AbortHandle {
    let (track, clip) = (track.clone(), clip.clone());
    tokio::spawn(async move { track.play(&clip).await }).abort_handle()
}

/// How many frames of pictures arrive during one part.
async fn frames_of(peer: &Peer) -> u32 {
    let before = peer.counted().1;
    tokio::time::sleep(PART).await;
    peer.counted().1 - before
}
