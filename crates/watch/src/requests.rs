//! Requests: how many, how they ended, how long they took, by route. A route is the pattern of an address, never the address.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::known::{HTTP_REQUEST_SECONDS, HTTP_REQUESTS, HTTP_RUNNING};
use crate::measured::Measured;
use crate::meter::{Counter, Gauge, Meter, Timing};
use crate::series::Series;
use crate::spread::Spread;

/// Most routes and methods together.
const MOST: usize = 300;

/// By method, then by the pattern of the route.
type Routes = HashMap<Box<str>, Vec<(Box<str>, Arc<Route>)>>;

/// Where requests are counted.
#[derive(Debug)]
pub struct Requests {
    routes: RwLock<Routes>,
    running: AtomicI64,
    running_gauge: Arc<Gauge>,
}

#[derive(Debug)]
struct Route {
    /// By class of status, from 1xx to 5xx.
    answered: [Arc<Counter>; 5],
    took: Arc<Timing>,
}

/// What a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What people open.
    Pages,
    /// What programs ask.
    Api,
    /// Scripts, icons, probes, and what nobody serves. It counts for no objective.
    Rest,
}

/// How requests were answered over some time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// Requests.
    pub requests: u64,
    /// Those that failed for a reason of ours (5xx).
    pub failed: u64,
    /// How long they took, in seconds.
    pub took: Spread,
}

impl Group {
    /// Of a route, as it stands in a series.
    pub fn of(route: &str) -> Self {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| route.starts_with(prefix));
        let rest = [
            "/assets", "/sw.js", "/healthz", "/livez", "/readyz", "/metrics", "/local", "/status", "/offline",
        ];
        let own = ["/api/openapi.json", "/api/v1/vitals", "/api/v1/status", "/api/v1/imports/progress"];
        match () {
            () if !route.starts_with('/') || begins(&rest) || begins(&own) => Self::Rest,
            () if begins(&["/api/"]) => Self::Api,
            () => Self::Pages,
        }
    }

    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Api => "api",
            Self::Rest => "rest",
        }
    }
}

impl Standing {
    /// Of the routes for which `of` is true.
    pub fn of(measured: &Measured, of: impl Fn(&str) -> bool) -> Self {
        let own = |series: &Series| series.label("route").is_some_and(|route| of(&route));
        let failed = |series: &Series| own(series) && series.label("class").as_deref() == Some("5xx");
        Self {
            requests: measured.count(HTTP_REQUESTS.name, own),
            failed: measured.count(HTTP_REQUESTS.name, failed),
            took: measured.spread(HTTP_REQUEST_SECONDS.name, own),
        }
    }

    /// Of pages and API together: what objectives are about.
    pub fn of_readers(measured: &Measured) -> Self {
        Self::of(measured, |route| Group::of(route) != Group::Rest)
    }

    /// The part of the requests that did not fail, from 0 to 1; none where nothing was asked.
    pub fn availability(&self) -> Option<f64> {
        (self.requests > 0).then(|| 1.0 - self.failed as f64 / self.requests as f64)
    }

    /// The part of the requests that failed, from 0 to 1; none where nothing was asked.
    pub fn error_ratio(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.failed as f64 / self.requests as f64)
    }
}

/// A request that is being answered, until it is dropped.
#[derive(Debug)]
pub struct Running<'a>(&'a Requests);

impl Requests {
    pub(crate) fn of(meter: &Meter) -> Self {
        let running_gauge = meter.gauge(&HTTP_RUNNING, &[]);
        running_gauge.set(0.0);
        Self { routes: RwLock::default(), running: AtomicI64::new(0), running_gauge }
    }

    /// A request begins.
    pub fn begin(&self) -> Running<'_> {
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.running_gauge.set(running as f64);
        Running(self)
    }

    /// Counts a request that was answered.
    pub fn answered(&self, meter: &Meter, method: &str, route: &str, status: u16, took: Duration) {
        let route = self.route(meter, method, route);
        if let Some(counter) =
            usize::from(status / 100).checked_sub(1).and_then(|class| route.answered.get(class))
        {
            counter.add(1);
        }
        route.took.record(took);
    }

    fn route(&self, meter: &Meter, method: &str, route: &str) -> Arc<Route> {
        let find = |routes: &Routes| {
            let methods = routes.get(route)?;
            methods.iter().find(|(own, _)| **own == *method).map(|(_, route)| route.clone())
        };
        if let Some(found) = find(&self.routes.read().unwrap_or_else(PoisonError::into_inner)) {
            return found;
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = find(&routes) {
            return found;
        }
        let counter =
            |class| meter.counter(&HTTP_REQUESTS, &[("class", class), ("method", method), ("route", route)]);
        let made = Arc::new(Route {
            answered: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            took: meter.timing(&HTTP_REQUEST_SECONDS, &[("method", method), ("route", route)]),
        });
        if routes.values().map(Vec::len).sum::<usize>() < MOST {
            routes.entry(route.into()).or_default().push((method.into(), made.clone()));
        }
        made
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let running = self.0.running.fetch_sub(1, Ordering::Relaxed) - 1;
        self.0.running_gauge.set(running as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn availability_and_percentiles_come_from_what_was_counted() {
        let meter = Meter::default();
        let requests = Requests::of(&meter);
        let running = requests.begin();
        for n in 1..=100u64 {
            let status = if n <= 4 { 500 } else { 200 };
            requests.answered(&meter, "GET", "/campaigns/{id}", status, Duration::from_millis(n));
        }
        requests.answered(&meter, "GET", "/healthz", 503, Duration::from_secs(2));
        requests.answered(&meter, "GET", "none", 404, Duration::from_millis(1));
        let measured = meter.since_last();
        assert_eq!(measured.gauge("http_running").unwrap().last, 1.0);
        drop(running);
        let standing = Standing::of_readers(&measured);
        assert_eq!((standing.requests, standing.failed), (100, 4), "probes do not count");
        assert_eq!(standing.availability(), Some(0.96));
        let p95 = standing.took.quantile(0.95).unwrap();
        assert!((p95 - 0.095).abs() < 0.002, "{p95}");
        assert_eq!(Standing::default().availability(), None, "nothing asked is not nothing failed");
        assert_eq!(Group::of("/api/v1/overview"), Group::Api);
        assert_eq!(Group::of("/campaigns/{id}"), Group::Pages);
    }
}
