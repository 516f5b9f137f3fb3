//! **What it shows:** steps 1 to 10 without any network. Two peer connections in one process agree on a call. An offer
//! and an answer are values: what a signaling server would carry is a variable here, so steps 5 and 9 are an
//! assignment.
//!
//! ```text
//! cargo run -p study-zoom --example 02_offer_and_answer
//! ```
//! **New against example 1:** [`RTCPeerConnection`](https://www.w3.org/TR/webrtc/#rtcpeerconnection-interface), one
//! side of a call. It makes descriptions of what this side sends and can receive, and is told the description of the
//! other side. Its signaling state says which description is missing.
//!
//! **Try next:** leave out step 4: step 10 fails, because an answer fits only an offer that is set. Print the whole
//! offer with `println!("{}", offer.sdp)`; the page of the course explains each of its lines.

#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind};
use support::cli::{Failure, ended};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCSessionDescription,
    RTCSignalingState, Registry, SettingEngineBuilder, register_default_interceptors,
};

#[tokio::main]
async fn main() -> ExitCode {
    ended(agree().await)
}

async fn agree() -> Result<(), Failure> {
    // Step 1 (A, B): new RTCPeerConnection
    let (mut a, mut b) = (Peer::new().await?, Peer::new().await?);
    println!("Step 1 (A, B): new RTCPeerConnection. Both are stable: nothing is being negotiated.");

    // Step 2 (A, B): addTrack. Before the descriptions are made: a description says what is there.
    for peer in [&a, &b] {
        peer.add_track(RtpCodecKind::Audio, MIME_TYPE_OPUS, 48_000, 2).await?;
        peer.add_track(RtpCodecKind::Video, MIME_TYPE_VP8, 90_000, 0).await?;
    }
    println!("Step 2 (A, B): addTrack. Both have sound and a picture to send.");

    // Step 3 (A): createOffer. It makes a text and changes nothing.
    let offer = a.connection.create_offer(None).await?;
    println!("Step 3 (A): createOffer. {}", what_is_in(&offer));

    // Step 4 (A): setLocalDescription. A is bound to its offer now, and begins to look for its own addresses.
    a.connection.set_local_description(offer.clone()).await?;
    println!("Step 4 (A): setLocalDescription. A is {}.", a.state().await?);

    // Step 5 (A): send the offer
    let received = offer;
    println!("Step 5 (A): send the offer. Here it is handed over.");

    // Step 6 (B): setRemoteDescription. B knows what A wants.
    b.connection.set_remote_description(received).await?;
    println!("Step 6 (B): setRemoteDescription. B is {}.", b.state().await?);

    // Step 7 (B): createAnswer. For each section of the offer it says what B accepts.
    let answer = b.connection.create_answer(None).await?;
    println!("Step 7 (B): createAnswer. {}", what_is_in(&answer));

    // Step 8 (B): setLocalDescription
    b.connection.set_local_description(answer.clone()).await?;
    println!("Step 8 (B): setLocalDescription. B is {}.", b.state().await?);

    // Step 9 (B): send the answer
    let received = answer;
    println!("Step 9 (B): send the answer. Here it is handed over.");

    // Step 10 (A): setRemoteDescription. Both have both descriptions.
    a.connection.set_remote_description(received).await?;
    println!("Step 10 (A): setRemoteDescription. A is {}.", a.state().await?);
    println!("They agree on what to send. Neither knows an address of the other: that is example 3.");
    a.connection.close().await?;
    Ok(b.connection.close().await?)
}

/// One side.
struct Peer {
    connection: Box<dyn PeerConnection>,
    states: UnboundedReceiver<RTCSignalingState>,
}

/// Passes on what the crate reports. While one of these methods runs, the connection stands still.
struct Callbacks(UnboundedSender<RTCSignalingState>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Callbacks {
    async fn on_signaling_state_change(&self, state: RTCSignalingState) {
        // An error says that nobody listens any more.
        let _ = self.0.send(state);
    }
}

impl Peer {
    async fn new() -> Result<Self, Failure> {
        // The codecs that this side knows, and what a connection does by itself: reports, repetitions of lost packets.
        let mut codecs = MediaEngine::default();
        codecs.register_default_codecs()?;
        let interceptors = register_default_interceptors(Registry::new(), &mut codecs)?;
        // No names for addresses: they take multicast, which a machine without a network does not have.
        let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
        let (sender, states) = mpsc::unbounded_channel();
        let building = PeerConnectionBuilder::new()
            .with_media_engine(codecs)
            .with_interceptor_registry(interceptors)
            .with_setting_engine(settings)
            .with_handler(Arc::new(Callbacks(sender)))
            .with_udp_addrs(vec!["127.0.0.1:0"])
            .build();
        let connection = Box::pin(building).await?; // on the heap: this future takes 20 kB
        Ok(Self { connection: Box::new(connection), states })
    }

    /// A track that could send.
    async fn add_track(&self, kind: RtpCodecKind, codec: &str, clock_rate: u32, channels: u16) -> Result<(), Failure> {
        let (mime_type, ssrc) = (codec.to_owned(), Some(rand::random()));
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters { ssrc, ..Default::default() },
            codec: RTCRtpCodec { mime_type, clock_rate, channels, ..Default::default() },
            ..Default::default()
        };
        let (stream, id) = ("stream".to_owned(), format!("{kind}-{:08x}", rand::random::<u32>()));
        let track = MediaStreamTrack::new(stream, id, kind.to_string(), kind, vec![encoding]);
        self.connection.add_track(Arc::new(TrackLocalStaticRTP::new(track))).await?;
        Ok(())
    }

    /// The next signaling state: <https://www.w3.org/TR/webrtc/#rtcsignalingstate-enum>
    async fn state(&mut self) -> Result<RTCSignalingState, Failure> {
        let next = timeout(Duration::from_secs(5), self.states.recv()).await;
        Ok(next.map_err(|_| "no new signaling state within 5 seconds")?.ok_or("the peer connection has ended")?)
    }
}

/// The sections of a description, SDP (RFC 8866): each `m=` line begins one.
fn what_is_in(description: &RTCSessionDescription) -> String {
    let sections = description.sdp.lines().filter_map(|line| line.strip_prefix("m="));
    let kinds: Vec<&str> = sections.filter_map(|section| section.split(' ').next()).collect();
    format!("{} bytes, sections: {}.", description.sdp.len(), kinds.join(" and "))
}
