//! A person with a browser and a headless peer.
//!
//! Expected: either can be there first; the browser shows what the headless peer plays, and the headless peer counts what
//! the browser sends.

use std::path::Path;
use std::time::{Duration, Instant};

use study_zoom::native::{Counted, NativeOptions, media};
use testing::program::Program;
use tokio::process::Command;

use crate::Stage;
use crate::common::has_arrived;
use crate::native::NativePeer;
use crate::page::Browser;
use crate::page::{STEPS_OF_A, STEPS_OF_B};

/// Media and chat, both ways.
async fn are_in_a_call(person: &Browser, peer: &mut NativePeer) {
    tokio::join!(person.until_connected(), peer.until_step_13());
    tokio::join!(person.watches_and_hears(), peer.receives(30, 100));
    person.says("hello peer").await;
    peer.until_chat("hello peer").await;
    peer.controls.chat("안녕 <b>person</b>");
    person.reads("안녕 <b>person</b>").await;
    assert_eq!(person.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_browser_joins_a_headless_peer() {
    let stage = Stage::with_page().await;
    let mut alice = NativePeer::join("alice", &stage.server).await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    are_in_a_call(&bob, &mut alice).await;
    bob.until_steps_are(STEPS_OF_B).await;
    bob.click("hang-up").await;
    alice.until_left_alone().await;
    alice.hang_up().await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_headless_peer_joins_a_browser() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    let mut bob = NativePeer::join("bob", &stage.server).await;
    are_in_a_call(&alice, &mut bob).await;
    alice.until_steps_are(STEPS_OF_A).await;
    bob.hang_up().await;
    alice.until_disconnected().await;
}

/// Example 5 of chapter 3: the call, written on the bare crate in 150 lines.
pub(crate) fn example_5(stage: &Stage) -> Program {
    Program::example(env!("CARGO_BIN_EXE_study-zoom"), "05_over_socketio", &["--url", &stage.server.url()])
}

/// Example 5 is connected, has received sound and picture, and goes.
pub(crate) async fn has_received(mut example: Program) {
    example.until("Step 13").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let printed = example.stop().await.well();
    has_arrived(printed.lines().last().expect("it says what has arrived"));
}

/// Media, both ways, until example 5 goes.
async fn are_in_a_call_with_example_5(person: &Browser, example: Program) {
    person.until_connected().await;
    person.watches_and_hears().await;
    has_received(example).await;
    assert_eq!(person.text("error").await, "");
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn a_browser_joins_example_5() {
    let stage = Stage::with_page().await;
    let mut example = example_5(&stage);
    example.until("as A").await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    are_in_a_call_with_example_5(&bob, example).await;
}

#[tokio::test]
#[ignore = "needs Chromium and its driver: apt-get install chromium chromium-driver"]
async fn example_5_joins_a_browser() {
    let stage = Stage::with_page().await;
    let alice = Browser::visit("alice", &stage.server).await;
    alice.join_as("A").await;
    are_in_a_call_with_example_5(&alice, example_5(&stage)).await;
    alice.until_disconnected().await;
}

#[tokio::test]
#[ignore = "needs Chromium and ffmpeg: apt-get install chromium chromium-driver ffmpeg"]
async fn a_browser_that_is_muted_goes_on_sending_but_silence_and_darkness() {
    let folder = tempfile::tempdir().expect("a folder");
    let stage = Stage::with_page().await;
    let options = NativeOptions { record: Some(folder.path().to_owned()), ..NativeOptions::default() };
    let mut alice = NativePeer::join_with("alice", &stage.server, options).await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    are_in_a_call(&bob, &mut alice).await;
    let light = |counted: Counted| counted.video_bytes / counted.video_frames;
    let before = light(alice.receives(40, 100).await);

    bob.toggle("mute", true).await;
    bob.toggle("camera", true).await;
    // What was on its way when the buttons were pressed.
    alice.receives(20, 50).await;
    let dark = light(alice.receives(20, 150).await);
    assert!(dark < before / 2, "bytes per frame: {dark} dark, {before} before");

    bob.toggle("mute", false).await;
    bob.toggle("camera", false).await;
    alice.receives(20, 50).await;
    let after = light(alice.receives(40, 150).await);
    assert!(after > 2 * dark, "bytes per frame: {after} after, {dark} dark");
    alice.hang_up().await;

    // The size of a packet says nothing of sound: Opus has modes in which silence takes as many bytes as a tone.
    let recording = folder.path().join("remote.ogg");
    let heard = silence(&recording).await;
    let &[(start, end)] = &heard[..] else { panic!("the beeps stop once for more than 2 s: {heard:?}") };
    let clip = media::audio(Some(&recording)).expect("the recording is whole");
    let length: Duration = clip.frames.iter().map(|frame| frame.duration).sum();
    assert!(start > 1.0 && end < length.as_secs_f64() - 1.0, "beeps before and after: {heard:?} of {length:?}");
}

/// Decodes a recording and looks for silence of more than two seconds: the beeps of Chromium's microphone follow each
/// other faster. From when to when it is silent, in seconds.
async fn silence(recording: &Path) -> Vec<(f64, f64)> {
    let arguments = ["-af", "silencedetect=noise=-60dB:duration=2", "-f", "null", "-"];
    let mut ffmpeg = Command::new("ffmpeg");
    let output = ffmpeg.arg("-nostdin").arg("-i").arg(recording).args(arguments).output().await;
    let output = output.expect("ffmpeg is installed: apt-get install ffmpeg");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let numbers = |name: &str| -> Vec<f64> {
        let values = said.split(name).skip(1).map(|rest| rest.split_whitespace().next().unwrap_or_default());
        values.map(|value| value.parse().unwrap_or_else(|_| panic!("a number after {name}: {said}"))).collect()
    };
    let (starts, ends) = (numbers("silence_start: "), numbers("silence_end: "));
    assert_eq!(starts.len(), ends.len(), "{said}");
    starts.into_iter().zip(ends).collect()
}

/// An encoder that looks ahead makes frames that are never shown, for others to be built on.
#[tokio::test]
#[ignore = "needs Chromium and ffmpeg: apt-get install chromium chromium-driver ffmpeg"]
async fn a_video_with_hidden_frames_plays_at_its_full_rate() {
    const RATE: f64 = 30.0;
    let folder = tempfile::tempdir().expect("a folder");
    for pass in ["-pass 1 -f null /dev/null", "-pass 2 hidden.ivf"] {
        let arguments = format!(
            "-v error -y -f lavfi -i testsrc2=size=320x240:rate={RATE} -t 8 -c:v libvpx -b:v 300k -g 60 \
             -auto-alt-ref 1 -lag-in-frames 25 {pass}"
        );
        let mut ffmpeg = Command::new("ffmpeg");
        let ended = ffmpeg.args(arguments.split_whitespace()).current_dir(folder.path()).status().await;
        assert!(ended.expect("ffmpeg is installed: apt-get install ffmpeg").success());
    }
    let video = folder.path().join("hidden.ivf");
    let clip = media::video(Some(&video)).expect("a whole file");
    let hidden = clip.frames.iter().filter(|frame| frame.duration == Duration::from_millis(1)).count();
    assert!(hidden >= 4, "{hidden} of {} frames are hidden", clip.frames.len());
    let length: Duration = clip.frames.iter().map(|frame| frame.duration).sum();
    assert!((length.as_secs_f64() - 8.0).abs() < 0.1, "{length:?}");

    let stage = Stage::with_page().await;
    let options = NativeOptions { video: Some(video), ..NativeOptions::default() };
    let mut alice = NativePeer::join_with("alice", &stage.server, options).await;
    let bob = Browser::visit("bob", &stage.server).await;
    bob.join_as("B").await;
    are_in_a_call(&bob, &mut alice).await;
    let (frames, begun) = (bob.frames("remote").await, Instant::now());
    tokio::time::sleep(Duration::from_secs(6)).await;
    let rate = (bob.frames("remote").await - frames) as f64 / begun.elapsed().as_secs_f64();
    assert!((0.8 * RATE..1.1 * RATE).contains(&rate), "{rate} frames a second");
    alice.hang_up().await;
}
