//! A camera and a microphone that are always there: a drawn picture and a tone.

use std::f64::consts::TAU;

use gloo_timers::callback::Interval;
use js_sys::Math;
use wasm_bindgen::JsCast;
use web_sys::{
    AudioContext, CanvasRenderingContext2d, GainNode, HtmlCanvasElement, MediaStream, MediaStreamAudioDestinationNode,
    MediaStreamTrack,
};

use super::error::engine_error;
use super::media::tracks;
use crate::call::EngineError;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 480;
/// Time between two pictures, in milliseconds.
const FRAME: u32 = 66;
/// Pictures in a second, about.
const RATE: u32 = 15;
/// How loud the beep is, from 0 to 1: to be heard, not to be suffered.
const VOLUME: f32 = 0.1;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Colour bars and a hand that goes round once a second.
    Moving,
    /// Nothing but grey: it stands in for a camera that is not there, so that the call has a picture to exchange for a
    /// screen later.
    Still,
}

/// Draws and beeps until it is dropped.
pub(crate) struct Pattern {
    picture: MediaStream,
    sound: Option<Tone>,
    _drawing: Interval,
}

/// A beep once a second.
struct Tone {
    context: AudioContext,
    volume: GainNode,
    output: MediaStreamAudioDestinationNode,
}

impl Pattern {
    pub(crate) fn new(picture: Picture) -> Result<Self, EngineError> {
        let missing = || EngineError::new("NotSupportedError", "this browser has no canvas: use another source");
        let document = web_sys::window().and_then(|window| window.document()).ok_or_else(missing)?;
        let canvas = document.create_element("canvas").map_err(engine_error)?;
        let canvas: HtmlCanvasElement = canvas.dyn_into().map_err(|_| missing())?;
        canvas.set_width(WIDTH);
        canvas.set_height(HEIGHT);
        let context = canvas.get_context("2d").map_err(engine_error)?.ok_or_else(missing)?;
        let context: CanvasRenderingContext2d = context.unchecked_into();
        draw(&context, picture, 0);
        let stream = canvas.capture_stream_with_frame_request_rate(f64::from(RATE)).map_err(engine_error)?;
        let sound = if picture == Picture::Moving { Some(Tone::new()?) } else { None };
        let volume = sound.as_ref().map(|tone| tone.volume.clone());
        let mut frame = 0;
        // A canvas gives a picture when it is drawn, also when it is the same one. A tab in the background is drawn
        // once a second.
        let drawing = Interval::new(FRAME, move || {
            frame += 1;
            draw(&context, picture, frame);
            if let Some(volume) = &volume {
                volume.gain().set_value(if frame % RATE < RATE / 3 { VOLUME } else { 0.0 });
            }
        });
        Ok(Self { picture: stream, sound, _drawing: drawing })
    }

    pub(crate) fn video(&self) -> Option<MediaStreamTrack> {
        tracks(&self.picture).pop()
    }

    pub(crate) fn audio(&self) -> Option<MediaStreamTrack> {
        tracks(&self.sound.as_ref()?.output.stream()).pop()
    }
}

impl Tone {
    fn new() -> Result<Self, EngineError> {
        let context = AudioContext::new().map_err(engine_error)?;
        let volume = context.create_gain().map_err(engine_error)?;
        volume.gain().set_value(0.0);
        let output = context.create_media_stream_destination().map_err(engine_error)?;
        let oscillator = context.create_oscillator().map_err(engine_error)?;
        oscillator.connect_with_audio_node(&volume).map_err(engine_error)?;
        volume.connect_with_audio_node(&output).map_err(engine_error)?;
        oscillator.start().map_err(engine_error)?;
        Ok(Self { context, volume, output })
    }
}

impl Drop for Tone {
    fn drop(&mut self) {
        // Its promise is not waited for: an error says that it is closed already.
        let _ = self.context.close();
    }
}

fn draw(context: &CanvasRenderingContext2d, picture: Picture, frame: u32) {
    const BARS: [&str; 7] = ["#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"];
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    context.set_fill_style_str("#555");
    context.fill_rect(0.0, 0.0, width, height);
    if picture == Picture::Still {
        return;
    }
    let bar = width / BARS.len() as f64;
    for (index, colour) in BARS.iter().enumerate() {
        context.set_fill_style_str(colour);
        context.fill_rect(index as f64 * bar, 0.0, bar.ceil(), height * 0.7);
    }
    let angle = TAU * f64::from(frame % RATE) / f64::from(RATE);
    let (x, y) = (width / 2.0 + 120.0 * Math::sin(angle), height / 2.0 - 120.0 * Math::cos(angle));
    context.set_fill_style_str("#fff");
    context.fill_rect(x - 40.0, y - 40.0, 80.0, 80.0);
}
