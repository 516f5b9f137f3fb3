//! A certificate that somebody else has made: `--cert` and `--key`.

use std::path::Path;

use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tracing::warn;

use super::authority::open_to_others;
use super::leaf::Identity;
use super::parsed::Parsed;
use crate::cli::Failure;

/// Reads a chain of certificates, that of the server first, and its key.
///
/// # Errors
/// A text that names the file, what is wrong with it, and what to do.
pub(super) fn read(cert: &Path, key: &Path) -> Result<Identity, Failure> {
    let chain = certificates(cert).map_err(|problem| format!("--cert {}: {problem}", cert.display()))?;
    let parsed = Parsed::of(&chain[0]).ok_or_else(|| {
        format!("--cert {}: the first certificate cannot be read: get it anew from who has made it", cert.display())
    })?;
    if let Some(problem) = parsed.is_out_of_date() {
        return Err(format!("--cert {}: the certificate {problem}: renew it", cert.display()).into());
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        let problem = in_words(&error, "a private key", "PRIVATE KEY");
        format!("--key {}: {problem}", key.display())
    })?;
    if let Some(mode) = open_to_others(key) {
        warn!("--key {0} can be read by others (mode {mode:o}): run: chmod 600 {0}", key.display());
    }
    Ok((chain, private))
}

/// All certificates of a PEM file, at least one.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let problem = |error: &PemError| in_words(error, "a certificate", "CERTIFICATE");
    let certificates = CertificateDer::pem_file_iter(file).map_err(|error| problem(&error))?;
    let certificates = certificates.collect::<Result<Vec<_>, _>>().map_err(|error| problem(&error))?;
    if certificates.is_empty() { Err(problem(&PemError::NoItemsFound)) } else { Ok(certificates) }
}

fn in_words(error: &PemError, what: &str, label: &str) -> String {
    match error {
        PemError::Io(error) => format!("cannot be read: {error}: give a file with {what}, in PEM"),
        PemError::NoItemsFound => {
            format!("holds no {}: it must be a PEM file with -----BEGIN {label}-----", what.trim_start_matches("a "))
        }
        other => format!("is broken: {other}: give a PEM file with -----BEGIN {label}-----"),
    }
}
