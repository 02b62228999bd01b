//! What is asked without the values that are asked for: for logs, which hold nobody's names.

use std::fmt;

use domain::Metric;

use super::Query;

/// The question as the command line takes it, with a question mark for each value of its filter.
pub(crate) struct Shape<'q>(pub &'q Query);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Query { metrics, dimensions, level, filter, period, compare, sort, limit, after, as_of } = self.0;
        let metrics: Vec<&str> = metrics.iter().copied().map(Metric::key).collect();
        write!(f, "--metrics {}", metrics.join(","))?;
        let by: Vec<&str> = dimensions.iter().map(|dimension| dimension.key()).collect();
        if !by.is_empty() {
            write!(f, " --by {}", by.join(","))?;
        }
        if let Some(level) = level {
            write!(f, " --level {}", level.key())?;
        }
        write!(f, " --from {} --to {}", period.from(), period.to())?;
        let filter = format!("{filter:#}");
        if !filter.is_empty() {
            write!(f, " --filter '{filter}'")?;
        }
        if let Some(compare) = compare {
            write!(f, " --compare {}", compare.key())?;
        }
        if let Some(sort) = sort {
            write!(f, " --sort {sort}")?;
        }
        write!(f, " --limit {limit}")?;
        if after.is_some() {
            f.write_str(" --after ?")?;
        }
        if let Some(as_of) = as_of {
            write!(f, " --as-of {as_of}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::{Comparison, Period};
    use jiff::civil::date;

    use super::*;
    use crate::{Dimension, Sort};

    #[test]
    fn values_are_left_out() {
        let period = Period::new(date(2026, 10, 5), date(2026, 11, 3)).unwrap();
        let query = Query {
            filter: "campaign = 'Anna' and roas < 1.25".parse().unwrap(),
            compare: Some(Comparison::Previous),
            sort: Some(Sort::descending(Metric::Spend)),
            after: Some("tanna.1.0.0".to_owned()),
            ..Query::new(period, [Metric::Spend, Metric::Roas]).by([Dimension::Campaign])
        };
        assert_eq!(
            Shape(&query).to_string(),
            "--metrics spend,roas --by campaign --from 2026-10-05 --to 2026-11-03 --filter 'campaign = ? and roas < ?' \
             --compare previous --sort -spend --limit 10000 --after ?"
        );
        let plain = Query::new(period, [Metric::Spend]);
        assert_eq!(
            Shape(&plain).to_string(),
            "--metrics spend --from 2026-10-05 --to 2026-11-03 --limit 10000"
        );
    }
}
