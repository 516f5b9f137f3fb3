//! The language in which a server answers: English or Korean.

use axum::http::header::{ACCEPT_LANGUAGE, HeaderMap};

/// Whether somebody reads Korean: the query says it (`?ko`, `?lang=ko`), or else the first language that the browser asks for.
pub fn wants_korean(query: Option<&str>, headers: &HeaderMap) -> bool {
    let asked = query.into_iter().flat_map(|query| query.split('&')).find_map(|pair| {
        match pair.strip_prefix("lang=").unwrap_or(pair) {
            "ko" => Some(true),
            "en" => Some(false),
            _ => None,
        }
    });
    asked.unwrap_or_else(|| {
        let languages = headers.get(ACCEPT_LANGUAGE).and_then(|languages| languages.to_str().ok()).unwrap_or_default();
        let first = languages.split([',', ';', '-']).next().unwrap_or_default();
        first.trim().eq_ignore_ascii_case("ko")
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn korean_is_for_those_who_ask_for_it() {
        let asks = |query, languages| {
            wants_korean(query, &HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(languages))]))
        };
        assert!(asks(None, "ko-KR,ko;q=0.9,en;q=0.8"));
        assert!(asks(None, "KO"));
        assert!(asks(Some("ko"), "en") && asks(Some("lang=ko"), "en") && asks(Some("room=demo&lang=ko"), "en"));
        assert!(!asks(Some("en"), "ko") && !asks(Some("lang=en"), "ko"));
        assert!(asks(Some("lang=fr"), "ko"), "what nobody speaks here counts as nothing");
        assert!(!asks(None, "en-US,ko;q=0.5") && !asks(None, "kok") && !wants_korean(None, &HeaderMap::new()));
    }
}
