//! The theme that a visitor chose: light, dark, or whichever the device says. It is remembered in a cookie, so that the page
//! comes in its colours at once.

use axum::http::{HeaderMap, header};

/// The theme that a visitor chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) enum Theme {
    /// Whichever the device says.
    #[default]
    Device,
    Light,
    Dark,
}

impl Theme {
    /// The theme in the cookie `theme`; anything unknown counts as none.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
        let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).map(str::trim);
        match pairs.find_map(|pair| pair.strip_prefix("theme=")) {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Device,
        }
    }

    /// The word in the page; empty for the device's.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Device => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        for (cookies, theme) in [
            ("theme=dark", Theme::Dark),
            ("a=1; theme=light; b=2", Theme::Light),
            ("mytheme=dark", Theme::Device),
            ("theme=\"><script>", Theme::Device),
            ("", Theme::Device),
        ] {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookies))]);
            assert_eq!(Theme::of(&headers), theme, "{cookies}");
        }
    }
}
