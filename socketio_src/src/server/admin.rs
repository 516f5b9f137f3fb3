//! What goes on in the servers, live, for somebody who knows the token.
//!
//! It is a namespace of its own, `/admin`: a second conversation over the same connection, with its own handlers and its
//! own door. A client without the token gets a CONNECT_ERROR and nothing else.
//!
//! With Redis, each server writes a report that expires by itself, as long as somebody, somewhere, is looking.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::RoomName;
use shared::room_chat::{Code, Done, Nickname, Refusal, Reply};
use socketioxide::TransportType;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::Sid;
use tokio::time::MissedTickBehavior;
use tracing::{debug, info, warn};

use super::hub::Hub;
use super::rooms::{ConnectionId, ServerId};
use crate::cluster::{Adapter, Link};

/// The namespace.
pub(super) const NAMESPACE: &str = "/admin";
/// Server to admin: [`Overview`], once a second.
const OVERVIEW: &str = "overview";
/// Admin to server: the server and the socket. Acknowledged with [`Reply`].
const DISCONNECT_SOCKET: &str = "disconnect_socket";

/// How often a report is written.
const REPORT: Duration = Duration::from_secs(1);
/// How long a report, and the wish to see one, last.
const LASTS: Duration = Duration::from_secs(3);
/// How many sockets of a server are listed.
const SOCKETS: usize = 500;

/// Somebody is looking.
const WATCHED: &str = "study-zoom:chat:watched";
fn report_of(server: &ServerId) -> String {
    format!("study-zoom:chat:report:{}", server.0)
}

/// What a client shows at connect.
#[derive(Debug, Default, Deserialize)]
struct Auth {
    #[serde(default)]
    token: String,
}

/// The argument of [`OVERVIEW`].
#[derive(Debug, Serialize)]
struct Overview {
    /// The server that says so.
    me: ServerId,
    /// All that have said something, this one included.
    servers: Vec<Report>,
    /// All rooms, and how many people are in each.
    rooms: Vec<(RoomName, usize)>,
}

/// One server.
#[derive(Debug, Serialize, Deserialize)]
struct Report {
    server: ServerId,
    /// How many sockets there are; not all of them may be listed.
    connected: usize,
    events_per_second: u64,
    sockets: Vec<Socket>,
}

/// One socket.
#[derive(Debug, Serialize, Deserialize)]
struct Socket {
    id: Sid,
    /// `polling` or `websocket`
    transport: String,
    room: Option<RoomName>,
    nickname: Option<Nickname>,
}

/// Lets in the clients that know the token.
pub(super) async fn open(hub: &Arc<Hub>, token: &str) {
    let token: Arc<str> = token.into();
    let chat = Arc::clone(hub);
    let on_connect = move |socket: SocketRef<Adapter>| {
        let hub = Arc::clone(&chat);
        socket.on(DISCONNECT_SOCKET, move |TryData(who): TryData<(ServerId, Sid)>, ack: AckSender<Adapter>| {
            let reply = match who {
                Ok((server, socket)) => {
                    info!(?server, %socket, "disconnected by an admin");
                    hub.disconnect(ConnectionId { server, socket });
                    Reply::Done(Done::Nothing {})
                }
                Err(error) => Reply::Error { error: Refusal::new(Code::BadArguments, error.to_string()) },
            };
            if let Err(error) = ack.send(&reply) {
                debug!("the acknowledgement was not delivered: {error}");
            }
            ready(())
        });
        ready(())
    };
    let check = move |socket: SocketRef<Adapter>, TryData(auth): TryData<Auth>| {
        let known = same(auth.unwrap_or_default().token.as_bytes(), token.as_bytes());
        if !known {
            warn!(socket = %socket.id, "somebody without the token wants to be an admin");
        }
        ready(if known { Ok(()) } else { Err("wrong token: it is what the server was given as --admin-token") })
    };
    if let Err(error) = hub.io.ns(NAMESPACE, on_connect.with(check)).await {
        debug!("the namespace is not connected to the other servers: {error}");
    }
}

/// Once a second: what the other servers want to know of this one, and what the admins of this one want to know of all.
///
/// It also runs on a server without a token, whose sockets the admin page of another server shows.
pub(super) async fn report(hub: Arc<Hub>, link: Link) {
    let mut ticks = tokio::time::interval(REPORT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counted = 0;
    loop {
        ticks.tick().await;
        let events = hub.events.load(Ordering::Relaxed);
        let events_per_second = events - std::mem::replace(&mut counted, events);
        let admins = hub.io.of(NAMESPACE).map(|namespace| namespace.local().sockets()).unwrap_or_default();
        let watched = if admins.is_empty() {
            link.query(redis::cmd("EXISTS").arg(WATCHED)).await.unwrap_or(false)
        } else {
            // An error says that there is no Redis, and then no other server to see this.
            let _ =
                link.query::<()>(redis::cmd("SET").arg(WATCHED).arg(1).arg("PX").arg(LASTS.as_millis() as u64)).await;
            true
        };
        if !watched {
            continue;
        }
        let mine = about(&hub, events_per_second);
        let json = serde_json::to_string(&mine).expect("a report is plain data");
        let mut write = redis::cmd("SET");
        write.arg(report_of(&hub.me)).arg(json).arg("PX").arg(LASTS.as_millis() as u64);
        let _ = link.query::<()>(&write).await;
        if admins.is_empty() {
            continue;
        }
        let (others, rooms) = {
            let state = hub.state();
            let rooms = state.rooms.counts().map(|(room, count)| (room.clone(), count)).collect();
            (state.heard.keys().map(report_of).collect::<Vec<_>>(), rooms)
        };
        let mut servers = vec![mine];
        if !others.is_empty() {
            let reports: Vec<Option<String>> = link.query(redis::cmd("MGET").arg(others)).await.unwrap_or_default();
            servers.extend(reports.into_iter().flatten().filter_map(|json| serde_json::from_str(&json).ok()));
        }
        let overview = Overview { me: hub.me.clone(), servers, rooms };
        for admin in admins {
            // A page that does not read has a full queue, and sees the next one.
            let _ = admin.emit(OVERVIEW, &overview);
        }
    }
}

fn about(hub: &Hub, events_per_second: u64) -> Report {
    let people = hub.state().rooms.people_of(&hub.me);
    let people: HashMap<Sid, _> = people.into_iter().map(|(who, room, person)| (who.socket, (room, person))).collect();
    let sockets = hub.io.sockets();
    let describe = |socket: &SocketRef<Adapter>| {
        let place = people.get(&socket.id);
        Socket {
            id: socket.id,
            transport: match socket.transport_type() {
                TransportType::Polling => "polling".to_owned(),
                TransportType::Websocket => "websocket".to_owned(),
            },
            room: place.map(|(room, _)| room.clone()),
            nickname: place.map(|(_, person)| person.nickname.clone()),
        }
    };
    Report {
        server: hub.me.clone(),
        connected: sockets.len(),
        events_per_second,
        sockets: sockets.iter().take(SOCKETS).map(describe).collect(),
    }
}

/// Compares in a time that does not tell how much of a guess is right.
fn same(guess: &[u8], token: &[u8]) -> bool {
    guess.len() == token.len() && guess.iter().zip(token).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}
