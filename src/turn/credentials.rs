//! Who may use the relay, and for how long: passwords that expire, without a list of users.
//!
//! The signaling server and the TURN server share a secret. The signaling server mints a username that says when it
//! expires, and a password that follows from the two; the TURN server computes the same password from the username that
//! it reads. Neither asks the other. coturn calls this its "REST API" (`use-auth-secret`), after
//! <https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00>.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use turn_types::stun::message::{IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials};

use super::clock::unix_now;

/// The realm of the server (RFC 8489, section 9.2): a part of every key, so that one password does not fit elsewhere.
pub const REALM: &str = "study-zoom";

/// The secret of a TURN server. A clone mints what the server accepts.
#[derive(Clone)]
pub struct Credentials {
    secret: Arc<[u8]>,
}

/// What a member of a room is told: `username` and `credential` of an `RTCIceServer` (W3C).
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// `1900000000:alice`: the second since 1970 at which it expires, and who it is for.
    pub username: String,
    /// base64(HMAC-SHA1(secret, username)).
    pub password: String,
    /// How long it lasts from now.
    pub lifetime: Duration,
}

/// What a username says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    /// Whose allocations are counted together.
    pub(super) name: String,
    /// The second since 1970 at which the credential expires, and every allocation with it.
    pub(super) expires: u64,
}

impl Credentials {
    /// With this secret, or with 32 random bytes that nobody knows: then what was minted does not outlive the program.
    pub fn new(secret: Option<Vec<u8>>) -> Self {
        Self { secret: secret.unwrap_or_else(|| rand::random::<[u8; 32]>().to_vec()).into() }
    }

    /// A credential for `user`, from now on. All allocations of one user are limited together, so it should name one
    /// person, in at most 400 bytes. A name without a letter in it is not accepted by the server.
    pub fn mint(&self, user: &str, lifetime: Duration) -> Credential {
        let username = format!("{}:{user}", unix_now().saturating_add(lifetime.as_secs()));
        Credential { password: self.password(&username), username, lifetime }
    }

    /// The password that belongs to a username.
    fn password(&self, username: &str) -> String {
        let mut hmac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        hmac.update(username.as_bytes());
        BASE64_STANDARD.encode(hmac.finalize().into_bytes())
    }

    /// Reads a username. None: it has another form, or has expired. Whether the client knows the password is not said
    /// by this: that is what [`Credentials::key`] is for.
    pub(super) fn user(&self, username: &str, unix: u64) -> Option<User> {
        let (expires, name) = username.split_once(':')?;
        let expires = expires.parse().ok().filter(|expires| *expires > unix)?;
        (!name.is_empty()).then(|| User { name: name.to_owned(), expires })
    }

    /// The key with which a client of this name signs its requests, and the server its answers (RFC 8489, section 9.2.2).
    pub(super) fn key(&self, username: &str) -> IntegrityKey {
        LongTermKeyCredentials::new(username.to_owned(), self.password(username), REALM.to_owned())
            .make_key(IntegrityAlgorithm::Sha1)
    }
}

// The secret and the passwords are in no log.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = formatter.debug_struct("Credential");
        fields.field("username", &self.username).field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf '1900000000:alice' | openssl dgst -sha1 -hmac north -binary | base64`
    #[test]
    fn the_password_is_the_one_that_openssl_computes() {
        let credentials = Credentials::new(Some(b"north".to_vec()));
        assert_eq!(credentials.password("1900000000:alice"), "SnH0MEKWgnUzXU+ElSVhRG+O/9g=");
    }

    #[test]
    fn a_minted_credential_names_its_end_and_its_user() {
        let credentials = Credentials::new(None);
        let minted = credentials.mint("alice", Duration::from_secs(60));
        let user = credentials.user(&minted.username, unix_now()).expect("it is valid now");
        assert_eq!(user.name, "alice");
        assert!(user.expires.abs_diff(unix_now() + 60) <= 1, "{user:?}");
        assert_eq!(minted.password, credentials.clone().password(&minted.username));
        assert_eq!(credentials.user(&minted.username, user.expires), None, "at that second it is over");
        assert!(!format!("{minted:?} {credentials:?}").contains(&minted.password));
    }

    #[test]
    fn two_servers_without_a_secret_do_not_accept_each_others() {
        let (one, other) = (Credentials::new(None), Credentials::new(None));
        assert_ne!(one.password("1900000000:alice"), other.password("1900000000:alice"));
    }

    #[test]
    fn other_usernames_are_refused() {
        let credentials = Credentials::new(None);
        for username in ["", ":", "alice", "1900000000", "1900000000:", ":alice", "-1:alice", "18446744073709551616:a"]
        {
            assert_eq!(credentials.user(username, 1_800_000_000), None, "{username}");
        }
        let user = credentials.user("1900000000:a:b", 1_800_000_000).expect("the first colon counts");
        assert_eq!(user.name, "a:b");
    }
}
