//! Which platform's report a table or stream is, by its name and its fields; and why one is none.

use std::collections::BTreeSet;

use domain::Level;
use store::shelf::{Lead, Word};

use crate::names;
use crate::platforms::{ALL, Api, Field, Gives, Report};

/// What a table or stream was taken for.
#[derive(Clone, Copy)]
pub(crate) struct Chosen {
    pub api: &'static Api,
    pub report: &'static Report,
}

/// Why a table or stream is not taken, and what would be needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotTaken {
    pub why: String,
    pub needed: String,
    /// Whether its name is that of a platform's table.
    pub is_platforms: bool,
}

/// Fields that split figures by something beside what a platform runs: such rows count again what another report counts.
const BREAKDOWNS: [&str; 14] = [
    "age",
    "city",
    "country",
    "country_code",
    "device_platform",
    "dma",
    "gender",
    "impression_device",
    "member_country",
    "member_region",
    "metro_area",
    "platform_position",
    "province_id",
    "publisher_platform",
];

/// Fields that do so too in reports of unknown names; reports of known ones may have them without being split.
const DOUBTFUL: [&str; 10] = [
    "interest_category",
    "location_id",
    "location_type",
    "placement",
    "product_id",
    "region",
    "segment",
    "state",
    "targeting_type",
    "targeting_value",
];

/// Google's resources that are what a level of ours is; figures by any other are split by it.
const GOOGLES_OWN_VIEWS: [&str; 2] = ["keyword_view", "search_term_view"];

/// Names of reports whose rows are not of single days.
const NOT_BY_DAY: [&str; 5] = ["weekly", "monthly", "yearly", "lifetime", "quarterly"];

/// What the table or stream is, whose fields have these normal names.
pub(crate) fn choose(name: &str, fields: &BTreeSet<String>) -> Result<Chosen, NotTaken> {
    let name = bare(name);
    let prefixed = ALL.into_iter().find_map(|api| {
        let rests = api.prefixes.iter().filter_map(|prefix| {
            let rest = name.strip_prefix(prefix)?;
            rest.strip_prefix(['_', '.']).map(|rest| (prefix.len(), rest))
        });
        rests.max().map(|(_, rest)| (api, rest.to_owned()))
    });
    if let Some(word) = NOT_BY_DAY.iter().find(|word| name.contains(*word)) {
        return Err(NotTaken {
            why: format!("its rows are {word}, not by day"),
            needed: "the same report by day".to_owned(),
            is_platforms: prefixed.is_some(),
        });
    }
    let is_marked = ALL.into_iter().any(|api| has_mark(api, fields));
    let mut found: Vec<Chosen> = Vec::new();
    match &prefixed {
        Some((api, rest)) => found.extend(fitting(api, rest, fields)),
        None => {
            let marked = ALL.into_iter().filter(|api| has_mark(api, fields));
            for api in marked {
                found.extend(fitting(api, &name, fields).or_else(|| by_fields(api, fields)));
            }
            if found.is_empty() {
                // A name alone tells the platform only if one platform has it.
                let named: Vec<Chosen> =
                    ALL.into_iter().filter_map(|api| fitting(api, &name, fields)).collect();
                if named.len() == 1 {
                    found = named;
                }
            }
        }
    }
    match (found.as_slice(), &prefixed) {
        ([chosen], _) => Ok(*chosen),
        ([], _)
            if (is_marked || prefixed.is_some())
                && let Some(by) = split_by(fields) =>
        {
            Err(NotTaken {
                why: format!("it is split by {by}; its rows count again what another report counts"),
                needed: "the same report without that split".to_owned(),
                is_platforms: true,
            })
        }
        ([], Some((api, _))) => Err(NotTaken {
            why: format!(
                "{} has no such table among those that are read; breakdowns are not, because their rows count what other tables count already",
                api.platform.label()
            ),
            needed: "nothing, unless it holds figures that no other table has: then a mapping of its fields"
                .to_owned(),
            is_platforms: true,
        }),
        ([], None) => Err(NotTaken {
            why: format!("it is no ad platform's report by its name and fields ({})", listed(fields)),
            needed: "a mapping that says which fields hold the day, the ids, spend, impressions and clicks"
                .to_owned(),
            is_platforms: false,
        }),
        (several, _) => Err(NotTaken {
            why: format!(
                "it could be of {}",
                several.iter().map(|chosen| chosen.api.platform.label()).collect::<Vec<_>>().join(" or ")
            ),
            needed: "a name that begins with the platform's, for example google_ads_campaign_stats"
                .to_owned(),
            is_platforms: false,
        }),
    }
}

/// A name without what pipelines put around it: folders, endings, `_data`.
fn bare(name: &str) -> String {
    let name = names::normal(name);
    let name = name.strip_suffix(".csv").unwrap_or(&name);
    let name = name.strip_suffix("_data").unwrap_or(name);
    name.to_owned()
}

fn has_mark(api: &Api, fields: &BTreeSet<String>) -> bool {
    api.marks.iter().any(|mark| fields.contains(*mark))
}

/// The report of this name that the fields suffice for; figures before entities.
fn fitting(api: &'static Api, name: &str, fields: &BTreeSet<String>) -> Option<Chosen> {
    let named = api.reports.iter().filter(|report| report.names.contains(&name));
    named.into_iter().find(|report| suffices(report, fields)).map(|report| Chosen { api, report })
}

/// The finest report of figures that the fields suffice for, whatever the stream is called.
fn by_fields(api: &'static Api, fields: &BTreeSet<String>) -> Option<Chosen> {
    if split_by(fields).is_some() {
        return None;
    }
    let figures = api.reports.iter().filter(|report| matches!(report.gives, Gives::Figures(_)));
    let told = |report: &&Report| {
        // An id that is called `id` alone could be anything's.
        let named = report.entries().filter(|(field, _)| is_own_id(report.gives.level(), *field));
        let mut names = named.flat_map(|(_, names)| names.iter().copied()).filter(|name| *name != "id");
        report.gives.level() == Level::Account || names.any(|name| fields.contains(name))
    };
    figures
        .filter(|report| suffices(report, fields))
        .filter(told)
        .max_by_key(|report| report.gives.level())
        .map(|report| Chosen { api, report })
}

/// The field that splits the figures of a report by something beside what the platform runs, if there is one.
fn split_by(fields: &BTreeSet<String>) -> Option<&str> {
    surely_split_by(fields).or_else(|| {
        let is_doubtful = |field: &str| {
            DOUBTFUL.contains(&last_part(field))
                || field.split('.').any(|part| part.ends_with("_view") && !GOOGLES_OWN_VIEWS.contains(&part))
        };
        fields.iter().map(String::as_str).find(|field| is_doubtful(field))
    })
}

/// The same of a report whose name is known.
fn surely_split_by(fields: &BTreeSet<String>) -> Option<&str> {
    fields.iter().map(String::as_str).find(|field| BREAKDOWNS.contains(&last_part(field)))
}

/// The name of a field within what holds it.
fn last_part(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

fn suffices(report: &Report, fields: &BTreeSet<String>) -> bool {
    let has = |wanted: &dyn Fn(Field) -> bool| {
        report
            .entries()
            .any(|(field, names)| wanted(*field) && names.iter().any(|name| fields.contains(*name)))
    };
    let level = report.gives.level();
    let has_id = level == Level::Account && !matches!(report.gives, Gives::Entities(_))
        || has(&|field| is_own_id(level, field));
    match report.gives {
        Gives::Entities(_) => has_id,
        Gives::Creatives => {
            has(&|field| field == Field::Lead(Lead::Creative))
                && has(&|field| matches!(field, Field::Lead(Lead::FinalUrl | Lead::Suffix)))
        }
        _ if surely_split_by(fields).is_some() => false,
        Gives::Figures(_) => {
            has_id && has(&|field| field == Field::Day) && has(&|field| matches!(field, Field::Figure(..)))
        }
        Gives::Part(_) => has_id && has(&|field| field == Field::Day) && has(&|field| field == Field::Event),
    }
}

fn is_own_id(level: Level, field: Field) -> bool {
    match level {
        Level::SearchTerm => field == Field::Word(Word::SearchTerm),
        Level::Keyword => field == Field::Word(Word::KeywordId) || field == Field::Word(Word::Keyword),
        level => Word::id_of(level).is_some_and(|word| field == Field::Word(word)),
    }
}

fn listed(fields: &BTreeSet<String>) -> String {
    const MOST: usize = 8;
    let mut shown: Vec<&str> = fields.iter().take(MOST).map(String::as_str).collect();
    if fields.len() > MOST {
        shown.push("...");
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(name: &str, fields: &str) -> String {
        let fields = fields.split_whitespace().map(names::normal).collect();
        match choose(name, &fields) {
            Ok(chosen) => format!("{} {:?}", chosen.api.platform, chosen.report.gives),
            Err(refused) => format!("not taken: {}", refused.why),
        }
    }

    #[test]
    fn tables_and_streams_are_known_by_name_and_fields() {
        for (name, fields, expect) in [
            (
                "google_ads_campaign_stats_data",
                "customer_id date id cost_micros",
                "google_ads Figures(Campaign)",
            ),
            ("campaign", "campaign.id segments.date metrics.cost_micros", "google_ads Figures(Campaign)"),
            ("campaign", "campaign.id campaign.name customer.id", "google_ads Entities(Campaign)"),
            ("ads_insights", "date_start ad_id spend inline_link_clicks", "meta_ads Figures(Ad)"),
            ("my_meta_report", "date_start adset_id spend inline_link_clicks", "meta_ads Figures(AdGroup)"),
            (
                "campaigns_reports_daily",
                "dimensions.stat_time_day campaign_id metrics.spend",
                "tiktok_ads Figures(Campaign)",
            ),
            (
                "CampaignPerformanceReportDaily",
                "TimePeriod CampaignId Spend",
                "microsoft_ads Figures(Campaign)",
            ),
            (
                "campaign_performance_report_weekly",
                "TimePeriod CampaignId Spend",
                "not taken: its rows are weekly",
            ),
            (
                "facebook_ads_demographics_country_data",
                "date spend country account_id",
                "not taken: it is split by country",
            ),
            (
                "tiktok_campaign_country_report_data",
                "stat_time_day campaign_id country_code spend",
                "not taken: it is split by country_code",
            ),
            (
                "campaigns_audience_reports_by_country_daily",
                "dimensions.stat_time_day campaign_id dimensions.country_code metrics.spend",
                "not taken: it is split by dimensions.country_code",
            ),
            (
                "ads_insights",
                "date_start ad_id spend inline_link_clicks gender",
                "not taken: it is split by gender",
            ),
            (
                "topic_view",
                "segments.date ad_group.id topic_view.resource_name metrics.cost_micros",
                "not taken: it is split by topic_view",
            ),
            ("google_ads_labels", "id name", "not taken: Google Ads has no such"),
            (
                "ads_insights_country",
                "date_start ad_id spend inline_link_clicks country",
                "not taken: it is split by country",
            ),
            ("users", "id name email", "not taken: it is no ad platform's report"),
            ("reddit_ads_campaign_conversions", "date campaign_id event_name", "reddit_ads Part(Campaign)"),
            ("facebook_ads_campaign_history_data", "id account_id name", "meta_ads Entities(Campaign)"),
        ] {
            let found = taken(name, fields);
            assert!(found.starts_with(expect), "{name}: {found}");
        }
    }

    #[test]
    fn no_two_reports_of_a_platform_share_a_name_and_a_kind() {
        for api in ALL {
            let mut seen = BTreeSet::new();
            for report in api.reports {
                for name in report.names {
                    let kind = matches!(report.gives, Gives::Entities(_) | Gives::Creatives);
                    assert!(seen.insert((*name, kind)), "{}: {name}", api.platform);
                    assert_eq!(names::normal(name), *name);
                }
                for (_, names) in report.entries() {
                    for name in *names {
                        assert_eq!(names::normal(name), *name, "{}", api.platform);
                    }
                }
            }
        }
    }
}
