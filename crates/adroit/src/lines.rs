//! An answer's body, line by line.

use anyhow::Context;
use axum::body::Body;
use axum::http::Response;
use http_body_util::BodyExt;

/// The lines of an answer as they come.
pub(crate) struct Lines {
    body: Body,
    rest: Vec<u8>,
}

impl Lines {
    pub fn of(response: Response<Body>) -> Self {
        Self { body: response.into_body(), rest: Vec::new() }
    }

    /// The next line, without its end; none at the end of the answer.
    pub async fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.rest.drain(..=end).collect();
                line.pop();
                return Ok(Some(line));
            }
            let Some(frame) = self.body.frame().await else { return Ok(None) };
            if let Ok(data) = frame.context("the connection to the server ended early")?.into_data() {
                self.rest.extend_from_slice(&data);
            }
        }
    }
}
