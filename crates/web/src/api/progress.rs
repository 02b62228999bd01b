//! `GET /api/v1/imports/progress/{token}`: how far an upload is, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use crate::WebError;
use crate::access::{Import, May};
use crate::params::Params;
use crate::problem::ProblemOut;
use crate::progress::Course;

/// Shortest time between two events.
const PACE: Duration = Duration::from_millis(100);
/// For so long is waited for an upload to begin, or to say something.
const PATIENCE: Duration = Duration::from_secs(60);

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressOut {
    /// `checking` whether it came in before, `reading` rows, `applying` them.
    #[schema(value_type = String, example = "reading")]
    pub stage: ledger::Stage,
    /// Bytes of the file done at this stage.
    pub bytes_done: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows used so far.
    pub rows: u64,
}

/// How far the upload is that is sent with this token in the field `progress`: events `progress`, then one `end`. It may be asked
/// before the upload begins. The report of the import is the answer to the upload itself.
#[utoipa::path(get, path = "/api/v1/imports/progress/{token}", tag = "imports",
    params(("token" = String, Path, description = "What the sender made up: 16 to 64 letters, digits and hyphens")), responses(
    (status = 200, description = "Events; the data of `progress` is this", body = ProgressOut, content_type = "text/event-stream"),
    (status = 400, description = "It is no token", body = ProblemOut, content_type = "application/problem+json"),
    (status = 503, description = "Too many uploads are followed", body = ProblemOut, content_type = "application/problem+json"),
))]
pub(crate) async fn follow(
    state: May<Import>,
    Path(token): Path<String>,
    params: Params,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, WebError> {
    params.done()?;
    let course = state.courses.follow(&token)?.ok_or_else(|| {
        WebError::told(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too many uploads are followed",
            "there is no room to tell of this one",
        )
        .remedy("wait for the answer to the upload; it has the report")
    })?;
    let (events, told) = mpsc::channel(4);
    tokio::spawn(send(course, events));
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::default()))
}

/// Sends what is new until it is over, nobody listens, or nothing was said for a long time.
async fn send(mut course: watch::Receiver<Course>, events: mpsc::Sender<Result<Event, Infallible>>) {
    course.mark_changed();
    while let Ok(Ok(())) = tokio::time::timeout(PATIENCE, course.changed()).await {
        let now = *course.borrow_and_update();
        let event = match now {
            Course::Awaited => continue,
            Course::Underway(ledger::Progress { stage, bytes_done, bytes, rows }) => {
                let progress = ProgressOut { stage, bytes_done, bytes, rows };
                Event::default().event("progress").json_data(progress).unwrap_or_default()
            }
            Course::Over => Event::default().event("end").data("{}"),
        };
        if events.send(Ok(event)).await.is_err() || now == Course::Over {
            return;
        }
        tokio::time::sleep(PACE).await;
    }
}
