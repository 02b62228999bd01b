//! Everything that was counted, as OpenMetrics text, for whoever keeps it elsewhere.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use crate::known::{ALL, Kind, Known};
use crate::measured::Measured;
use crate::meter::Meter;
use crate::series::Series;
use crate::spread::Spread;

/// What the text is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Where buckets end, in micros of the unit; each has what lies in our finer ones that end there or before: at most 3 % less.
const BOUNDS: [u64; 19] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

/// What was counted until now, written down when it is asked for.
#[derive(Debug)]
struct Now(Measured);

/// Everything, as text.
pub(crate) fn written(meter: &Meter) -> String {
    let mut registry = Registry::with_prefix("adroit");
    registry.register_collector(Box::new(Now(meter.totals())));
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, &registry);
    text
}

impl Collector for Now {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for known in ALL {
            self.one(known, &mut encoder)?;
        }
        Ok(())
    }
}

impl Now {
    fn one(&self, known: &Known, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let own = |series: &&Series| series.name() == known.name;
        let labels = |series: &Series| series.labels();
        match known.kind {
            Kind::Counter => {
                let mut counters = self.0.counters.iter().filter(|(series, _)| own(series)).peekable();
                if counters.peek().is_none() {
                    return Ok(());
                }
                let mut family =
                    encoder.encode_descriptor(known.name, known.about, None, MetricType::Counter)?;
                for (series, count) in counters {
                    let labels = labels(series);
                    family.encode_family(&labels)?.encode_counter::<NoLabelSet, _, f64>(count, None)?;
                }
            }
            Kind::Gauge => {
                let mut gauges = self.0.gauges.iter().filter(|(series, _)| own(series)).peekable();
                if gauges.peek().is_none() {
                    return Ok(());
                }
                let mut family =
                    encoder.encode_descriptor(known.name, known.about, None, MetricType::Gauge)?;
                for (series, gauged) in gauges {
                    let labels = labels(series);
                    family.encode_family(&labels)?.encode_gauge(&gauged.last)?;
                }
            }
            Kind::Spread => {
                let mut spreads = self.0.spreads.iter().filter(|(series, _)| own(series)).peekable();
                if spreads.peek().is_none() {
                    return Ok(());
                }
                let mut family =
                    encoder.encode_descriptor(known.name, known.about, None, MetricType::Histogram)?;
                for (series, spread) in spreads {
                    let labels = labels(series);
                    let sum = spread.sum_micros() as f64 / 1e6;
                    family.encode_family(&labels)?.encode_histogram::<NoLabelSet>(
                        sum,
                        spread.count(),
                        &buckets(spread),
                        None,
                    )?;
                }
            }
        }
        Ok(())
    }
}

/// How many values lie in each bucket.
fn buckets(spread: &Spread) -> Vec<(f64, u64)> {
    let mut before = 0;
    let mut buckets: Vec<(f64, u64)> = Vec::with_capacity(BOUNDS.len() + 1);
    for bound in BOUNDS {
        let to = spread.count_to(bound);
        buckets.push((bound as f64 / 1e6, to - before));
        before = to;
    }
    buckets.push((f64::INFINITY, spread.count() - before));
    buckets
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::known::{HTTP_REQUEST_SECONDS, HTTP_REQUESTS};

    #[test]
    fn buckets_hold_all_values_and_hostile_labels_stay_inside() {
        let meter = Meter::default();
        meter.counter(&HTTP_REQUESTS, &[("route", "/a\"b\\\n")]).add(3);
        let took = meter.timing(&HTTP_REQUEST_SECONDS, &[("route", "/")]);
        for millis in [1, 20, 70_000] {
            took.record(Duration::from_millis(millis));
        }
        let text = written(&meter);
        assert!(text.contains("adroit_http_requests_total{route=\"/a\\\"b\\\\\\n\"} 3\n"), "{text}");
        assert!(text.contains("adroit_http_request_seconds_count{route=\"/\"} 3\n"), "{text}");
        assert!(text.contains("adroit_http_request_seconds_bucket{le=\"0.025\",route=\"/\"} 2\n"), "{text}");
        assert!(text.contains("adroit_http_request_seconds_bucket{le=\"+Inf\",route=\"/\"} 3\n"), "{text}");
        assert!(text.ends_with("# EOF\n"));
    }
}
