//! Asks one STUN or TURN server, with a peer connection that has no other.

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, unbounded};
use futures::future::{Either, select};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use shared::IceServer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RtcIceGatheringState, RtcPeerConnection, RtcPeerConnectionIceEvent, RtcSessionDescriptionInit};

use super::engine::to_rtc_configuration;
use super::error::engine_error;
use super::js::field;
use crate::call::Configuration;
use crate::explain::reach::{Gathering, Verdict};

/// How long a server may take to answer, in milliseconds. Chromium itself waits for 40 seconds.
const PATIENCE: u32 = 8_000;

/// What the peer connection tells.
enum Told {
    Candidate(String),
    Error(u16),
    Complete,
}

/// A peer connection that is closed with its listeners.
struct Probe {
    peer: RtcPeerConnection,
    told: UnboundedReceiver<Told>,
    listeners: Vec<EventListener>,
}

impl Drop for Probe {
    fn drop(&mut self) {
        // First the listeners, then the connection: closing it calls some of them.
        self.listeners.clear();
        self.peer.close();
    }
}

/// Asks a server with one URL.
pub(crate) async fn reach(server: IceServer) -> Verdict {
    let is_turn = server.is_turn();
    let opened = async {
        let mut probe = Probe::open(&Configuration { ice_servers: vec![server], relay_only: is_turn })?;
        probe.gather().await?;
        let tells_errors = !field(&probe.peer, "onicecandidateerror").is_undefined();
        Ok(probe.until_it_is_clear(Gathering::new(is_turn, tells_errors)).await)
    };
    opened.await.unwrap_or_else(|error: JsValue| Verdict::Unusable(engine_error(error).message))
}

impl Probe {
    fn open(configuration: &Configuration) -> Result<Self, JsValue> {
        let peer = RtcPeerConnection::new_with_configuration(&to_rtc_configuration(configuration))?;
        let (sender, told) = unbounded();
        let on = |name: &'static str, read: fn(&JsValue) -> Option<Told>| {
            let sender = sender.clone();
            EventListener::new(&peer, name, move |event| {
                if let Some(told) = read(event) {
                    let _ = sender.unbounded_send(told);
                }
            })
        };
        let listeners = vec![
            on("icecandidate", |event| {
                let candidate = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate()?.candidate();
                Some(Told::Candidate(candidate))
            }),
            // `web-sys` does not know this one yet.
            on("icecandidateerror", |event| Some(Told::Error(field(event, "errorCode").as_f64()? as u16))),
            on("icegatheringstatechange", |event| {
                let peer: RtcPeerConnection = field(event, "target").unchecked_into();
                (peer.ice_gathering_state() == RtcIceGatheringState::Complete).then_some(Told::Complete)
            }),
        ];
        Ok(Self { peer, told, listeners })
    }

    /// Nothing is gathered for a connection that is to carry nothing.
    async fn gather(&mut self) -> Result<(), JsValue> {
        self.peer.create_data_channel("test");
        let offer: RtcSessionDescriptionInit = JsFuture::from(self.peer.create_offer()).await?.unchecked_into();
        JsFuture::from(self.peer.set_local_description(&offer)).await.map(drop)
    }

    async fn until_it_is_clear(&mut self, mut gathering: Gathering) -> Verdict {
        let mut too_late = TimeoutFuture::new(PATIENCE);
        loop {
            let told = match select(self.told.next(), &mut too_late).await {
                Either::Left((Some(told), _)) => told,
                Either::Left((None, _)) | Either::Right(_) => return gathering.at_the_end(false),
            };
            let verdict = match told {
                Told::Candidate(line) => gathering.on_candidate(&line),
                Told::Error(code) => gathering.on_error(code),
                Told::Complete => Some(gathering.at_the_end(true)),
            };
            if let Some(verdict) = verdict {
                return verdict;
            }
        }
    }
}
