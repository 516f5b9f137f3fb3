//! STUN: how does the server see us? (RFC 8489, section 3)

use std::io;
use std::net::SocketAddr;

use turn_client_proto::stun::agent::{StunAgent, StunAgentPollRet};
use turn_client_proto::stun::types::TransportType;
use turn_client_proto::stun::types::attribute::{ErrorCode, XorMappedAddress};
use turn_client_proto::stun::types::message::{BINDING, Message, MessageWriteVec};
use turn_client_proto::stun::types::prelude::{MessageWrite, MessageWriteExt};

use super::finding::{Finding, PATIENCE};
use super::line::{FIRST_WAIT, Line, RETRANSMITS, patiently};

/// Asks the server at this address.
pub(super) async fn ask(server: SocketAddr) -> Finding {
    patiently(attempt(server)).await
}

async fn attempt(server: SocketAddr) -> io::Result<Finding> {
    let mut line = Line::open(server).await?;
    // It knows when a request is due again.
    let mut agent = StunAgent::builder(TransportType::Udp, line.local)
        .remote_addr(server)
        .request_retransmits(FIRST_WAIT, PATIENCE, RETRANSMITS, PATIENCE)
        .build();
    let request = Message::builder_request(BINDING, MessageWriteVec::new());
    let id = request.transaction_id();
    let request = request.finish();
    let first = agent.send_request(&request, server, line.now()).expect("no request has this id yet");
    line.send(&first.data).await?;
    loop {
        let StunAgentPollRet::WaitUntil(moment) = agent.poll(line.now()) else { return Ok(Finding::Silent) };
        while let Some(again) = agent.poll_transmit(line.now()) {
            line.send(again.data).await?;
        }
        let Some(packet) = line.receive_until(moment).await? else { continue };
        let answer = Message::from_bytes(packet).ok().filter(|answer| answer.is_response());
        let Some(answer) = answer else { return Ok(Finding::NotStun) };
        if answer.transaction_id() != id {
            continue;
        }
        if let Ok(error) = answer.attribute::<ErrorCode>() {
            return Ok(Finding::Refused(error.code()));
        }
        let Ok(address) = answer.attribute::<XorMappedAddress>() else { return Ok(Finding::NotStun) };
        return Ok(Finding::Reflexive { address: address.addr(id), took: line.took() });
    }
}
