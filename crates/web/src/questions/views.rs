//! Saved views: the address of a page with its choices, under a name.

use axum::http::{StatusCode, Uri};
use store::catalog::{SavedView, ViewError};

use crate::WebError;
use crate::link::Link;

/// Pages that can be saved, by their paths.
const PATHS: [&str; 3] = ["/", "/campaigns", "/analytics"];
/// Longest address, in bytes.
const LONGEST: usize = 2_000;
/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The one form of an address that can be saved: one of ours, with its choices in order, without the workspace, which the view
/// belongs to, and the place in a list.
pub(crate) fn address(text: &str) -> Result<String, WebError> {
    let remedy = "save a view on the page itself: the overview, campaigns or analytics";
    let wrong = |detail: &str| WebError::parameter("address", detail, remedy);
    let uri: Uri = text.parse().map_err(|_| wrong("it is no address"))?;
    let link = Link::of(&uri).without(&["workspace", "after"]);
    // An address with a host of its own leads elsewhere.
    if uri.authority().is_some() || text.starts_with("//") || !PATHS.contains(&link.path()) {
        return Err(wrong("it is no page whose view can be saved"));
    }
    let address = link.canonical().to_string();
    match address.len() > LONGEST {
        true => Err(wrong("it is too long")),
        false => Ok(address),
    }
}

/// Whether a page's view can be saved.
pub(crate) fn can_be_saved(path: &str) -> bool {
    PATHS.contains(&path)
}

/// A name in its one form.
pub(crate) fn name(text: Option<String>) -> Result<String, WebError> {
    let name = text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.contains(char::is_control) {
        return Err(WebError::parameter("name", "it can't name a view", "use 1 to 60 letters"));
    }
    Ok(name)
}

/// A view's number, as an address has it.
pub(crate) fn number(id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| WebError::not_found(format!("there is no saved view {id}")))
}

/// Where a saved view is shown.
pub(crate) fn place(view: &SavedView, workspace: &str) -> String {
    match view.address.parse::<Uri>() {
        Ok(uri) => Link::of(&uri).with("workspace", workspace).to_string(),
        Err(_) => Link::to("/").with("workspace", workspace).to_string(),
    }
}

/// A change of a view that was refused.
pub(crate) fn refused(error: ViewError) -> WebError {
    match error {
        ViewError::NotFound => WebError::not_found(error.to_string()),
        ViewError::Taken(_) => {
            WebError::told(StatusCode::CONFLICT, "taken", "The name is taken", error.to_string())
                .remedy("choose another name, or rename or delete that one first")
        }
        ViewError::TooMany => {
            WebError::told(StatusCode::CONFLICT, "too-many", "There are too many", error.to_string())
                .remedy("delete some that nobody needs")
        }
        ViewError::Catalog(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form_and_lead_nowhere_else() {
        for (text, kept) in [
            (
                "/campaigns?sort=-spend&filter=roas+%3C+1&after=x&workspace=b",
                "/campaigns?filter=roas+%3C+1&sort=-spend",
            ),
            ("/", "/"),
            ("/?range=&compare=none", "/?compare=none"),
            ("/analytics?by=week&by=platform", "/analytics?by=week&by=platform"),
        ] {
            assert_eq!(address(text).unwrap(), kept);
        }
        for wrong in [
            "https://evil.example/campaigns",
            "//evil.example/",
            "/imports",
            "",
            "javascript:alert(1)",
            "/campaigns/7",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
