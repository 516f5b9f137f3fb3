//! Two notes when the other side comes, and when it goes.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::AudioContext;

use crate::browser::js::field;

/// How long one note lasts, in seconds.
const NOTE: f64 = 0.12;
/// How loud it is, from 0 to 1.
const VOLUME: f32 = 0.12;
/// Two notes, in hertz: the higher one is heard last when somebody comes.
const NOTES: [f32; 2] = [523.25, 783.99];

/// Plays them. A browser without Web Audio stays silent.
pub(super) fn play(comes: bool) {
    let Ok(context) = AudioContext::new() else { return };
    let play = || {
        let (oscillator, volume) = (context.create_oscillator()?, context.create_gain()?);
        let (now, [low, high]) = (context.current_time(), NOTES);
        let (first, second) = if comes { (low, high) } else { (high, low) };
        oscillator.frequency().set_value_at_time(first, now)?;
        oscillator.frequency().set_value_at_time(second, now + NOTE)?;
        // A tone that ends suddenly clicks.
        volume.gain().set_value_at_time(VOLUME, now + NOTE)?;
        volume.gain().linear_ramp_to_value_at_time(0.0, now + 2.0 * NOTE)?;
        oscillator
            .connect_with_audio_node(&volume)?
            .connect_with_audio_node(field(&context, "destination").unchecked_ref())?;
        oscillator.start()
    };
    // An error says that there will be no sound, and nothing depends on one.
    let _ = play();
    Timeout::new((4000.0 * NOTE) as u32, move || {
        // Its promise is not waited for: an error says that it is closed already.
        let _ = context.close();
    })
    .forget();
}
