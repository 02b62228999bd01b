//! What every answer is about: whose data, which days, compared with what, as of when.

use std::sync::Arc;

use domain::{Comparison, Currency, Period};
use insight::{Asker, Known};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::chosen;
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::params::Params;
use crate::range::Preset;

/// The parameters that [`View::read`] reads; links between pages keep them.
pub(crate) const VIEW_PARAMETERS: [&str; 7] =
    ["workspace", "range", "from", "to", "compare", "as_of", "convert"];

/// What every answer is about.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) workspace: Seen,
    /// The named range, if the days were chosen by one.
    pub(crate) preset: Option<Preset>,
    pub(crate) period: Period,
    pub(crate) compare: Option<Comparison>,
    pub(crate) as_of: Option<Timestamp>,
    /// The currency that money is converted into.
    pub(crate) convert: Option<Currency>,
    /// What is known of the workspace now, as far as it may be seen.
    pub(crate) known: Arc<Known>,
    /// The last day of which anything is known.
    pub(crate) newest: Option<Date>,
}

impl View {
    /// Reads the parameters that every question shares. `compare` is what to compare with if nothing is said.
    pub(crate) async fn read(
        state: &Asked,
        params: &mut Params,
        compare: Option<Comparison>,
    ) -> Result<Self, WebError> {
        let workspace = chosen(state, params).await?;
        let preset: Option<Preset> = params.parsed("range")?;
        let day = "use a day such as 2026-11-22";
        let (from, to): (Option<Date>, Option<Date>) =
            (params.parsed_as("from", day)?, params.parsed_as("to", day)?);
        let compare = match params.text("compare")?.as_deref() {
            None => compare,
            Some("none") => None,
            Some(word) => Some(word.parse().map_err(|_| {
                let remedy = "use one of: previous, last_year, none";
                WebError::parameter("compare", &format!("'{word}' is not known"), remedy)
            })?),
        };
        let convert = params.parsed("convert")?;
        let as_of = params.parsed_as(
            "as_of",
            "use a time with its offset, such as 2026-11-22T06:00:00Z (in addresses + is %2B)",
        )?;
        let known = state.known_now(&workspace).await?;
        let segments = || known.scopes.iter().flat_map(|scope| &scope.segments);
        let newest = segments().map(|segment| segment.period.to()).max();
        let oldest = segments().map(|segment| segment.period.from()).min();
        let end = newest.unwrap_or_else(|| Zoned::now().date());
        let start = oldest.unwrap_or(end);
        let (preset, period) = match (preset, from, to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                let remedy = "give either a range, or from and to";
                return Err(WebError::parameter("range", "it can't stand beside 'from' and 'to'", remedy));
            }
            (preset, None, None) => {
                let preset = preset.unwrap_or(Preset::UNASKED);
                (Some(preset), preset.period(start, end))
            }
            (None, None, Some(to)) => (None, Period::ending(to, 30)),
            (None, Some(from), to) => {
                let period = Period::new(from, to.unwrap_or(end.max(from))).map_err(|error| {
                    WebError::parameter("from", "it does not go with 'to'", &error.to_string())
                })?;
                (None, period)
            }
        };
        Ok(Self { workspace, preset, period, compare, as_of, convert, known, newest })
    }

    /// Whether anything was ever imported.
    pub(crate) fn has_data(&self) -> bool {
        self.newest.is_some()
    }

    /// Whose data is asked about.
    pub(crate) fn asker(&self) -> Asker {
        Asker { convert: self.convert, ..self.workspace.asker() }
    }
}
