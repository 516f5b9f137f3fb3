//! Two minutes of statistics.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

use super::{Panel, in_pixels};
use crate::browser::js::rounded;
use crate::browser::statistics;
use crate::explain::record::{RecordEvent, Sample};
use crate::explain::statistics::{LENGTH, Measure, Series};
use crate::page::dom::{append, set};
use crate::text::page as texts;
use crate::text::{Text, fill_in};

/// How high a plot is, in the units of its `viewBox`.
const PLOT_HEIGHT: u32 = 40;

impl Panel {
    pub(super) fn read_statistics(self: &Rc<Self>) {
        let Some(peer) = self.peer.get() else { return };
        let panel = self.clone();
        spawn_local(async move {
            let Some(report) = statistics::report(&peer).await else { return };
            let (counters, path) = (report.counters(), report.selected_pair());
            let size = report.resolution().map(|(width, height)| (width as u32, height as u32));
            panel.add(RecordEvent::Statistics(Sample { size, path: path.clone(), ..Sample::of(counters) }));
            panel.series.borrow_mut().add(counters);
            *panel.size.borrow_mut() = size.map(in_pixels).unwrap_or_default();
            *panel.path.borrow_mut() = path;
            panel.show_part("candidates-details", Panel::show_candidates);
            panel.show_part("statistics-details", Panel::show_statistics);
            panel.glossary.mark();
        });
    }

    pub(super) fn show_statistics(&self) {
        let (series, place) = (self.series.borrow(), self.dom.element::<Element>("statistics"));
        place.set_text_content(None);
        for (measure, title) in Measure::ALL.into_iter().zip([
            texts::BITRATE_IN,
            texts::BITRATE_OUT,
            texts::FRAME_RATE,
            texts::ROUND_TRIP,
            texts::LOSS,
        ]) {
            let latest = series.latest(measure).map_or_else(|| "–".to_owned(), in_digits);
            let value = format!("{latest} {}", measure.unit());
            let figure = self.figure(title, &value, measure.name());
            append(&figure, [&self.plot(&series, measure)]);
            let most = format!("{} {}", in_digits(series.largest(measure)), measure.unit());
            append(&figure, [&self.dom.make("small", &fill_in(self.dom.say(texts::MOST), &[&most]))]);
            append(&place, [&figure]);
        }
        let size = self.size.borrow().clone();
        let path = self.path.borrow().as_ref().map(ToString::to_string).unwrap_or_default();
        for (title, name, value) in [(texts::RESOLUTION, "Resolution", &size), (texts::PATH, "Path", &path)] {
            append(&place, [&self.figure(title, value, name)]);
        }
    }

    fn figure(&self, title: Text, value: &str, name: &str) -> Element {
        let figure = self.dom.make("figure", "");
        set(&figure, "data-measure", name);
        append(&figure, [&self.dom.make("figcaption", self.dom.say(title)), &self.dom.make("b", value)]);
        figure
    }

    fn plot(&self, series: &Series, measure: Measure) -> Element {
        let (svg, path) = (self.dom.make_svg("svg"), self.dom.make_svg("path"));
        set(&svg, "viewBox", &format!("0 0 {LENGTH} {PLOT_HEIGHT}"));
        set(&svg, "preserveAspectRatio", "none");
        set(&svg, "aria-hidden", "true");
        set(&path, "d", &series.path(measure, PLOT_HEIGHT));
        append(&svg, [&path]);
        svg
    }
}

/// As many digits as a person reads: 12345, 12.3, 0.12.
fn in_digits(value: f64) -> String {
    match value {
        value if value >= 100.0 => rounded(value, 0),
        value if value >= 10.0 => rounded(value, 1),
        value => rounded(value, 2),
    }
}
