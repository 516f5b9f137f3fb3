//! How loud the microphone is.

use gloo_timers::callback::Interval;
use web_sys::{AudioContext, HtmlMeterElement, MediaStream, MediaStreamTrack};

/// How often the level is read, in milliseconds.
const GLANCE: u32 = 100;
/// What speech has at most; a level of 1 is a scream.
const LOUD: f32 = 0.3;

/// Shows the level of a track until it is dropped.
pub(super) struct Meter {
    context: AudioContext,
    element: HtmlMeterElement,
    _reading: Interval,
}

impl Meter {
    /// `None` where the browser has no Web Audio: a meter is no reason to stop.
    pub(super) fn new(track: &MediaStreamTrack, element: HtmlMeterElement) -> Option<Self> {
        let context = AudioContext::new().ok()?;
        let stream = MediaStream::new().ok()?;
        stream.add_track(track);
        let analyser = context.create_analyser().ok()?;
        context.create_media_stream_source(&stream).ok()?.connect_with_audio_node(&analyser).ok()?;
        let mut samples = vec![0.0; analyser.fft_size() as usize];
        let meter = element.clone();
        let reading = Interval::new(GLANCE, move || {
            analyser.get_float_time_domain_data(&mut samples);
            let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            meter.set_value(f64::from((loudest / LOUD).min(1.0)));
        });
        Some(Self { context, element, _reading: reading })
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        // Its promise is not waited for: an error says that it is closed already.
        let _ = self.context.close();
        self.element.set_value(0.0);
    }
}
