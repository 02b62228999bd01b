//! The sites that may show a shared page in a frame: exact origins, by TLS only.

use axum::http::Uri;

use crate::WebError;

/// Most sites of a link.
const MOST: usize = 10;
/// Longest name of a host, in bytes.
const LONGEST: usize = 253;

/// Origins in their one form, each once.
///
/// # Errors
/// If one is none, or there are too many.
pub(super) fn origins(texts: &[String]) -> Result<Vec<String>, WebError> {
    let mut origins = Vec::new();
    for text in texts {
        let origin = origin(text.trim()).ok_or_else(|| {
            let detail = format!("'{}' is no origin that can be named", text.trim());
            WebError::parameter(
                "origins",
                &detail,
                "use whole ones such as https://www.example.com, without a path or *",
            )
        })?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    match origins.len() > MOST {
        true => Err(WebError::parameter("origins", "there are too many", "name at most 10")),
        false => Ok(origins),
    }
}

/// An origin as a content policy is to say it. What is no plain name could say something else there.
fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host().to_ascii_lowercase();
    let is_label = |label: &str| {
        let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && is_plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_host = host.len() <= LONGEST && host.split('.').all(is_label);
    let is_bare = matches!(uri.path_and_query().map(|path| path.as_str()), None | Some("/" | ""));
    if uri.scheme_str() != Some("https") || !is_host || !is_bare || text.contains(['@', '#', '?']) {
        return None;
    }
    match authority.as_str().rsplit_once(':') {
        None => Some(format!("https://{host}")),
        Some((_, port)) => match port.parse::<u16>().ok()? {
            0 => None,
            443 => Some(format!("https://{host}")),
            port => Some(format!("https://{host}:{port}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_origins_are_taken() {
        for (text, kept) in [
            ("https://www.example.com", "https://www.example.com"),
            ("https://Intranet.Example.com/", "https://intranet.example.com"),
            ("https://example.com:443", "https://example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(kept));
        }
        for wrong in [
            "http://example.com",
            "https://*.example.com",
            "https://*",
            "*",
            "https://example.com/path",
            "https://example.com?x",
            "https://example.com#x",
            "https://me@example.com",
            "https://example.com;script-src",
            "https://example.com https://evil.example",
            "https://example.com:",
            "https://example.com:0",
            "https://-example.com",
            "https://example..com",
            "https://[::1]",
            "'self'",
            "example.com",
            "data:",
            "",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
        let same = ["https://a.example".to_owned(), " https://A.example/ ".to_owned()];
        assert_eq!(origins(&same).unwrap(), ["https://a.example"]);
        let many: Vec<String> = (0..11).map(|n| format!("https://a{n}.example")).collect();
        assert_eq!(origins(&many).unwrap_err().problem().parameter.as_deref(), Some("origins"));
    }
}
