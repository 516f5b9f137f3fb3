//! The packets of the Socket.IO client.

#[path = "../../socketio_src/src/client/engine_packet.rs"]
pub mod engine_packet;
#[path = "../../socketio_src/src/client/packet.rs"]
pub mod packet;
#[path = "../../socketio_src/src/client/quote.rs"]
mod quote;
