//! The same question for other doors: the address in the API, and the command.

use domain::Metric;
use insight::Query;

use crate::link::Link;

/// The same question for other doors.
pub(super) struct QueryText {
    pub(super) api: String,
    pub(super) command: String,
}

impl QueryText {
    /// `link` is the address of the page that asked.
    pub(super) fn of(link: &Link, query: &Query) -> Self {
        let metrics: Vec<&str> = query.metrics.iter().copied().map(Metric::key).collect();
        let by: Vec<&str> = query.dimensions.iter().map(|dimension| dimension.key()).collect();
        let mut words = vec!["adroit".to_owned(), "query".to_owned()];
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                words.extend([format!("--{name}"), quoted(&value)]);
            }
        };
        let given = |name: &str| {
            let mut pairs = link.pairs().iter();
            pairs.find(|(given, _)| given == name).map(|(_, value)| value.clone())
        };
        say("workspace", given("workspace"));
        say("metrics", Some(metrics.join(",")));
        say("by", Some(by.join(",")));
        say("level", query.level.map(|level| level.key().to_owned()));
        say("from", Some(query.period.from().to_string()));
        say("to", Some(query.period.to().to_string()));
        say("filter", Some(query.filter.to_string()));
        say("compare", query.compare.map(|compare| compare.key().to_owned()));
        say("sort", query.sort.map(|sort| sort.to_string()));
        say("limit", given("limit"));
        say("convert", given("convert"));
        say("as-of", query.as_of.map(|at| at.to_string()));
        Self { api: link.at("/api/v1/analytics").to_string(), command: words.join(" ") }
    }
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ',' | '.' | ':' | '/');
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Period;
    use insight::Dimension;
    use jiff::civil::date;

    #[test]
    fn the_command_asks_the_same() {
        let period = Period::new(date(2026, 11, 1), date(2026, 11, 3)).unwrap();
        let query = Query {
            filter: "campaign = 'O''Neill; rm' and roas < 1".parse().unwrap(),
            ..Query::new(period, [Metric::Spend, Metric::Roas]).by([Dimension::Platform])
        };
        let link = Link::of(&"/analytics?workspace=A+B&by=platform".parse().unwrap());
        let text = QueryText::of(&link, &query);
        assert_eq!(text.api, "/api/v1/analytics?workspace=A+B&by=platform");
        assert_eq!(
            text.command,
            "adroit query --workspace 'A B' --metrics spend,roas --by platform --from 2026-11-01 --to 2026-11-03 \
             --filter 'campaign = '\\''O'\\'''\\''Neill; rm'\\'' and roas < 1'"
        );
    }
}
