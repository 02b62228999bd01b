//! wrk: asks for one address as fast as it is answered, and says how often that was.

use std::process::Command;

use anyhow::{Context, bail};

/// Connections that wrk keeps open.
const CONNECTIONS: u32 = 16;

/// What wrk found.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub a_second: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
}

pub(super) fn is_there() -> bool {
    Command::new("wrk").arg("--version").output().is_ok()
}

/// Asks for so many seconds. Every answer must be a good one.
pub(super) async fn ask(url: String, headers: &[(&str, &str)], seconds: u32) -> anyhow::Result<Asked> {
    let mut command = Command::new("wrk");
    command.args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{seconds}s"), "--latency"]);
    for (name, value) in headers {
        command.args(["-H", &format!("{name}: {value}")]);
    }
    let done = tokio::task::spawn_blocking(move || command.arg(url).output()).await?;
    read(&String::from_utf8_lossy(&done.context("wrk can't be started")?.stdout))
}

fn read(text: &str) -> anyhow::Result<Asked> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        bail!("not every answer was a good one:\n{text}");
    }
    let behind = |word: &str| {
        let mut lines = text.lines().map(str::trim);
        lines
            .find_map(|line| line.strip_prefix(word))
            .map(str::trim)
            .with_context(|| format!("no {word} in\n{text}"))
    };
    let time = |word: &str| -> anyhow::Result<f64> {
        let text = behind(word)?;
        let unit = [("us", 1e-3), ("ms", 1.0), ("s", 1e3)].into_iter().find(|(unit, _)| text.ends_with(unit));
        let (unit, to_ms) = unit.with_context(|| format!("'{text}' is no time"))?;
        Ok(text.trim_end_matches(unit).parse::<f64>()? * to_ms)
    };
    Ok(Asked { a_second: behind("Requests/sec:")?.parse()?, p50: time("50%")?, p99: time("99%")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_read() {
        let text = "  Latency Distribution\n     50%  500.00us\n     99%    2.30ms\n  1 requests in 2.00s\nRequests/sec:  24500.50\n";
        assert_eq!(read(text).unwrap(), Asked { a_second: 24_500.5, p50: 0.5, p99: 2.3 });
        assert!(read("  Non-2xx or 3xx responses: 7\nRequests/sec: 1\n").is_err());
    }
}
