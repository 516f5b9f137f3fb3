//! What a headless peer counts ([`getStats`](https://www.w3.org/TR/webrtc-stats/)): the twin of the browser's.

use std::sync::Arc;
use std::time::Instant;

use webrtc::peer_connection::StatsSelector;

use super::counters::Counters;
use super::file_connection::Files;
use crate::explain::record::Sample;

/// Reads the statistics of the present peer connection while the call runs.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// They know which peer connection there is at present.
    files: Files,
    counters: Arc<Counters>,
}

impl Statistics {
    pub(super) fn new(files: Files, counters: Arc<Counters>) -> Self {
        Self { files, counters }
    }

    /// What is counted now; `None` when there is no peer connection.
    ///
    /// The crate decodes nothing. In place of `framesDecoded` stand the complete frames that came in.
    pub async fn read(&self) -> Option<Sample> {
        let peer = self.files.peer()?;
        let report = peer.get_stats(Instant::now(), StatsSelector::None).await;
        let mut sample = Sample { frames: self.counters.read().video_frames, ..Sample::default() };
        for stream in report.inbound_rtp_streams() {
            sample.bytes_in += stream.bytes_received;
            sample.packets += stream.received_rtp_stream_stats.packets_received;
            sample.lost += stream.received_rtp_stream_stats.packets_lost;
        }
        for stream in report.outbound_rtp_streams() {
            sample.bytes_out += stream.sent_rtp_stream_stats.bytes_sent;
        }
        let pair = report.candidate_pairs().find(|pair| pair.nominated);
        // Before the first answer to a check nothing has been measured.
        let measured = pair.map(|pair| pair.current_round_trip_time).filter(|seconds| *seconds > 0.0);
        sample.round_trip_ms = measured.map(|seconds| seconds * 1000.0);
        Some(sample)
    }
}
