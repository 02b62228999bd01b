//! Every metric that is measured: its name, kind, unit, and what it says.

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Grows; what is kept of a time is by how much.
    Counter,
    /// Goes up and down; what is kept of a time is its mean, its least and its most.
    Gauge,
    /// A spread of values; what is kept of a time is all of them, in buckets.
    Spread,
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name; in OpenMetrics with `adroit_` in front.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its unit, empty for plain numbers.
    pub unit: &'static str,
    /// What it says.
    pub about: &'static str,
}

const fn counter(name: &'static str, unit: &'static str, about: &'static str) -> Known {
    Known { name, kind: Kind::Counter, unit, about }
}

const fn gauge(name: &'static str, unit: &'static str, about: &'static str) -> Known {
    Known { name, kind: Kind::Gauge, unit, about }
}

const fn spread(name: &'static str, unit: &'static str, about: &'static str) -> Known {
    Known { name, kind: Kind::Spread, unit, about }
}

/// Declares each metric once, and lists all of them.
macro_rules! known {
    ($($constant:ident = $made:expr;)*) => {
        $(
            #[doc = concat!("The metric `", stringify!($constant), "`, in small letters.")]
            pub const $constant: Known = $made;
        )*
        /// Every metric that is measured.
        pub const ALL: &[Known] = &[$($constant),*];
    };
}

known! {
    HTTP_REQUESTS = counter("http_requests", "", "Requests answered, by method, route and class of status");
    HTTP_REQUEST_SECONDS = spread("http_request_seconds", "seconds", "From a request's head to the head of its answer, by method and route");
    HTTP_RUNNING = gauge("http_running", "", "Requests being answered");
    ERRORS = counter("errors", "", "What failed for a reason of the server's, and scripts that failed in browsers, by kind");
    CACHE_ANSWERS = counter("cache_answers", "", "Requests for figures, by how they were served: hit, stale, miss, not_modified, stale_on_error");
    CACHE_COALESCED = counter("cache_coalesced", "", "Misses that waited for an answer that another request had asked for");
    CACHE_COMPUTED = counter("cache_computed", "", "Answers that were computed, for misses and refreshes");
    CACHE_REFRESHES = counter("cache_refreshes", "", "Answers computed in the background while the kept one was served");
    CACHE_FAILED = counter("cache_failed", "", "Computations that ended in an error of the server's");
    CACHE_PACKED = counter("cache_packed", "", "Bodies that were compressed");
    CACHE_EVICTED = counter("cache_evicted", "", "Kept answers that had to go for want of room");
    CACHE_AGE_MILLIS = counter("cache_age_millis", "", "The ages of all answers served as kept, added up, in milliseconds");
    CACHE_ENTRIES = gauge("cache_entries", "", "Answers that are kept");
    CACHE_BYTES = gauge("cache_bytes", "bytes", "What the kept answers weigh");
    ENGINE_QUESTIONS = counter("engine_questions", "", "Questions put to the engine, by how they ended: answered, refused, failed, left");
    ENGINE_WAIT_SECONDS = spread("engine_wait_seconds", "seconds", "How long questions waited for a place at the engine");
    ENGINE_SECONDS = spread("engine_seconds", "seconds", "How long the engine worked on a question");
    LINE_ADMITTED = counter("line_admitted", "", "Questions admitted to the engine");
    LINE_WAITED = counter("line_waited", "", "Questions that waited in the line before the engine");
    LINE_REFUSED = counter("line_refused", "", "Questions told to come back later");
    LINE_RUNNING = gauge("line_running", "", "Questions the engine is answering");
    LINE_WAITING = gauge("line_waiting", "", "Questions that wait in the line before the engine");
    IMPORTS = counter("imports", "", "Files and sheets that came in, by what became of them: imported, already, dry_run, refused, failed");
    IMPORT_ROWS = counter("import_rows", "", "Rows of imported files that were used or skipped, by which");
    IMPORT_SECONDS = spread("import_seconds", "seconds", "How long an upload or a file took to be read and applied");
    IMPORTS_RUNNING = gauge("imports_running", "", "Imports under way");
    CHECK_STATE = gauge("check_state", "", "What a self-check found: 1 ok, 0.5 warning, 0 failing, by check");
    CHECK_SECONDS = spread("check_seconds", "seconds", "How long a self-check took, by check");
    PROCESS_CPU_MICROS = counter("process_cpu_micros", "", "Time on processors, in microseconds");
    PROCESS_RESIDENT_BYTES = gauge("process_resident_bytes", "bytes", "Memory in use");
    PROCESS_OPEN_FDS = gauge("process_open_fds", "", "Open files and connections");
    PROCESS_THREADS = gauge("process_threads", "", "Threads");
    VITALS_VISITS = counter("vitals_visits", "", "Visits that browsers told of, by page and device");
    VITALS_PAINS = counter("vitals_pains", "", "What hurt in visits, by kind and page");
    VITALS_LCP_SECONDS = spread("vitals_lcp_seconds", "seconds", "Largest Contentful Paint of visits, by page and device");
    VITALS_INP_SECONDS = spread("vitals_inp_seconds", "seconds", "Interaction to Next Paint of visits, by page and device");
    VITALS_CLS = spread("vitals_cls", "", "Cumulative Layout Shift of visits, by page and device");
    VITALS_FCP_SECONDS = spread("vitals_fcp_seconds", "seconds", "First Contentful Paint of visits, by page and device");
    VITALS_TTFB_SECONDS = spread("vitals_ttfb_seconds", "seconds", "Time to First Byte of visits, by page and device");
    UPTIME_SECONDS = gauge("uptime_seconds", "seconds", "Since the server was started");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_names_of_their_own_that_prometheus_takes() {
        for (n, known) in ALL.iter().enumerate() {
            assert!(known.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{known:?}");
            assert!(ALL[..n].iter().all(|other| other.name != known.name), "{known:?} twice");
            assert!(known.unit.is_empty() || known.name.ends_with(known.unit), "{known:?}");
        }
    }

    #[test]
    fn the_documentation_lists_them() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
        let text = std::fs::read_to_string(path).unwrap();
        for known in ALL {
            let kind = match known.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Spread => "histogram",
            };
            let row = format!("| `{}` | {kind} | {} |", known.name, known.about);
            assert!(text.contains(&row), "docs/operations.md has no row {row}");
        }
    }
}
