//! A certificate authority of one's own: made once, kept in the folder of the user, trusted by those who install it.
//!
//! A browser trusts a certificate when an authority that it knows has signed it. No public authority signs for
//! `192.168.0.7`, since everybody has such an address. So this machine becomes an authority itself.
//!
//! Whoever has its key can sign certificates that its phones trust. That is why it says of itself for whom it may sign:
//! private addresses and the names of this machine ([name constraints, RFC 5280, section 4.2.1.10]). With a key that is
//! stolen nobody can pose as a bank.
//!
//! [name constraints, RFC 5280, section 4.2.1.10]: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10

use std::ffi::OsString;
use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tracing::warn;

use super::names::host_name;
use super::parsed::Parsed;
use crate::cli::Failure;

/// Key and certificate, for this user alone.
const SECRET: &str = "authority.pem";
/// The certificate, for everybody.
const PUBLIC: &str = "ca.pem";
/// How a certificate begins in a PEM file.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// How long an authority lasts. Nobody installs one every year.
const YEARS: u64 = 10;
/// A day. Clocks of phones are sometimes wrong, so what is made now is valid since yesterday.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The networks for which it may sign: private ones (RFC 1918, RFC 4193), those of a provider (RFC 6598), link-local ones
/// (RFC 3927, RFC 4291) and loopback.
const NETWORKS: [(&str, u8); 9] = [
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("100.64.0.0", 10),
    ("169.254.0.0", 16),
    ("127.0.0.0", 8),
    ("fc00::", 7),
    ("fe80::", 10),
    ("::1", 128),
];

/// The authority of this user.
pub struct Authority {
    file: PathBuf,
    certificate: CertificateDer<'static>,
    /// The certificate as text (RFC 7468).
    pem: String,
    key: KeyPair,
}

impl Authority {
    /// The one in the configuration folder of the user. The first time it is made.
    ///
    /// # Errors
    /// A text that says what is wrong with the folder or the file, and what to do.
    pub fn open() -> Result<Self, Failure> {
        Self::open_in(&folder_of_the_authority(|variable| std::env::var_os(variable))?)
    }

    /// The one in this folder. The first time it is made.
    ///
    /// # Errors
    /// Like those of [`Authority::open`].
    pub fn open_in(folder: &Path) -> Result<Self, Failure> {
        let cannot_write = |error| format!("cannot write into {}: {error}", folder.display());
        make_private(folder).map_err(cannot_write)?;
        let secret = folder.join(SECRET);
        if !secret.try_exists().map_err(cannot_write)? {
            create(folder, &secret)?;
        }
        let authority = Self::read(folder)?;
        if let Some(mode) = open_to_others(&secret) {
            warn!("{0} can be read by others (mode {mode:o}): run: chmod 600 {0}", secret.display());
        }
        authority.publish(folder).map_err(cannot_write)?;
        Ok(authority)
    }

    /// The one in this folder, if it has been made. Nothing is changed.
    ///
    /// # Errors
    /// Like those of [`Authority::open`].
    pub fn look_in(folder: &Path) -> Result<Option<Self>, Failure> {
        if folder.join(SECRET).exists() { Self::read(folder).map(Some) } else { Ok(None) }
    }

    fn read(folder: &Path) -> Result<Self, Failure> {
        let secret = folder.join(SECRET);
        let text =
            std::fs::read_to_string(&secret).map_err(|error| format!("cannot read {}: {error}", secret.display()))?;
        let wrong = |what: &str| {
            let file = secret.display();
            format!("{file}: {what}: move it away, then a new authority is made, which phones have to install anew")
        };
        let pem = text.find(BEGIN).map(|begin| text[begin..].to_owned());
        let pem = pem.ok_or_else(|| wrong("it holds no certificate"))?;
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| wrong(&error.to_string()))?;
        let key = KeyPair::from_pem(&text).map_err(|error| wrong(&format!("it holds no key: {error}")))?;
        let parsed = Parsed::of(&certificate).ok_or_else(|| wrong("it holds no certificate of an authority"))?;
        if let Some(problem) = parsed.is_out_of_date() {
            return Err(wrong(&format!("the authority {problem}")).into());
        }
        Ok(Self { file: folder.join(PUBLIC), certificate, pem, key })
    }

    /// The file with its certificate, for `--ca` and for phones.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its certificate (DER).
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Its certificate (PEM).
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The SHA-256 of its certificate, as phones and browsers show it: 16 bytes on each of two lines, the same wherever it is
    /// shown, since somebody compares them.
    pub fn fingerprint(&self) -> [String; 2] {
        let bytes = Sha256::digest(&self.certificate);
        let in_digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        let (first, second) = bytes.split_at(bytes.len() / 2);
        [in_digits(first) + ":", in_digits(second)]
    }

    /// Whether it may sign for this name.
    pub fn may_name(&self, host: &str) -> bool {
        self.parsed().permits_host(host)
    }

    /// Whether it may sign for this address.
    pub fn may_address(&self, address: IpAddr) -> bool {
        self.parsed().permits_address(address)
    }

    /// Signs a certificate.
    pub(super) fn sign(&self, of: &CertificateParams, key: &KeyPair) -> Result<CertificateDer<'static>, rcgen::Error> {
        // Of the parameters of the issuer only its name goes into what it signs.
        let issuer = Issuer::new(parameters(&self.parsed().common_name()), &self.key);
        Ok(of.signed_by(key, &issuer)?.der().clone())
    }

    fn parsed(&self) -> Parsed<'_> {
        Parsed::of(&self.certificate).expect("it was parsed when it was opened")
    }

    /// Writes the certificate where everybody can read it, unless it is there already.
    fn publish(&self, folder: &Path) -> std::io::Result<()> {
        if std::fs::read_to_string(&self.file).is_ok_and(|there| there == self.pem) {
            return Ok(());
        }
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(self.pem.as_bytes())?;
        file.as_file().set_permissions(Permissions::from_mode(0o644))?;
        file.persist(&self.file)?;
        Ok(())
    }
}

impl std::fmt::Debug for Authority {
    /// Without the key.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Authority").field("file", &self.file).finish_non_exhaustive()
    }
}

/// `$XDG_CONFIG_HOME/study-zoom`, or `~/.config/study-zoom`
/// (<https://specifications.freedesktop.org/basedir-spec/latest/>: a path that is not absolute does not count). `variable`
/// reads the environment.
///
/// # Errors
/// There is neither of the two folders.
pub fn folder_of_the_authority(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Failure> {
    let path = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = path("XDG_CONFIG_HOME").or_else(|| path("HOME").map(|home| home.join(".config")));
    let config =
        config.ok_or("there is no folder for the authority: set HOME or XDG_CONFIG_HOME to an absolute path")?;
    Ok(config.join("study-zoom"))
}

/// The folder is there, and closed to others.
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if open_to_others(folder).is_some() {
        std::fs::set_permissions(folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// The mode of a file or folder that others can read, write or enter.
pub(super) fn open_to_others(path: &Path) -> Option<u32> {
    let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Makes key and certificate, in one file, so that they always fit each other.
///
/// The file gets its name when it is complete. Until then it has a random one, and is created closed to others (mode 0600,
/// `O_EXCL`): not for a moment can anybody else open it. When two servers start at once, the first one wins.
fn create(folder: &Path, secret: &Path) -> Result<(), Failure> {
    let key = KeyPair::generate().map_err(|error| format!("cannot make a key: {error}"))?;
    let host = host_name().unwrap_or_else(|| "this machine".to_owned());
    let certificate = parameters(&format!("study-zoom on {host}"))
        .self_signed(&key)
        .map_err(|error| format!("cannot make the certificate of an authority: {error}"))?;
    let write = || {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(key.serialize_pem().as_bytes())?;
        file.write_all(certificate.pem().as_bytes())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(secret) {
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => Err(error.error),
            _ => Ok(()),
        }
    };
    write().map_err(|error: std::io::Error| format!("cannot write {}: {error}", secret.display()).into())
}

/// An authority of this name. It signs certificates of servers and nothing else: no other authorities either.
fn parameters(name: &str) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    parameters.not_before = (SystemTime::now() - DAY).into();
    parameters.not_after = (SystemTime::now() + Duration::from_secs(YEARS * 365 * DAY.as_secs())).into();
    let hosts = ["localhost".to_owned(), "local".to_owned()].into_iter().chain(host_name());
    let networks =
        NETWORKS.map(|(address, prefix)| CidrSubnet::from_addr_prefix(address.parse().expect("an address"), prefix));
    let permitted_subtrees =
        hosts.map(GeneralSubtree::DnsName).chain(networks.into_iter().map(GeneralSubtree::IpAddress)).collect();
    parameters.name_constraints = Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
    parameters
}
