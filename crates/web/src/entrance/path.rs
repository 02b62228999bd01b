//! Where somebody is led after signing in: to a page of ours, whatever they were sent with.

use axum::http::Uri;

/// The path of ours that a text names; the first page if it names none.
pub(crate) fn next(text: Option<&str>) -> String {
    let own = |text: &&str| {
        let is_plain = text.bytes().all(|byte| (b'!'..=b'~').contains(&byte) && byte != b'\\');
        // Two slashes would begin the name of another host.
        let is_path = text.starts_with('/') && !text.starts_with("//") && is_plain;
        let is_ours = |uri: Uri| uri.scheme().is_none() && uri.authority().is_none();
        is_path && text.parse().is_ok_and(is_ours) && !text.starts_with("/sign-in")
    };
    text.filter(own).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for (text, led) in [
            ("/campaigns?sort=-spend", "/campaigns?sort=-spend"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\r\nSet-Cookie: x=y", "/"),
            ("campaigns", "/"),
            ("/sign-in?next=/", "/"),
            ("", "/"),
        ] {
            assert_eq!(next(Some(text)), led, "{text:?}");
        }
        assert_eq!(next(None), "/");
    }
}
