//! What a certificate says.

use std::net::IpAddr;

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, NameConstraints};
use x509_parser::prelude::FromDer;

/// A certificate that can be asked.
pub(super) struct Parsed<'a>(X509Certificate<'a>);

impl<'a> Parsed<'a> {
    /// `None`: it is none.
    pub(super) fn of(der: &'a [u8]) -> Option<Self> {
        X509Certificate::from_der(der).ok().map(|(_, certificate)| Self(certificate))
    }

    /// The name of its owner, as a person reads it.
    pub(super) fn common_name(&self) -> String {
        let mut names = self.0.subject().iter_common_name();
        names.next().and_then(|name| name.as_str().ok()).unwrap_or_default().to_owned()
    }

    /// Why it does not count today: `None` if it does.
    pub(super) fn is_out_of_date(&self) -> Option<String> {
        let validity = self.0.validity();
        let now = x509_parser::time::ASN1Time::now();
        if now > validity.not_after {
            Some(format!("expired on {}", validity.not_after))
        } else if now < validity.not_before {
            Some(format!("is not valid before {}: is the clock right?", validity.not_before))
        } else {
            None
        }
    }

    /// Whether this authority may sign for a host. One without constraints may.
    pub(super) fn permits_host(&self, host: &str) -> bool {
        self.permits(|name| match name {
            GeneralName::DNSName(base) => {
                host == *base || host.strip_suffix(base).is_some_and(|below| below.ends_with('.'))
            }
            _ => false,
        })
    }

    /// Whether this authority may sign for an address. One without constraints may.
    pub(super) fn permits_address(&self, address: IpAddr) -> bool {
        let octets = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        self.permits(|name| match name {
            // An address, and a mask of the same length.
            GeneralName::IPAddress(network) if network.len() == 2 * octets.len() => {
                let (network, mask) = network.split_at(octets.len());
                octets.iter().zip(network).zip(mask).all(|((octet, network), mask)| octet & mask == network & mask)
            }
            _ => false,
        })
    }

    fn permits(&self, is_within: impl Fn(&GeneralName<'_>) -> bool) -> bool {
        let Ok(Some(constraints)) = self.0.name_constraints() else { return true };
        let NameConstraints { permitted_subtrees, .. } = constraints.value;
        permitted_subtrees.iter().flatten().any(|subtree| is_within(&subtree.base))
    }
}
