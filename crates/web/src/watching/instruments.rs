//! What is counted with each question and import, found once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use watch::{Counter, Gauge, Meter, Timing, metrics};

use crate::WebError;

/// What is counted with each question and import.
#[derive(Debug)]
pub(crate) struct Instruments {
    answered: Arc<Counter>,
    refused: Arc<Counter>,
    failed: Arc<Counter>,
    left: Arc<Counter>,
    pub(crate) waited: Arc<Timing>,
    pub(crate) worked: Arc<Timing>,
    pub(super) imports: Imports,
}

/// What is counted with each import.
#[derive(Debug)]
pub(super) struct Imports {
    pub(super) imported: Arc<Counter>,
    pub(super) already: Arc<Counter>,
    pub(super) dry_run: Arc<Counter>,
    pub(super) refused: Arc<Counter>,
    pub(super) failed: Arc<Counter>,
    pub(super) used: Arc<Counter>,
    pub(super) skipped: Arc<Counter>,
    pub(super) took: Arc<Timing>,
    running: AtomicI64,
    running_gauge: Arc<Gauge>,
}

impl Instruments {
    pub(crate) fn of(meter: &Meter) -> Self {
        let ended = |how| meter.counter(&metrics::ENGINE_QUESTIONS, &[("ended", how)]);
        let import = |how| meter.counter(&metrics::IMPORTS, &[("became", how)]);
        let rows = |which| meter.counter(&metrics::IMPORT_ROWS, &[("were", which)]);
        let running_gauge = meter.gauge(&metrics::IMPORTS_RUNNING, &[]);
        running_gauge.set(0.0);
        Self {
            answered: ended("answered"),
            refused: ended("refused"),
            failed: ended("failed"),
            left: ended("left"),
            waited: meter.timing(&metrics::ENGINE_WAIT_SECONDS, &[]),
            worked: meter.timing(&metrics::ENGINE_SECONDS, &[]),
            imports: Imports {
                imported: import("imported"),
                already: import("already"),
                dry_run: import("dry_run"),
                refused: import("refused"),
                failed: import("failed"),
                used: rows("used"),
                skipped: rows("skipped"),
                took: meter.timing(&metrics::IMPORT_SECONDS, &[]),
                running: AtomicI64::new(0),
                running_gauge,
            },
        }
    }

    /// Follows a question; without an end, whoever asked has left.
    pub(crate) fn question(self: &Arc<Self>) -> Question {
        Question { instruments: self.clone(), is_ended: false }
    }
}

impl Imports {
    pub(super) fn run(&self, more: i64) {
        let running = self.running.fetch_add(more, Ordering::Relaxed) + more;
        self.running_gauge.set(running as f64);
    }
}

/// A question to the engine, until it ends.
pub(crate) struct Question {
    instruments: Arc<Instruments>,
    is_ended: bool,
}

impl Question {
    /// It was not admitted.
    pub(crate) fn refused(mut self) {
        self.is_ended = true;
        self.instruments.refused.add(1);
    }

    /// It was asked. What the sender can mend is an answer too.
    pub(crate) fn ended<T>(mut self, answer: &Result<T, WebError>) {
        self.is_ended = true;
        let is_ours = answer.as_ref().is_err_and(WebError::is_ours);
        let counter = if is_ours { &self.instruments.failed } else { &self.instruments.answered };
        counter.add(1);
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if !self.is_ended {
            self.instruments.left.add(1);
        }
    }
}
