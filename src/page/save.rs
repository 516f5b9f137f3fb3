//! Gives the person a file that the page has made.

use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::dom::Dom;

/// Saves a text under this name, in the folder where the browser saves.
pub(super) fn save(dom: &Dom, name: &str, content_type: &str, text: &str) {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    let parts = js_sys::Array::of1(&text.into());
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options)
        && let Ok(url) = Url::create_object_url_with_blob(&blob)
    {
        link(dom, name, &url).click();
        // The download has begun, and holds the blob itself.
        let _ = Url::revoke_object_url(&url);
    }
}

/// A link that saves what is at this address.
pub(super) fn link(dom: &Dom, name: &str, url: &str) -> HtmlAnchorElement {
    let link: HtmlAnchorElement = dom.make("a", name).unchecked_into();
    link.set_href(url);
    // With this attribute a link never leads away from the page. The name is a proposal, no path.
    link.set_download(name);
    link
}
