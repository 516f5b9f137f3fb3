//! The nonce of the server (RFC 8489, section 9.2): a client must have been answered at its address before it is believed.
//!
//! The nonce is not remembered but computed: it says until when it is valid, and a keyed hash of that and of the client's
//! address. So a stranger who asks from a hundred thousand addresses leaves nothing behind here.

use std::net::SocketAddr;

use hmac::{Hmac, Mac};
use sha1::Sha1;

/// How long a nonce is valid, in seconds. A client that uses it longer is told a new one, with error 438.
const LIFETIME: u64 = 3600;

/// Makes and checks nonces.
#[derive(Debug)]
pub(super) struct Nonces {
    key: [u8; 32],
}

impl Nonces {
    /// With a random key: a restart makes every nonce stale, and the clients get new ones.
    pub(super) fn new() -> Self {
        Self { key: rand::random() }
    }

    /// A nonce for this client.
    pub(super) fn make(&self, client: SocketAddr, unix: u64) -> String {
        self.ending_at(unix.saturating_add(LIFETIME), client)
    }

    /// Whether this server made it for this client, and not too long ago.
    pub(super) fn is_fresh(&self, nonce: &str, client: SocketAddr, unix: u64) -> bool {
        let ends = nonce.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        ends.is_some_and(|ends| ends > unix && nonce == self.ending_at(ends, client))
    }

    /// Who guesses one may only begin to guess the password, so 64 bits of the hash are enough.
    fn ending_at(&self, ends: u64, client: SocketAddr) -> String {
        let mut hmac = Hmac::<Sha1>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        hmac.update(format!("{ends} {client}").as_bytes());
        let hash = hmac.finalize().into_bytes();
        let hash = u64::from_be_bytes(hash[..8].try_into().expect("SHA-1 has 20 bytes"));
        format!("{ends:016x}{hash:016x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_for_one_client_and_one_hour() {
        let (nonces, unix) = (Nonces::new(), 1_800_000_000);
        let [alice, bob]: [SocketAddr; 2] = ["192.0.2.1:4000", "192.0.2.1:4001"].map(|text| text.parse().unwrap());
        let nonce = nonces.make(alice, unix);
        assert!(nonces.is_fresh(&nonce, alice, unix + LIFETIME - 1));
        assert!(!nonces.is_fresh(&nonce, alice, unix + LIFETIME));
        assert!(!nonces.is_fresh(&nonce, bob, unix));
        assert!(!Nonces::new().is_fresh(&nonce, alice, unix), "another server made it");
        for wrong in ["", "0", "ffffffffffffffff0000000000000000", &nonce[1..], "ééééééééé"] {
            assert!(!nonces.is_fresh(wrong, alice, unix), "{wrong}");
        }
    }
}
