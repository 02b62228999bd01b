//! The columns of a table of metrics: which are shown, and the form that picks others.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Metric;

use crate::WebError;
use crate::link::Link;
use crate::params::Params;

/// The parameter in which chosen columns stand, and the one that the form's checkboxes repeat.
const NAMES: [&str; 2] = ["columns", "column"];

/// The form that picks columns.
#[derive(Debug, Clone, Template)]
#[template(path = "picker.html")]
pub(super) struct Picker {
    action: String,
    hidden: Vec<(String, String)>,
    /// The chosen columns in their order, then the others.
    offers: Vec<(Metric, bool)>,
    usual: Option<String>,
}

impl HtmlSafe for Picker {}

impl Picker {
    /// Reads the chosen columns; `usual` if none are.
    pub(super) fn read(params: &mut Params, usual: &[Metric]) -> Result<Vec<Metric>, WebError> {
        let mut chosen: Vec<Metric> = Vec::new();
        for metric in
            NAMES.into_iter().map(|name| params.list::<Metric>(name)).collect::<Result<Vec<_>, _>>()?.concat()
        {
            if metric.is_record() {
                let detail = format!("'{metric}' is known of no campaign");
                return Err(WebError::parameter("columns", &detail, "ask analytics, by day or in all"));
            }
            if !chosen.contains(&metric) {
                chosen.push(metric);
            }
        }
        Ok(if chosen.is_empty() { usual.to_vec() } else { chosen })
    }

    /// The address with the columns written one way, however they were given.
    pub(super) fn tidy(link: Link, columns: &[Metric]) -> Link {
        if !NAMES.iter().any(|name| link.has(name)) {
            return link;
        }
        let keys: Vec<&str> = columns.iter().map(|metric| metric.key()).collect();
        link.without(&NAMES).with("columns", keys.join(","))
    }

    /// The form for a page at `link`.
    pub(super) fn of(link: &Link, columns: &[Metric]) -> Self {
        let bare = link.clone().without(&NAMES).without(&["after"]);
        let others = Metric::OF_CAMPAIGNS.into_iter().filter(|metric| !columns.contains(metric));
        let chosen = columns.iter().map(|metric| (*metric, true));
        Self {
            action: bare.path().to_owned(),
            hidden: bare.pairs().to_vec(),
            offers: chosen.chain(others.map(|metric| (metric, false))).collect(),
            usual: NAMES.iter().any(|name| link.has(name)).then(|| bare.to_string()),
        }
    }
}
