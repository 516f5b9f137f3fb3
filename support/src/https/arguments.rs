//! The options of the command line, the same in all chapters.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::authority::Authority;
use super::leaf::{issue, permitted};
use super::names::Names;
use super::{Https, own};
use crate::cli::Failure;
use crate::{print_line, qr};

/// Whether a server speaks https, and with which certificate.
#[derive(Debug, Default, clap::Args)]
pub struct HttpsArguments {
    /// Serve https to the local network, with a certificate that is made here (docs/https.md)
    #[arg(long, conflicts_with_all = ["cert", "key"])]
    lan: bool,
    /// Serve https with this certificate: a PEM file, the server's own certificate first
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The private key of --cert: a PEM file
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
}

/// What a server speaks on its port, and what is to be said about that.
#[derive(Debug)]
pub struct Chosen {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// What the server needs for https.
    pub https: Option<Https>,
    local: Option<(Authority, Names)>,
}

impl HttpsArguments {
    /// Where to listen: `given`, or else the usual address, which is that of all networks with `--lan`.
    pub fn addr(&self, given: Option<String>, usual: &str) -> String {
        match given {
            Some(given) => given,
            None if self.lan => usual.replace("127.0.0.1", "0.0.0.0"),
            None => usual.to_owned(),
        }
    }

    /// Reads or makes the certificate of a server that listens here.
    ///
    /// # Errors
    /// A text that says which file or address is wrong, and what to do.
    pub fn choose(&self, listens: SocketAddr) -> Result<Chosen, Failure> {
        if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            let https = Https::new(own::read(cert, key)?, None).map_err(|error| unusable(&error, cert, key))?;
            return Ok(Chosen { scheme: "https", https: Some(https), local: None });
        }
        if !self.lan {
            return Ok(Chosen { scheme: "http", https: None, local: None });
        }
        let authority = Authority::open()?;
        if !listens.ip().is_unspecified() && !authority.may_address(listens.ip()) {
            let address = listens.ip();
            return Err(format!(
                "--lan: {address} is not a private address, and the authority may not sign for it: give a certificate \
                 for it, with --cert and --key"
            )
            .into());
        }
        let names = permitted(&authority, Names::of_this_machine());
        let https = Https::new(issue(&authority, &names)?, Some(&authority))?;
        Ok(Chosen { scheme: "https", https: Some(https), local: Some((authority, names)) })
    }
}

fn unusable(error: &rustls::Error, cert: &std::path::Path, key: &std::path::Path) -> String {
    let (cert, key) = (cert.display(), key.display());
    match error {
        rustls::Error::InconsistentKeys(_) => format!(
            "--key {key} is not the key of the first certificate in --cert {cert}: the server's own certificate comes \
             first, those of authorities after it"
        ),
        other => format!("--cert {cert} and --key {key} cannot be used: {other}"),
    }
}

impl Chosen {
    /// Where other machines find a server of `--lan` that listens here: `https://192.168.0.7:3000`.
    pub fn elsewhere(&self, listens: SocketAddr) -> Option<String> {
        let (_, names) = self.local.as_ref()?;
        let address = reachable(names, listens.ip()).into_iter().find(|address| !address.is_loopback())?;
        Some(format!("https://{}", SocketAddr::new(address, listens.port())))
    }

    /// The file to give to `--ca`, for a server of `--lan`: the certificate of its authority, as one types it in a shell.
    pub fn ca(&self) -> Option<String> {
        let (authority, _) = self.local.as_ref()?;
        Some(typed(authority.file(), std::env::var_os("HOME").as_deref().map(Path::new)))
    }

    /// Prints where phones find a server of `--lan` that listens here, and how they come to trust it.
    pub fn say(&self, listens: SocketAddr) {
        let Some((authority, names)) = &self.local else { return };
        let port = listens.port();
        let addresses = reachable(names, listens.ip());
        let first = addresses.first().map(|address| SocketAddr::new(*address, port));
        print_line!(
            "{}",
            match first {
                Some(_) => "Open it on a phone or another machine in the same network:",
                None => "This machine has no private address: connect it to a network, and start the server again.",
            }
        );
        for address in &addresses {
            print_line!("  https://{}", SocketAddr::new(*address, port));
        }
        let is_everywhere = listens.ip().is_unspecified() && first.is_some();
        for host in names.hosts.iter().filter(|host| is_everywhere && host.ends_with(".local")) {
            print_line!("  https://{host}:{port}");
        }
        // Somebody who has redirected the output wants lines, and no picture.
        if let Some(first) = first
            && std::io::stdout().is_terminal()
            && let Some(code) = qr::in_terminal(&format!("https://{first}"))
        {
            print_line!("{code}");
        }
        let trust = first.unwrap_or(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port));
        print_line!("A browser warns until it trusts this machine. How it comes to do so, once: http://{trust}/trust");
        print_line!("The authority: {}, with this SHA-256 fingerprint:", authority.file().display());
        let [first, second] = authority.fingerprint();
        print_line!("  {first}\n  {second}");
    }
}

/// A path as a shell takes it. What is below the home folder begins with `~`: so whoever reads it does not learn the name of
/// the user.
fn typed(file: &Path, home: Option<&Path>) -> String {
    let below = home.and_then(|home| file.strip_prefix(home).ok());
    let (start, path) = if let Some(below) = below { ("~/", below) } else { ("", file) };
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) {
        format!("{start}{path}")
    } else {
        format!("{start}'{}'", path.replace('\'', r"'\''"))
    }
}

/// The addresses under which others reach a server that listens here.
fn reachable(names: &Names, listens: IpAddr) -> Vec<IpAddr> {
    if !listens.is_unspecified() {
        return vec![listens];
    }
    // A link-local IPv6 address means nothing without the name of the network card.
    let is_useful = |address: &IpAddr| match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => listens.is_ipv6() && address.is_unique_local(),
    };
    names.addresses.iter().copied().filter(is_useful).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lan_listens_everywhere_unless_told_otherwise() {
        let lan = HttpsArguments { lan: true, ..HttpsArguments::default() };
        assert_eq!(lan.addr(None, "127.0.0.1:3000"), "0.0.0.0:3000");
        assert_eq!(lan.addr(Some("127.0.0.1:0".to_owned()), "127.0.0.1:3000"), "127.0.0.1:0");
        assert_eq!(HttpsArguments::default().addr(None, "127.0.0.1:3000"), "127.0.0.1:3000");
    }

    #[test]
    fn a_path_can_be_typed_as_it_stands_and_does_not_name_the_user() {
        let shown = |file: &str| typed(Path::new(file), Some(Path::new("/home/ann")));
        assert_eq!(shown("/home/ann/.config/study-zoom/ca.pem"), "~/.config/study-zoom/ca.pem");
        assert_eq!(shown("/home/anna/ca.pem"), "/home/anna/ca.pem");
        assert_eq!(shown("/home/ann/Ann's files/ca.pem"), r"~/'Ann'\''s files/ca.pem'");
        assert_eq!(typed(Path::new("/etc/study-zoom/ca.pem"), None), "/etc/study-zoom/ca.pem");
    }

    #[test]
    fn only_addresses_that_others_reach_are_printed() {
        let addresses = ["192.168.0.7", "169.254.1.1", "fe80::1", "fd00::7", "127.0.0.1", "::1"];
        let names = Names { hosts: Vec::new(), addresses: addresses.map(|address| address.parse().unwrap()).into() };
        let shown = |listens: &str| {
            reachable(&names, listens.parse().unwrap()).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(shown("0.0.0.0"), ["192.168.0.7"]);
        assert_eq!(shown("::"), ["192.168.0.7", "fd00::7"]);
        assert_eq!(shown("127.0.0.1"), ["127.0.0.1"]);
    }
}
