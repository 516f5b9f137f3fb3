//! The kinds of NAT, as rules of nftables.
//!
//! The kernel has one NAT, `masquerade`, and it is port-restricted. The other kinds are that one with a rule more. The
//! names are the old ones (RFC 3489, section 5), because people use them; RFC 4787 splits each into how an address is mapped
//! and who may send to it.

use std::fmt;

/// What stands between a host and the public network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Nothing: the host has a public address.
    None,
    /// One address outside towards everybody, and everybody may send to it.
    FullCone,
    /// One address outside, and only hosts may send to it to which something was sent.
    AddressRestricted,
    /// One address outside, and only ports of hosts may send to it to which something was sent.
    PortRestricted,
    /// For each destination another address outside, and only that destination may send to it.
    Symmetric,
    /// Port-restricted, with a firewall that lets UDP go to the server and nowhere else, as in some offices.
    Blocked,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::None, Self::FullCone, Self::AddressRestricted, Self::PortRestricted, Self::Symmetric, Self::Blocked];

    /// The rules for a router with one host inside. `in` and `out` are its two networks.
    pub(crate) fn rules(self, host: &str, server: &str) -> String {
        // What reaches the router itself is dropped without an answer. It is more than politeness: a packet that is let in
        // takes the port that the host's own packet would have had in a moment.
        let masquerade = if self == Self::Symmetric { "masquerade fully-random" } else { "masquerade" };
        let outgoing = if self == Self::Blocked { format!("udp ip daddr != {server} drop") } else { String::new() };
        let outgoing = outgoing.replace("udp ip", "meta l4proto udp ip");
        let (remember, open) = match self {
            Self::FullCone => (String::new(), format!("iifname out meta l4proto udp dnat to {host}")),
            // A plain masquerade keeps the port, so the port outside is the one inside.
            Self::AddressRestricted => (
                "iifname in meta l4proto udp update @sent { ip daddr . udp sport }".to_owned(),
                format!("iifname out ip saddr . udp dport @sent dnat to {host}"),
            ),
            _ => (String::new(), String::new()),
        };
        format!(
            "table ip router {{
                set sent {{ type ipv4_addr . inet_service; flags dynamic; size 4096; timeout 2m; }}
                chain input {{ type filter hook input priority filter; policy drop; iifname != out accept; }}
                chain forward {{
                    type filter hook forward priority filter; policy drop;
                    {remember}
                    iifname in {outgoing}
                    iifname in accept
                    ct state established,related accept
                    ct status dnat accept
                }}
                chain before {{ type nat hook prerouting priority dstnat; {open}; }}
                chain after {{ type nat hook postrouting priority srcnat; oifname out {masquerade}; }}
            }}\n"
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::FullCone => "full cone",
            Self::AddressRestricted => "address-restricted",
            Self::PortRestricted => "port-restricted",
            Self::Symmetric => "symmetric",
            Self::Blocked => "UDP blocked",
        })
    }
}
