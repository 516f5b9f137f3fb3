//! The browser's platform: `WebSocket`, timers and random numbers of the page.
//!
//! The twin of `tungstenite.rs`. A browser's socket reports by calling back; here the callbacks only push into a channel,
//! and the receiving half reads from it. So nothing is lost when a `receive` is cancelled, and nothing runs inside a
//! callback that could call back itself.

use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::transport::{Frame, SocketReceiver, SocketSender, Transport, TransportError};

/// How long a socket that is given up stays open.
const GIVEN_UP_FOR: Duration = Duration::from_secs(10);

/// The platform of a web page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Browser;

/// What a socket reports.
enum Report {
    Open,
    Frame(Frame),
    /// Over, for this reason.
    Closed(String),
}

/// An open socket. The two halves share it; when both are gone it is closed, after a while.
#[derive(Debug)]
struct Socket {
    web_socket: WebSocket,
    /// Removed when they are dropped: a late event finds nobody.
    listeners: Vec<EventListener>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.listeners.clear();
        // Not at once: a browser says goodbye when it closes a socket, and by a goodbye a client leaves. Whoever wants to leave
        // says so before this; what is dropped here is given up for another connection, and by then that one counts.
        let web_socket = self.web_socket.clone();
        let close = move || {
            // An error says that it was never open: then there is nothing to close.
            let _ = web_socket.close();
        };
        Timeout::new(GIVEN_UP_FOR.as_millis() as u32, close).forget();
    }
}

/// The sending half.
#[derive(Debug)]
pub struct Sender(Rc<Socket>);

/// The receiving half.
#[derive(Debug)]
pub struct Receiver {
    reports: UnboundedReceiver<Report>,
    /// Keeps the socket open.
    _socket: Rc<Socket>,
}

impl Transport for Browser {
    type Sender = Sender;
    type Receiver = Receiver;

    async fn connect(&self, url: &str) -> Result<(Sender, Receiver), TransportError> {
        let web_socket = WebSocket::new(url).map_err(|error| TransportError::new(describe(&error)))?;
        let (sender, mut reports) = unbounded();
        let listeners = listen(&web_socket, &sender);
        // From here on the socket is given up whenever this future, or what it returns, is dropped.
        let socket = Rc::new(Socket { web_socket, listeners });
        match reports.next().await {
            Some(Report::Open) => Ok((Sender(socket.clone()), Receiver { reports, _socket: socket })),
            other => {
                let reason = match other {
                    Some(Report::Closed(reason)) => reason,
                    _ => "it ended before it was open".to_owned(),
                };
                Err(TransportError::new(format!("{reason} ({url}): is the server running there?")))
            }
        }
    }

    async fn sleep(&self, duration: Duration) {
        gloo_timers::future::sleep(duration).await;
    }

    /// From the generator for secrets, not from `Math.random`: what is drawn here must not be guessed.
    fn random(&self) -> f64 {
        let mut bytes = [0; 4];
        let crypto = web_sys::window().and_then(|window| window.crypto().ok());
        match crypto.map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes)) {
            Some(Ok(_)) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
            // No browser is without one.
            _ => js_sys::Math::random(),
        }
    }
}

fn listen(web_socket: &WebSocket, sender: &UnboundedSender<Report>) -> Vec<EventListener> {
    let on = |name: &'static str, report: fn(&Event) -> Report| {
        let sender = sender.clone();
        EventListener::new(web_socket, name, move |event| {
            // An error says that the receiving half is gone.
            let _ = sender.unbounded_send(report(event));
        })
    };
    vec![
        on("open", |_| Report::Open),
        on("message", |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data).and_then(|data| data.as_string());
            Report::Frame(data.map_or(Frame::Binary, Frame::Text))
        }),
        // A browser says nothing of the cause in `error`; `close` follows, with a code at least.
        on("close", |event| {
            let code = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
            Report::Closed(format!("the WebSocket was closed with code {code}"))
        }),
    ]
}

impl SocketSender for Sender {
    async fn send(&mut self, text: String) -> Result<(), TransportError> {
        self.0.web_socket.send_with_str(&text).map_err(|error| TransportError::new(describe(&error)))
    }

    async fn close(&mut self) -> Result<(), TransportError> {
        self.0.web_socket.close().map_err(|error| TransportError::new(describe(&error)))
    }
}

impl SocketReceiver for Receiver {
    async fn receive(&mut self) -> Option<Result<Frame, TransportError>> {
        loop {
            match self.reports.next().await? {
                Report::Open => {}
                Report::Frame(frame) => return Some(Ok(frame)),
                Report::Closed(_) => return None,
            }
        }
    }
}

fn describe(error: &JsValue) -> String {
    String::from(error.unchecked_ref::<js_sys::Object>().to_string())
}
