//! What the server keeps for one client that relays (RFC 8656, section 3.2).
//!
//! - A **permission** lets the packets of one IP address through to the client. It lasts five minutes.
//! - A **channel** is a number that stands for one peer, address and port: four bytes instead of the 36 of an indication
//!   in front of each packet. It lasts ten minutes.
//!
//! The client renews both as long as it needs them.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use turn_types::stun::attribute::ErrorCode;
use turn_types::stun::message::TransactionId;

use super::clock::Time;
use super::credentials::User;
use super::limits::Limits;

/// RFC 8656, section 9.
const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);
/// RFC 8656, section 12.
const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);

/// A client with a relayed address.
#[derive(Debug)]
pub(super) struct Allocation {
    /// With which username it was made: no other may change it, even one of the same user (RFC 8656, section 5).
    pub(super) username: String,
    /// Whose it is, and until when at the longest.
    pub(super) user: User,
    /// The address that the client tells others, as its relay candidate.
    pub(super) relayed: SocketAddr,
    /// When it ends unless the client refreshes it.
    pub(super) ends: Instant,
    /// The request that made it, and the answer. A client that has not got the answer asks again, in the same words.
    pub(super) made_by: (TransactionId, Vec<u8>),
    permissions: HashMap<IpAddr, Instant>,
    channels: HashMap<u16, Channel>,
    numbers: HashMap<SocketAddr, u16>,
}

#[derive(Debug)]
struct Channel {
    peer: SocketAddr,
    ends: Instant,
}

impl Allocation {
    /// Without permissions and channels.
    pub(super) fn new(
        username: String,
        user: User,
        relayed: SocketAddr,
        ends: Instant,
        made_by: (TransactionId, Vec<u8>),
    ) -> Self {
        let (permissions, channels, numbers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { username, user, relayed, ends, made_by, permissions, channels, numbers }
    }

    /// Whether it has ended: the client has not refreshed it, or its credential has expired.
    pub(super) fn is_over(&self, time: Time) -> bool {
        self.ends <= time.instant || self.user.expires <= time.unix
    }

    /// Lets packets of these addresses through: all of them, or none when that would be too many.
    pub(super) fn permit(&mut self, peers: &[IpAddr], now: Instant, limits: &Limits) -> Result<(), u16> {
        self.permissions.retain(|_, ends| *ends > now);
        let mut new: Vec<_> = peers.iter().filter(|peer| !self.permissions.contains_key(peer)).collect();
        new.sort_unstable();
        new.dedup();
        if self.permissions.len() + new.len() > limits.permissions {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        self.permissions.extend(peers.iter().map(|peer| (*peer, now + PERMISSION_LIFETIME)));
        Ok(())
    }

    /// Binds a channel to a peer, or binds it again for another ten minutes; that is a permission as well. A number stands
    /// for one peer, and a peer has one number (RFC 8656, section 12.2).
    pub(super) fn bind(&mut self, number: u16, peer: SocketAddr, now: Instant, limits: &Limits) -> Result<(), u16> {
        self.channels.retain(|_, channel| channel.ends > now);
        self.numbers.retain(|_, number| self.channels.contains_key(number));
        let is_of_another = self.channels.get(&number).is_some_and(|channel| channel.peer != peer);
        let has_another = self.numbers.get(&peer).is_some_and(|other| *other != number);
        if is_of_another || has_another {
            return Err(ErrorCode::BAD_REQUEST);
        }
        if self.channels.len() >= limits.channels && !self.channels.contains_key(&number) {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        self.permit(&[peer.ip()], now, limits)?;
        self.channels.insert(number, Channel { peer, ends: now + CHANNEL_LIFETIME });
        self.numbers.insert(peer, number);
        Ok(())
    }

    /// Whether packets of this address may pass.
    pub(super) fn permits(&self, peer: IpAddr, now: Instant) -> bool {
        self.permissions.get(&peer).is_some_and(|ends| *ends > now)
    }

    /// The peer of a channel.
    pub(super) fn peer(&self, number: u16, now: Instant) -> Option<SocketAddr> {
        self.channels.get(&number).filter(|channel| channel.ends > now).map(|channel| channel.peer)
    }

    /// The channel of a peer.
    pub(super) fn channel(&self, peer: SocketAddr, now: Instant) -> Option<u16> {
        self.numbers.get(&peer).copied().filter(|number| self.peer(*number, now) == Some(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocation(now: Instant) -> Allocation {
        let user = User { name: "alice".to_owned(), expires: 1_900_000_000 };
        let relayed = "192.0.2.7:50000".parse().unwrap();
        let made_by = (TransactionId::from(1), Vec::new());
        Allocation::new("1900000000:alice".to_owned(), user, relayed, now + Duration::from_secs(600), made_by)
    }

    #[test]
    fn permissions_end_and_are_bounded() {
        let now = Instant::now();
        let limits = Limits { permissions: 2, ..Limits::default() };
        let mut allocation = allocation(now);
        let [one, two, three]: [IpAddr; 3] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(|text| text.parse().unwrap());
        assert_eq!(allocation.permit(&[one, one], now, &limits), Ok(()));
        assert_eq!(allocation.permit(&[two, three], now, &limits), Err(508));
        assert!(!allocation.permits(two, now), "all or none");
        assert_eq!(allocation.permit(&[one, two], now, &limits), Ok(()));
        let later = now + PERMISSION_LIFETIME;
        assert!(!allocation.permits(one, later));
        assert_eq!(allocation.permit(&[three], later, &limits), Ok(()), "what has ended takes no place");
    }

    #[test]
    fn a_channel_is_for_one_peer_until_it_ends() {
        let now = Instant::now();
        let limits = Limits { channels: 2, ..Limits::default() };
        let mut allocation = allocation(now);
        let peers: [SocketAddr; 3] = ["192.0.2.1:1", "192.0.2.1:2", "192.0.2.1:3"].map(|text| text.parse().unwrap());
        assert_eq!(allocation.bind(0x4000, peers[0], now, &limits), Ok(()));
        assert_eq!(allocation.bind(0x4000, peers[0], now, &limits), Ok(()), "again");
        assert_eq!(allocation.bind(0x4000, peers[1], now, &limits), Err(400), "the number is taken");
        assert_eq!(allocation.bind(0x4001, peers[0], now, &limits), Err(400), "the peer has one");
        assert_eq!(allocation.bind(0x4001, peers[1], now, &limits), Ok(()));
        assert_eq!(allocation.bind(0x4002, peers[2], now, &limits), Err(508));
        assert_eq!(allocation.peer(0x4001, now), Some(peers[1]));
        assert_eq!(allocation.channel(peers[1], now), Some(0x4001));
        assert!(allocation.permits(peers[0].ip(), now));
        let later = now + CHANNEL_LIFETIME;
        assert_eq!((allocation.peer(0x4001, later), allocation.channel(peers[1], later)), (None, None));
        assert_eq!(allocation.bind(0x4001, peers[0], later, &limits), Ok(()), "both are free again");
        assert_eq!(allocation.channel(peers[0], later), Some(0x4001));
    }
}
