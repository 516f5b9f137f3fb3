//! `/help/…`: texts of the course, for those who have the page before them and not the repository.
//!
//! They are the Markdown files of `docs`, as GitHub shows them, with the same anchors. So a link to a place in a text has the
//! same end in both. The texts come into the server when it is built.

/// From Markdown to HTML.
mod markdown;
/// Where the links of a text lead.
mod links;
/// The headings of troubleshooting.
#[cfg(test)]
mod headings;

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use support::language::wants_korean;

use super::CSS_TYPE;
use crate::text::Language;

/// A text under `/help`, in both languages.
struct Help {
    /// Its name: `docs/NAME.md` in the repository, and `/help/NAME` here.
    name: &'static str,
    english: &'static str,
    korean: &'static str,
}

/// A text: `docs/NAME.md` and `docs/NAME.ko.md`.
macro_rules! help {
    ($name:literal) => {
        Help {
            name: $name,
            english: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/", $name, ".md")),
            korean: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/", $name, ".ko.md")),
        }
    };
}

/// All texts, one a line.
const TEXTS: &[Help] = &[
    help!("troubleshooting"),
    help!("glossary"),
    help!("laboratory"),
    help!("connections"),
    help!("https"),
    help!("security"),
    help!("nat"),
    help!("recovery"),
    help!("protocol"),
    help!("scaling"),
    help!("performance"),
];

/// How the line begins that leads to the other language. Here the head of the page does.
const SWITCH: &str = "[English](";

impl Help {
    fn find(name: &str) -> Option<&'static Self> {
        TEXTS.iter().find(|text| text.name == name)
    }

    fn source(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Korean => self.korean,
        }
    }

    /// What its first line says, which is its title.
    fn title(&self, language: Language) -> &'static str {
        self.source(language).lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}

/// The routes. What comes from outside is looked up in [`TEXTS`] and never becomes a path.
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/help",
            get(async |RawQuery(query): RawQuery, headers: HeaderMap| {
                Html(overview(language_of(query.as_deref(), &headers)))
            }),
        )
        .route("/help/style.css", get(async || ([(CONTENT_TYPE, CSS_TYPE)], include_str!("style.css"))))
        .route(
            "/help/{name}",
            get(async |Path(name): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap| {
                answer(&name, language_of(query.as_deref(), &headers))
            }),
        )
}

fn language_of(query: Option<&str>, headers: &HeaderMap) -> Language {
    if wants_korean(query, headers) { Language::Korean } else { Language::English }
}

fn answer(name: &str, language: Language) -> Response {
    match Help::find(name) {
        Some(text) => Html(page(text, language)).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such text: /help lists those that there are\n").into_response(),
    }
}

/// A text as a page.
fn page(text: &Help, language: Language) -> String {
    let lines = text.source(language).lines().filter(|line| !line.starts_with(SWITCH));
    let content = markdown::html(&lines.collect::<Vec<_>>().join("\n"));
    framed(text.title(language), &format!("/help/{}", text.name), language, &content)
}

/// The page that lists the texts.
fn overview(language: Language) -> String {
    let (title, licenses) = match language {
        Language::English => ("Help", "What the page is made of, and its licenses"),
        Language::Korean => ("도움말", "페이지를 이루는 것과 그 라이선스"),
    };
    let items = TEXTS.iter().map(|text| {
        let (name, tag, title) = (text.name, language.tag(), text.title(language));
        format!("<li><a href=\"/help/{name}?lang={tag}\">{title}</a></li>\n")
    });
    let items: String = items.collect();
    let content =
        format!("<h1>{title}</h1>\n<ul>\n{items}</ul>\n<p><a href=\"/pkg/licenses.txt\">{licenses}</a></p>\n");
    framed(title, "/help", language, &content)
}

fn framed(title: &str, path: &str, language: Language, content: &str) -> String {
    let (call, help) = match language {
        Language::English => ("The call", "Help"),
        Language::Korean => ("통화", "도움말"),
    };
    // The content comes last: what stands in it is never taken for a place.
    include_str!("page.html")
        .replace("{lang}", language.tag())
        .replace("{title}", title)
        .replace("{path}", path)
        .replace("{call}", call)
        .replace("{help}", help)
        .replace("{content}", content)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Language; 2] = [Language::English, Language::Korean];

    async fn get(path: &str) -> (String, String) {
        testing::http::get(routes::<()>().with_state(()), path).await
    }

    /// The values of an attribute in a page.
    fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
        page.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    /// What stands in a link for the letters of an anchor (RFC 3986, section 2.1).
    fn decoded(text: &str) -> String {
        let mut parts = text.split('%');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits follow"));
            bytes.extend_from_slice(&part.as_bytes()[2..]);
        }
        String::from_utf8(bytes).expect("it is UTF-8")
    }

    #[tokio::test]
    async fn each_text_is_there_in_both_languages() {
        for text in TEXTS {
            for language in BOTH {
                let (head, page) = get(&format!("/help/{}?lang={}", text.name, language.tag())).await;
                assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: text/html"), "{head}");
                assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
                assert!(page.contains(&format!("<title>{} – study-zoom</title>", text.title(language))), "{page}");
                assert!(!page.contains("{content}") && page.contains("</html>"));
            }
            let (_, list) = get("/help?lang=ko").await;
            assert!(values(&list, "href").contains(&&*format!("/help/{}?lang=ko", text.name)), "{list}");
        }
        let (head, body) = get("/help/nothing").await;
        assert!(head.starts_with("HTTP/1.1 404 ") && body.contains("/help lists"), "{head}{body}");
    }

    #[test]
    fn each_link_within_the_help_has_an_end() {
        let mut count = 0;
        for text in TEXTS {
            for language in BOTH {
                let here = page(text, language);
                for link in values(&here, "href") {
                    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
                    let (path, query) = path.split_once('?').unwrap_or((path, ""));
                    let there = match path {
                        "" => here.clone(),
                        _ => match path.strip_prefix("/help/").and_then(Help::find) {
                            Some(other) if query == "lang=ko" => page(other, Language::Korean),
                            Some(other) => page(other, Language::English),
                            None => {
                                let is_fine = ["/", "/help", "/style.css", "/help/style.css"].contains(&path)
                                    || path.starts_with("https://")
                                    || link == "data:,";
                                assert!(is_fine, "{}: nothing serves {link}", text.name);
                                continue;
                            }
                        },
                    };
                    count += 1;
                    let anchor = decoded(anchor);
                    assert!(anchor.is_empty() || values(&there, "id").contains(&&*anchor), "{}: {link}", text.name);
                }
            }
        }
        assert!(count > 2 * TEXTS.len(), "only {count} links were read");
    }
}
