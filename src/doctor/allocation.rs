//! TURN: the server lends us an address, and has it back at once (RFC 8656, sections 7 and 8).

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use shared::IceServer;
use tokio::time::timeout;
use turn_client_proto::api::{TurnClientApi, TurnConfig, TurnEvent, TurnPollRet};
use turn_client_proto::stun::agent::Transmit;
use turn_client_proto::stun::types::TransportType;
use turn_client_proto::stun::types::attribute::ErrorCode;
use turn_client_proto::stun::types::message::{Message, TransactionId};
use turn_client_proto::types::{AddressFamily, TurnCredentials};
use turn_client_proto::udp::TurnClientUdp;

use super::finding::{Finding, PATIENCE};
use super::line::{FIRST_WAIT, Line, RETRANSMITS, patiently};

/// How long the server may take to have its address back. Without an answer it has it back when the time of the loan is over.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(1);

/// Asks the server at this address, with the credential of the `RTCIceServer`.
pub(super) async fn ask(address: SocketAddr, server: &IceServer) -> Finding {
    if server.credential.is_empty() {
        return Finding::NoPassword;
    }
    let mut lent = None;
    let finding = patiently(attempt(address, server, &mut lent)).await;
    if let Some((client, line)) = lent {
        // What the server has lent is good, whether or not it hears that it can have it back.
        let _ = timeout(PATIENCE_AT_THE_END, give_back(client, line)).await;
    }
    finding
}

/// What is kept of an allocation.
type Lent = Option<(TurnClientUdp, Line)>;

async fn attempt(address: SocketAddr, server: &IceServer, lent: &mut Lent) -> io::Result<Finding> {
    let mut line = Line::open(address).await?;
    let mut config = TurnConfig::new(TurnCredentials::new(&server.username, &server.credential));
    config.set_address_family(AddressFamily::from(&address));
    config.set_request_retransmits(FIRST_WAIT, PATIENCE, RETRANSMITS, PATIENCE);
    let mut client = TurnClientUdp::allocate(line.local, address, config);
    let mut refusals = Refusals::default();
    loop {
        send_all(&mut client, &mut line).await?;
        while let Some(event) = client.poll_event() {
            if let TurnEvent::AllocationCreated(_, relayed) = event {
                let took = line.took();
                *lent = Some((client, line));
                return Ok(Finding::Relayed { address: relayed, took });
            }
        }
        let TurnPollRet::WaitUntil(moment) = client.poll(line.now()) else {
            // The library gives up. The packets before have said why.
            return Ok(refusals.last.map_or(Finding::Strange, |code| of_refusal(code, &server.username)));
        };
        let (local, now) = (line.local, line.now());
        let Some(packet) = line.receive_until(moment).await? else { continue };
        let Some(answer) = Message::from_bytes(packet).ok().filter(Message::is_response) else {
            return Ok(Finding::NotStun);
        };
        if let Some(code) = refusals.note(&answer) {
            return Ok(of_refusal(code, &server.username));
        }
        client.recv(Transmit::new(packet, TransportType::Udp, address, local), now);
    }
}

/// What the server has refused so far.
#[derive(Default)]
struct Refusals {
    /// The first 401 tells the client realm and nonce, with which it signs (RFC 8489, section 9.2). It can come twice.
    challenge: Option<TransactionId>,
    last: Option<u16>,
}

impl Refusals {
    /// The code, if this answer says that the password is not accepted.
    fn note(&mut self, answer: &Message) -> Option<u16> {
        let code = answer.attribute::<ErrorCode>().ok()?.code();
        if code == ErrorCode::UNAUTHORIZED {
            let id = answer.transaction_id();
            return (*self.challenge.get_or_insert(id) != id).then_some(code);
        }
        self.last = Some(code);
        None
    }
}

/// A password that is not accepted may have been good once: coturn's `use-auth-secret`, and so our server, writes into the
/// name at which second since 1970 it ends.
fn of_refusal(code: u16, username: &str) -> Finding {
    if code != ErrorCode::UNAUTHORIZED {
        return Finding::Refused(code);
    }
    let end = username.split(':').next().and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let end = end.and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(seconds));
    end.and_then(|end| SystemTime::now().duration_since(end).ok()).map_or(Finding::WrongPassword, Finding::Expired)
}

/// A Refresh with a lifetime of 0.
async fn give_back(mut client: TurnClientUdp, mut line: Line) -> io::Result<()> {
    if client.delete(line.now()).is_err() {
        return Ok(());
    }
    loop {
        send_all(&mut client, &mut line).await?;
        let TurnPollRet::WaitUntil(moment) = client.poll(line.now()) else { return Ok(()) };
        let (server, local, now) = (client.remote_addr(), line.local, line.now());
        if let Some(packet) = line.receive_until(moment).await? {
            client.recv(Transmit::new(packet, TransportType::Udp, server, local), now);
        }
    }
}

async fn send_all(client: &mut TurnClientUdp, line: &mut Line) -> io::Result<()> {
    while let Some(transmit) = client.poll_transmit(line.now()) {
        line.send(&transmit.data).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_refused_has_expired_if_its_name_says_so() {
        assert!(matches!(of_refusal(401, "1000000000:ann"), Finding::Expired(_)));
        assert!(matches!(of_refusal(401, "1000000000"), Finding::Expired(_)));
        for username in ["ann", "", "99999999999:ann", "18446744073709551615:ann"] {
            assert_eq!(of_refusal(401, username), Finding::WrongPassword, "{username}");
        }
        assert_eq!(of_refusal(486, "1000000000:ann"), Finding::Refused(486));
    }
}
