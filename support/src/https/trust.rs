//! How a phone comes to trust this machine: the certificate of the authority, and instructions.
//!
//! They are served over plain http as well: who does not trust the authority yet cannot come over https. That is no secret,
//! but it could be changed on its way. So the instructions say to compare the fingerprint with that in the terminal.

use axum::Router;
use axum::extract::RawQuery;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};
use axum::middleware::map_response;
use axum::response::Html;
use axum::routing::get;

use super::Authority;
use crate::headers::headers;
use crate::language::wants_korean;

/// The page has a style sheet and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// With this type a phone offers to install it.
const AUTHORITY: &str = "application/x-x509-ca-cert";

/// `/ca.pem`, `/ca.crt` (the same in DER, for Android) and `/trust`.
pub(super) fn routes(authority: &Authority) -> Router {
    let (pem, der) = (authority.pem().to_owned(), authority.certificate().to_vec());
    let [english, korean] =
        [include_str!("trust.en.html"), include_str!("trust.ko.html")].map(|page| filled_in(page, authority));
    let file =
        |name| [(CONTENT_TYPE, AUTHORITY.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename={name}"))];
    Router::new()
        .route("/ca.pem", get(async move || (file("study-zoom-ca.pem"), pem)))
        .route("/ca.crt", get(async move || (file("study-zoom-ca.crt"), der)))
        .route(
            "/trust",
            get(async move |RawQuery(query): RawQuery, headers: HeaderMap| {
                Html(if wants_korean(query.as_deref(), &headers) { korean } else { english })
            }),
        )
        .route("/trust.css", get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("trust.css"))))
        .layer(map_response(headers(POLICY)))
}

fn filled_in(page: &str, authority: &Authority) -> String {
    page.replace("{fingerprint}", &authority.fingerprint().join("<br>"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_pages_have_the_same_parts() {
        let parts = |page: &str| {
            let tags = page.split('<').skip(1).filter_map(|rest| rest.split([' ', '>']).next()).map(str::to_owned);
            tags.filter(|tag| ["h2", "li", "section", "code", "a"].contains(&tag.as_str())).collect::<Vec<_>>()
        };
        let [english, korean] = [include_str!("trust.en.html"), include_str!("trust.ko.html")].map(parts);
        assert_eq!(english, korean);
        assert!(english.len() > 20);
    }
}
