//! What the browser counts ([`getStats`](https://www.w3.org/TR/webrtc-stats/)).

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

use super::js::{field, now};
use crate::call::engine::CandidatePair;
use crate::explain::statistics::Counters;

/// A reading: objects with a `type` that refer to each other by their `id`.
pub(crate) struct Report(js_sys::Map);

/// Reads the statistics.
pub(crate) async fn report(peer: &RtcPeerConnection) -> Option<Report> {
    let report = JsFuture::from(peer.get_stats()).await.ok()?;
    Some(Report(report.unchecked_into()))
}

impl Report {
    /// The ends of the path that carries the call.
    pub(crate) fn selected_pair(&self) -> Option<CandidatePair> {
        let pair = self.pair()?;
        let end = |key: &str| {
            let candidate = self.0.get(&field(&pair, key));
            let part = |key: &str| text(&candidate, key).unwrap_or_else(|| "?".to_owned());
            let port = number(&candidate, "port")?;
            Some(format!("{} {} {}:{}", part("protocol"), part("candidateType"), part("address"), port as u16))
        };
        Some(CandidatePair { local: end("localCandidateId")?, remote: end("remoteCandidateId")? })
    }

    /// The sums over all streams.
    pub(crate) fn counters(&self) -> Counters {
        let mut counters = Counters { at: now(), ..Counters::default() };
        self.each(|kind, entry| {
            let count = |key: &str| number(entry, key).unwrap_or_default();
            match kind {
                "inbound-rtp" => {
                    counters.bytes_in += count("bytesReceived");
                    counters.packets += count("packetsReceived");
                    counters.lost += count("packetsLost");
                    counters.frames += count("framesDecoded");
                }
                "outbound-rtp" => counters.bytes_out += count("bytesSent"),
                _ => {}
            }
        });
        counters.round_trip = self.pair().and_then(|pair| number(&pair, "currentRoundTripTime"));
        counters
    }

    /// Width and height of the other side's picture.
    pub(crate) fn resolution(&self) -> Option<(f64, f64)> {
        let mut size = None;
        self.each(|kind, entry| {
            if kind == "inbound-rtp" {
                size = size.or(number(entry, "frameWidth").zip(number(entry, "frameHeight")));
            }
        });
        size
    }

    /// The transport names the pair in some browsers; in others the pair itself says that it was nominated.
    fn pair(&self) -> Option<JsValue> {
        let (mut named, mut nominated) = (None, None);
        self.each(|kind, entry| match kind {
            "transport" => named = named.take().or_else(|| text(entry, "selectedCandidatePairId")),
            "candidate-pair" if field(entry, "nominated") == true && field(entry, "state") == "succeeded" => {
                nominated = Some(entry.clone());
            }
            _ => {}
        });
        named.map(|id| self.0.get(&id.into())).or(nominated)
    }

    fn each(&self, mut look: impl FnMut(&str, &JsValue)) {
        self.0.for_each(&mut |entry, _| {
            if let Some(kind) = text(&entry, "type") {
                look(&kind, &entry);
            }
        });
    }
}

fn text(entry: &JsValue, key: &str) -> Option<String> {
    field(entry, key).as_string()
}

fn number(entry: &JsValue, key: &str) -> Option<f64> {
    field(entry, key).as_f64()
}
