//! `GET /ice-servers`, for clients that ask for no acknowledgement: `{iceServers: [...]}`, as `new RTCPeerConnection` takes it.
//!
//! A member of a room, which shows the id of its Socket.IO connection (`?socket=`), gets the passwords as well.

use std::sync::Arc;

use axum::Json;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use shared::ice_server::IceServers;

use super::delivery::Delivery;
use super::ice::{Ice, host_of};
use super::rooms::SharedRooms;

/// What it looks up.
#[derive(Clone)]
pub(super) struct IceRoute {
    pub(super) ice: Arc<Ice>,
    pub(super) rooms: SharedRooms,
    pub(super) delivery: Delivery,
}

impl IceRoute {
    pub(super) fn answer(&self, headers: &HeaderMap, query: Option<String>) -> Json<IceServers> {
        let socket = query.as_deref().and_then(|query| query.strip_prefix("socket=")?.parse().ok());
        let member = socket.filter(|socket| self.rooms.lock().room_of(*socket).is_some());
        let ice_servers = match member.and_then(|socket| self.delivery.client(socket)) {
            Some(client) => client.ice_servers(),
            None => self.ice.for_anyone(headers.get(HOST).and_then(|host| host.to_str().ok()).map(host_of)),
        };
        Json(IceServers { ice_servers })
    }
}
