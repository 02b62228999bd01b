//! What `adroit utm` takes.

use domain::Currency;

use super::Place;

#[derive(Debug, clap::Args)]
pub(crate) struct UtmArgs {
    #[command(flatten)]
    pub place: Place,
    /// The first day
    #[arg(long, value_name = "DAY", conflicts_with = "range")]
    pub from: Option<String>,
    /// The last day
    #[arg(long, value_name = "DAY", conflicts_with = "range")]
    pub to: Option<String>,
    /// A named range, for example `last_90_days` or `all` [default: `last_30_days`]
    #[arg(long, value_name = "RANGE")]
    pub range: Option<String>,
    /// Only what has this problem: missing, click_id_only, misspelt, case or several
    #[arg(long, value_name = "PROBLEM")]
    pub problem: Option<String>,
    /// Convert money into this currency, at the rate of each day
    #[arg(long, value_name = "CODE")]
    pub convert: Option<Currency>,
    /// At most so many rows [default: 50]
    #[arg(long, value_name = "ROWS")]
    pub limit: Option<u32>,
    /// Only rows behind this cursor, as the answer before gave it
    #[arg(long, value_name = "CURSOR")]
    pub after: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
