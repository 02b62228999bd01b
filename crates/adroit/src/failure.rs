//! How a command fails: the words people read, and the exit code programs read.
//!
//! 0 done; 1 it failed; 2 what was given is not right (a file that is no report, a question that can't be asked).

use std::process::ExitCode;

use web::ProblemOut;

/// What was given is not right.
pub(crate) const NOT_RIGHT: u8 = 2;

/// A problem that the API told.
#[derive(Debug, thiserror::Error)]
#[error("{}", text(.0))]
pub(crate) struct Told(pub ProblemOut);

fn text(problem: &ProblemOut) -> String {
    let remedy = problem.remedy.as_ref().filter(|remedy| !problem.detail.contains(*remedy));
    let mut text = problem.detail.clone();
    if let Some(remedy) = remedy {
        text = format!("{}: {remedy}", text.trim_end_matches('.'));
    }
    if problem.status >= 500 {
        text = format!("{text} (error {})", problem.error_id);
    }
    text
}

/// Prints an error with its causes, and says which code to exit with.
pub(crate) fn tell(error: &anyhow::Error) -> ExitCode {
    crate::say::complaint(error);
    match error.downcast_ref::<Told>() {
        Some(Told(problem)) if problem.status < 500 => ExitCode::from(NOT_RIGHT),
        _ => ExitCode::FAILURE,
    }
}
