//! How much one user, one address and all together may have.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Instant;

use turn_types::stun::attribute::ErrorCode;

/// The bounds of a TURN server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Allocations at once, by everybody: 256. Each is a socket, and a process on Linux has 1024 by default.
    pub allocations: usize,
    /// Allocations at once by one user: 16. A browser makes one for each of its networks, and again at an ICE restart.
    pub allocations_per_user: usize,
    /// Allocations at once from one IP address (for IPv6: one /64): 64. Several people can be behind one router.
    pub allocations_per_address: usize,
    /// Peers (IP addresses) that an allocation lets through at once: 64.
    pub permissions: usize,
    /// Channels of an allocation at once: 64.
    pub channels: usize,
    /// Bytes per second that pass for one user, both directions and all allocations together: 2 000 000. A call of the
    /// course has about a third of that. What is more is dropped, as a router does, and a call sends less then.
    pub bytes_per_second: u32,
    /// Bytes of the longest packet: 2048. Calls keep below the 1500 of an Ethernet. Longer ones are dropped; the server
    /// takes none above 8192.
    pub packet_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allocations: 256,
            allocations_per_user: 16,
            allocations_per_address: 64,
            permissions: 64,
            channels: 64,
            bytes_per_second: 2_000_000,
            packet_bytes: 2048,
        }
    }
}

/// Tokens that come back with time; at most those of one second are kept.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// Full.
    pub(super) fn new(per_second: f64, now: Instant) -> Self {
        Self { per_second, tokens: per_second, filled: now }
    }

    /// Takes so many tokens, or none when there are fewer.
    pub(super) fn take(&mut self, amount: f64, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * self.per_second).min(self.per_second);
        self.filled = now;
        let enough = self.tokens >= amount;
        if enough {
            self.tokens -= amount;
        }
        enough
    }
}

/// What a user has at the moment.
#[derive(Debug)]
struct Usage {
    allocations: usize,
    bytes: Bucket,
}

/// Who has how much. A user or an address without an allocation is not in here.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    users: HashMap<String, Usage>,
    addresses: HashMap<IpAddr, usize>,
    all: usize,
}

impl Quotas {
    /// Counts one more allocation, or says with which error code (RFC 8656, section 7.2) there is none.
    pub(super) fn admit(&mut self, user: &str, address: IpAddr, limits: &Limits, now: Instant) -> Result<(), u16> {
        let address = network(address);
        let of_user = self.users.get(user).map_or(0, |usage| usage.allocations);
        let of_address = self.addresses.get(&address).copied().unwrap_or(0);
        if of_user >= limits.allocations_per_user {
            return Err(ErrorCode::ALLOCATION_QUOTA_REACHED);
        }
        if of_address >= limits.allocations_per_address || self.all >= limits.allocations {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        let bytes = || Bucket::new(f64::from(limits.bytes_per_second), now);
        self.users.entry(user.to_owned()).or_insert_with(|| Usage { allocations: 0, bytes: bytes() }).allocations += 1;
        *self.addresses.entry(address).or_default() += 1;
        self.all += 1;
        Ok(())
    }

    /// Counts one allocation less: the opposite of [`Quotas::admit`].
    pub(super) fn release(&mut self, user: &str, address: IpAddr) {
        let address = network(address);
        if let Some(usage) = self.users.get_mut(user) {
            usage.allocations -= 1;
            if usage.allocations == 0 {
                self.users.remove(user);
            }
        }
        if let Some(count) = self.addresses.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.addresses.remove(&address);
            }
        }
        self.all -= 1;
    }

    /// Whether so many bytes may pass for a user now.
    pub(super) fn spend(&mut self, user: &str, bytes: usize, now: Instant) -> bool {
        self.users.get_mut(user).is_some_and(|usage| usage.bytes.take(bytes as f64, now))
    }

    /// How many users, addresses and allocations are counted.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.users.len(), self.addresses.len(), self.all]
    }
}

/// A customer of a provider has one IPv4 address, but 2⁶⁴ of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_lets_a_second_pass_at_once_and_then_its_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(1000.0, start);
        assert!(bucket.take(1000.0, start));
        assert!(!bucket.take(1.0, start));
        assert!(!bucket.take(101.0, start + Duration::from_millis(100)));
        assert!(bucket.take(99.0, start + Duration::from_millis(100)));
        assert!(!bucket.take(1001.0, start + Duration::from_secs(100)), "no more than a second is kept");
    }

    #[test]
    fn quotas_are_for_a_user_an_address_and_all() {
        let now = Instant::now();
        let limits =
            Limits { allocations: 5, allocations_per_user: 2, allocations_per_address: 3, ..Limits::default() };
        let mut quotas = Quotas::default();
        let mut admit = |user: &str, address: &str| quotas.admit(user, address.parse().unwrap(), &limits, now);
        assert_eq!(admit("alice", "192.0.2.1"), Ok(()));
        assert_eq!(admit("alice", "192.0.2.1"), Ok(()));
        assert_eq!(admit("alice", "192.0.2.9"), Err(486));
        assert_eq!(admit("bob", "192.0.2.1"), Ok(()));
        assert_eq!(admit("bob", "192.0.2.1"), Err(508), "the address has three");
        assert_eq!(admit("carol", "2001:db8::1"), Ok(()));
        assert_eq!(admit("carol", "2001:db8::2"), Ok(()));
        assert_eq!(admit("dave", "192.0.2.4"), Err(508), "all together have five");
        assert_eq!(quotas.sizes(), [3, 2, 5], "both IPv6 addresses are of one network");
        for (user, address) in [("alice", "192.0.2.1"), ("alice", "192.0.2.1"), ("bob", "192.0.2.1")] {
            quotas.release(user, address.parse().unwrap());
        }
        for address in ["2001:db8::1", "2001:db8::2"] {
            quotas.release("carol", address.parse().unwrap());
        }
        assert_eq!(quotas.sizes(), [0, 0, 0]);
    }
}
