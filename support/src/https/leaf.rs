//! The certificate of the server itself: made at each start, for the addresses that the machine has now, and never written
//! to a file.

use std::net::IpAddr;
use std::time::SystemTime;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, SanType, string::Ia5String,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::authority::{Authority, DAY};
use super::names::Names;
use crate::cli::Failure;

/// How many days it is valid, yesterday included. Apple's systems refuse one that lasts longer than 398 days
/// (<https://support.apple.com/en-us/102028>; 825 days when a person has installed the authority).
const DAYS: u32 = 397;

/// A chain of certificates, and the key of the first one.
pub type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// What of these names and addresses the authority may sign for.
pub(super) fn permitted(authority: &Authority, names: Names) -> Names {
    let hosts = names.hosts.into_iter().filter(|host| authority.may_name(host)).collect();
    let addresses = names.addresses.into_iter().filter(|address| authority.may_address(*address)).collect();
    Names { hosts, addresses }
}

/// A certificate for these names and addresses. It says who the server is, and can be used for nothing else.
pub(super) fn issue(authority: &Authority, names: &Names) -> Result<Identity, Failure> {
    let problem = |error| format!("cannot make a certificate for {names:?}: {error}");
    let key = KeyPair::generate().map_err(problem)?;
    let certificate = authority.sign(&parameters(names).map_err(problem)?, &key).map_err(problem)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((vec![certificate], key))
}

fn parameters(names: &Names) -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, "study-zoom server");
    // Browsers look here alone, and not at the common name. An address that stands here as a name is none.
    let hosts = names.hosts.iter().map(|host| Ia5String::try_from(host.as_str()).map(SanType::DnsName));
    let addresses = names.addresses.iter().map(|address: &IpAddr| Ok(SanType::IpAddress(*address)));
    parameters.subject_alt_names = hosts.chain(addresses).collect::<Result<_, rcgen::Error>>()?;
    parameters.is_ca = IsCa::ExplicitNoCa;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let yesterday = SystemTime::now() - DAY;
    parameters.not_before = yesterday.into();
    // The first and the last second count.
    parameters.not_after = (yesterday + DAYS * DAY - std::time::Duration::from_secs(1)).into();
    Ok(parameters)
}
