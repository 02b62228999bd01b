//! Kept answers: what they take inside the server, and how many leave it in a second.

use std::time::{Duration, Instant};

use anyhow::bail;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, header};
use tower::ServiceExt;
use web::{AppState, Limits};

use super::fact::{Fact, a_second, ms};
use super::nginx::Nginx;
use super::questions::OVERVIEW;
use super::{Lengths, TAKES, wrk};
use crate::server::{Client, Server};
use crate::timing::Times;

/// How often an answer is asked for inside the server.
const INSIDE: usize = 20_000;

pub(super) async fn facts(server: &Server, lengths: Lengths) -> anyhow::Result<Vec<Fact>> {
    // Long enough that nothing is due while it is measured: what is due is measured elsewhere.
    let mut limits = Limits::default();
    limits.keeping.fresh = Duration::from_secs(3600);
    let kept = server.beside(limits).await?;
    let mut facts = Vec::new();
    for (what, path) in [("overview", OVERVIEW), ("overview page", "/")] {
        let mut client = Client::connect(kept.address).await?;
        client.ask(path, &[TAKES]).await?;
        // What is asked often is packed tighter, in the background.
        for _ in 0..50 {
            client.ask(path, &[TAKES]).await?;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let answer = client.ask(path, &[TAKES]).await?;
        let text = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        if !text("cache-status").contains("hit") || text("content-encoding") != "br" {
            bail!("{path} is not warm: {:?}", answer.headers());
        }
        let (tag, body) = (text("etag"), answer.into_body());
        let size = format!("{:.1} kB", body.len() as f64 / 1000.0);

        let inside = inside(&kept.state, path).await?;
        facts.push(Fact::new(
            format!("warm {what}, inside the server, p50"),
            ms(inside.median()),
            if path == OVERVIEW { "0.3 ms" } else { "" },
        ));
        facts.push(Fact::new(
            format!("warm {what}, inside the server, p99"),
            ms(inside.p99()),
            if path == OVERVIEW { "2 ms" } else { "" },
        ));
        let url = format!("http://{}{path}", kept.address);
        let ours = wrk::ask(url.clone(), &[TAKES], lengths.usual).await?;
        facts.push(Fact::new(
            format!("warm {what} ({size} of brotli) over loopback"),
            format!("{} (p50 {}, p99 {})", a_second(ours.a_second), ms(ours.p50), ms(ours.p99)),
            "15,000/s",
        ));
        let unchanged = wrk::ask(url, &[TAKES, ("if-none-match", &tag)], lengths.usual).await?;
        facts.push(Fact::new(
            format!("  304 in its place, {what}"),
            a_second(unchanged.a_second),
            "more than that",
        ));
        let nginx = Nginx::start(&body)?;
        let theirs = wrk::ask(format!("http://{}/", nginx.address), &[TAKES], lengths.usual).await?;
        drop(nginx);
        facts.push(Fact::new(
            format!("  nginx, a file of {size}"),
            format!("{} (p50 {}, p99 {})", a_second(theirs.a_second), ms(theirs.p50), ms(theirs.p99)),
            "",
        ));
        let ratio = ours.a_second / theirs.a_second;
        facts.push(Fact::new(format!("  {what}, ours to nginx"), format!("{ratio:.2}"), "0.5"));
    }
    Ok(facts)
}

/// Through everything that a request goes through, but the connection.
async fn inside(state: &AppState, path: &str) -> anyhow::Result<Times> {
    let router = web::router(state.clone());
    let mut times = Times::default();
    for _ in 0..INSIDE {
        let request = Request::get(path).header(header::HOST, "127.0.0.1").header(TAKES.0, TAKES.1);
        let request = request.body(Empty::<Bytes>::new())?;
        let start = Instant::now();
        let response = router.clone().oneshot(request).await?;
        let body = response.into_body().collect().await;
        times.since(start);
        if body.is_ok_and(|body| body.to_bytes().is_empty()) {
            bail!("{path} was answered with nothing");
        }
    }
    Ok(times)
}
