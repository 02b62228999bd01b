//! Names of fields, tables and streams, as one platform's connectors write them in many ways.

use std::borrow::Cow;

/// The same name in one way: lower case, words joined by `_`, nesting by `.`. `metrics.costMicros`, `metrics__cost_micros`
/// and `METRICS.COST_MICROS` are one.
pub(crate) fn normal(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').trim();
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous = '.';
    for c in name.chars() {
        let c = if matches!(c, ' ' | '-') { '_' } else { c };
        if c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            out.push('_');
        }
        if c == '_' && previous == '_' {
            // Two stand for nesting, where flattened records write it so. Those that begin a name are part of it.
            if out.len() > 1 {
                out.pop();
                out.push('.');
            }
        } else {
            out.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    out
}

/// What is left of an id that is written as a path: `customers/1/adGroups/23` and `urn:li:sponsoredCampaign:23` are 23, and
/// of `customers/1/adGroupCriteria/23~45` the criterion 45.
pub(crate) fn bare_id(id: &str) -> &str {
    if id.starts_with("customers/") {
        let last = id.rsplit('/').next().unwrap_or(id);
        return last.rsplit('~').next().unwrap_or(last);
    }
    if let Some(whole) = id.strip_suffix(".0").filter(|whole| whole.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return whole;
    }
    match id.strip_prefix("urn:li:") {
        Some(rest) => rest.rsplit(':').next().unwrap_or(rest),
        None => id,
    }
}

/// States at platforms, and their words in files.
const STATES: [(&str, &[&str]); 4] = [
    ("enabled", &["enabled", "enable", "active"]),
    ("paused", &["paused", "disable", "disabled"]),
    ("removed", &["removed", "deleted", "delete", "archived"]),
    ("ended", &["ended", "completed"]),
];

/// A state at a platform, in the words that files are read with.
pub(crate) fn status(status: &str) -> Cow<'static, str> {
    let is_known = |(_, known): &&(&str, &[&str])| known.iter().any(|word| status.eq_ignore_ascii_case(word));
    match STATES.iter().find(is_known) {
        Some((word, _)) => Cow::Borrowed(word),
        None => Cow::Owned(status.to_ascii_lowercase()),
    }
}

/// A type in capitals as people read it: `PERFORMANCE_MAX` is `Performance Max`.
pub(crate) fn kind(kind: &str) -> Cow<'_, str> {
    if kind.contains(|c: char| c.is_ascii_lowercase()) {
        return Cow::Borrowed(kind);
    }
    let mut words = String::with_capacity(kind.len());
    for word in kind.split('_').filter(|word| !word.is_empty()) {
        if !words.is_empty() {
            words.push(' ');
        }
        let rest = words.len() + word.chars().next().map_or(0, char::len_utf8);
        words.push_str(word);
        words[rest..].make_ascii_lowercase();
    }
    Cow::Owned(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_is_written_in_many_ways() {
        for (given, expect) in [
            ("metrics.costMicros", "metrics.cost_micros"),
            ("metrics__cost_micros", "metrics.cost_micros"),
            ("STAT_TIME_HOUR", "stat_time_hour"),
            ("TimePeriod", "time_period"),
            ("\u{feff}id", "id"),
            (" advertised_asin", "advertised_asin"),
            ("_fivetran_synced", "_fivetran_synced"),
            ("Campaign name", "campaign_name"),
            ("purchases30d", "purchases30d"),
            ("purchases_30_d", "purchases_30_d"),
        ] {
            assert_eq!(normal(given), expect, "{given}");
        }
    }

    #[test]
    fn ids_are_freed_of_their_paths() {
        for (given, expect) in [
            ("123", "123"),
            ("customers/1/adGroups/23", "23"),
            ("customers/1/adGroupCriteria/23~45", "45"),
            ("urn:li:sponsoredCampaign:23", "23"),
            ("23.0", "23"),
            ("v1.0", "v1.0"),
            ("a/b", "a/b"),
        ] {
            assert_eq!(bare_id(given), expect, "{given}");
        }
    }

    #[test]
    fn states_and_types_read_as_in_files() {
        assert_eq!(status("ENABLE"), "enabled");
        assert_eq!(status("CAMPAIGN_PAUSED"), "campaign_paused");
        assert_eq!(kind("PERFORMANCE_MAX"), "Performance Max");
        assert_eq!(kind("Search"), "Search");
        assert_eq!(kind("_ÉTÉ__MAX_"), "ÉtÉ Max");
    }
}
