//! Plain HTTP where readers are to come by TLS: pages are led there, and nothing else is answered.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::guard::{asked_host, without_port};

/// Where readers are led.
struct Led {
    hosts: Vec<String>,
    port: u16,
}

/// Leads whoever asks for a page under one of these host names (without a port) to the same page over TLS at a port.
pub fn redirect(hosts: impl IntoIterator<Item = String>, port: u16) -> Router {
    let led = Led { hosts: hosts.into_iter().collect(), port };
    Router::new().fallback(lead).with_state(Arc::new(led))
}

async fn lead(State(led): State<Arc<Led>>, request: Request) -> Response {
    let name = asked_host(request.headers(), request.uri()).map(without_port).unwrap_or_default();
    let Some(host) = led.hosts.iter().find(|host| without_port(host).eq_ignore_ascii_case(name)) else {
        return refused(StatusCode::MISDIRECTED_REQUEST, "This server does not answer under that name.\n");
    };
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD) && !path.starts_with("/api/");
    // What programs and forms send was readable on the way: they are to be set right, not to go on by themselves.
    if !is_page || request.headers().contains_key(header::AUTHORIZATION) {
        return refused(
            StatusCode::FORBIDDEN,
            "This goes by TLS only: begin the address with https://. Secrets that were sent here are to be replaced.\n",
        );
    }
    let host = match without_port(host) {
        v6 if v6.contains(':') => format!("[{v6}]"),
        name => name.to_owned(),
    };
    let port = if led.port == 443 { String::new() } else { format!(":{}", led.port) };
    let place = format!("https://{host}{port}{path}");
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, place)]).into_response()
}

fn refused(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    async fn asked(method: &str, host: &str, path: &str, with_token: bool) -> (u16, String) {
        let router = redirect(["adroit.example".to_owned(), "[::1]".to_owned()], 8443);
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
        if with_token {
            request = request.header(header::AUTHORIZATION, "Bearer adt_x");
        }
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let place = answer.headers().get(header::LOCATION).map(|place| place.to_str().unwrap().to_owned());
        (answer.status().as_u16(), place.unwrap_or_default())
    }

    #[tokio::test]
    async fn pages_are_led_to_tls_under_names_that_are_known() {
        let led = |place: &str| (308, place.to_owned());
        for (host, path, answer) in [
            (
                "adroit.example",
                "/campaigns?sort=-spend",
                led("https://adroit.example:8443/campaigns?sort=-spend"),
            ),
            ("ADROIT.example:80", "/", led("https://adroit.example:8443/")),
            ("[::1]:80", "/", led("https://[::1]:8443/")),
            ("adroit.example", "//evil.example", led("https://adroit.example:8443//evil.example")),
            ("evil.example", "/", (421, String::new())),
            ("", "/", (421, String::new())),
        ] {
            assert_eq!(asked("GET", host, path, false).await, answer, "{host} {path}");
        }
    }

    #[tokio::test]
    async fn programs_and_forms_are_not_led() {
        for (method, path, with_token) in
            [("POST", "/sign-in", false), ("GET", "/api/v1/overview", false), ("GET", "/campaigns", true)]
        {
            let (status, place) = asked(method, "adroit.example", path, with_token).await;
            assert_eq!((status, place.as_str()), (403, ""), "{method} {path}");
        }
    }
}
