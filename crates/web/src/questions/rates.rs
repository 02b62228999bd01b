//! The exchange rates of a view: what each day's money is converted at; where they come from; and changing them.

use std::fs::File;
use std::path::PathBuf;

use axum::http::StatusCode;
use domain::{Currency, Period};
use ingest::{RatesError, ToldRate, billionths, read_rates};
use insight::{Asker, UsedRate};
use jiff::civil::Date;
use ledger::{Ledger, LedgerError};
use store::catalog::Workspace;
use store::facts::{FactsError, RateSource, RatesCompared, rate_sources};
use tokio::runtime::Handle;

use super::View;
use crate::WebError;
use crate::access::{Asked, Seen};
use crate::admission::Load;
use crate::params::Params;

/// Where rates come from that are set one by one.
const BY_HAND: &str = "set by hand";
/// Longest name of a source.
const LONGEST_SOURCE: usize = 100;

/// The rates of a view.
pub(crate) struct Rates {
    pub(crate) view: View,
    /// What is converted into: what was asked, else the leading currency. `None` before anything was imported.
    pub(crate) to: Option<Currency>,
    pub(crate) rates: Vec<UsedRate>,
}

/// Reads which rates are asked about, and gives them.
pub(crate) async fn rates(state: &Asked, mut params: Params) -> Result<Rates, WebError> {
    let view = View::read(state, &mut params, None).await?;
    params.done()?;
    let to = view.convert.or(view.workspace.currency).filter(|currency| *currency != Currency::UNKNOWN);
    let asker = Asker { convert: to, ..view.asker() };
    let period = view.period;
    let rates =
        state.ask(Load::Light, asker.workspace(), move |insight| insight.rates(&asker, period)).await?;
    Ok(Rates { view, to, rates })
}

/// A file of rates, held against those that are kept.
pub(crate) struct FileOfRates {
    pub(crate) source: String,
    /// Of which currencies, in their order.
    pub(crate) currencies: Vec<Currency>,
    pub(crate) days: Period,
    pub(crate) count: usize,
    pub(crate) compared: RatesCompared,
}

/// A rate that is set by hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RateByHand<'a> {
    pub(crate) currency: Option<Currency>,
    pub(crate) day: Option<Date>,
    /// Units for one euro, as somebody wrote it.
    pub(crate) rate: &'a str,
}

/// Keeps a rate that is set by hand.
pub(crate) async fn set(state: &Asked, workspace: Seen, set: RateByHand<'_>) -> Result<(), WebError> {
    let missing = |name: &str| WebError::parameter(name, "it is missing", "fill it in");
    let currency = set.currency.ok_or_else(|| missing("currency"))?;
    let day = set.day.ok_or_else(|| missing("day"))?;
    if currency.code() == "EUR" || currency == Currency::UNKNOWN {
        let detail = format!("{} has no rate of its own", currency.code());
        return Err(WebError::parameter(
            "currency",
            &detail,
            "set how much of another currency one euro buys",
        ));
    }
    let per_euro_e9 = billionths(set.rate).filter(|rate| *rate > 0).ok_or_else(|| {
        let remedy = "write how many units one euro buys, like 1.0861, more than 0";
        WebError::parameter("rate", &format!("'{}' is no rate", set.rate), remedy)
    })?;
    let told = [ToldRate { currency, day, per_euro_e9 }];
    changed(state, move |ledger, handle| ledger.keep_rates(handle, &workspace, &told, BY_HAND)).await
}

/// The name of a source: what was said, else the file's name.
pub(crate) fn source_name(said: Option<String>, file_name: &str) -> Result<String, WebError> {
    let source = said.unwrap_or_else(|| file_name.chars().take(LONGEST_SOURCE).collect());
    let is_name = source.chars().count() <= LONGEST_SOURCE && !source.chars().any(char::is_control);
    match is_name && !source.trim().is_empty() {
        true => Ok(source.trim().to_owned()),
        false => Err(WebError::parameter(
            "source",
            "it can't name a source",
            "say in 1 to 100 letters where the rates come from",
        )),
    }
}

/// Reads a file of rates and says what loading it would do.
pub(crate) async fn look(
    state: &Asked,
    workspace: &Workspace,
    path: PathBuf,
    source: String,
) -> Result<FileOfRates, WebError> {
    let (ledger, workspace) = (state.ledger.clone(), workspace.clone());
    let looking = tokio::task::spawn_blocking(move || {
        let told = read(path)?;
        let compared = ledger.compare_rates(&workspace, &told, &source)?;
        summary(&told, source, compared)
    });
    looking.await.map_err(WebError::internal)?
}

/// Keeps the rates of a file, in place of those of the same currencies and days.
pub(crate) async fn load(
    state: &Asked,
    workspace: &Workspace,
    path: PathBuf,
    source: String,
) -> Result<FileOfRates, WebError> {
    let workspace = workspace.clone();
    let loaded = changed(state, move |ledger, handle| {
        let told = match read(path) {
            Ok(told) => told,
            Err(error) => return Ok(Err(error)),
        };
        let compared = ledger.compare_rates(&workspace, &told, &source)?;
        ledger.keep_rates(handle, &workspace, &told, &source)?;
        Ok(summary(&told, source, compared))
    });
    loaded.await?
}

/// Where a workspace's rates come from, by name.
pub(crate) async fn sources(state: &Asked, workspace: &Workspace) -> Result<Vec<RateSource>, WebError> {
    let id = workspace.id;
    let ask = state.ask(Load::Light, id, move |insight| -> Result<_, FactsError> {
        insight.facts().read(|connection| rate_sources(connection, id))
    });
    ask.await
}

/// A source by its name.
pub(crate) async fn source(
    state: &Asked,
    workspace: &Workspace,
    name: Option<String>,
) -> Result<RateSource, WebError> {
    let missing = || WebError::parameter("source", "it is missing", "name the source of the rates");
    let name = name.ok_or_else(missing)?;
    let found = sources(state, workspace).await?.into_iter().find(|known| known.source == name);
    found.ok_or_else(|| WebError::not_found(format!("there are no rates of '{name}' in this workspace")))
}

/// Takes all rates of a source away; how many there were.
pub(crate) async fn forget(state: &Asked, workspace: Seen, source: String) -> Result<u64, WebError> {
    changed(state, move |ledger, handle| ledger.forget_rates(handle, &workspace, &source)).await
}

/// Changes rates on a thread that may wait. On its own, so that a caller who leaves does not stop it half way.
async fn changed<T: Send + 'static>(
    state: &Asked,
    change: impl FnOnce(&Ledger, &Handle) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, WebError> {
    let (ledger, handle) = (state.ledger.clone(), Handle::current());
    let changing = tokio::task::spawn_blocking(move || change(&ledger, &handle));
    Ok(changing.await.map_err(WebError::internal)??)
}

fn read(path: PathBuf) -> Result<Vec<ToldRate>, WebError> {
    read_rates(File::open(path)?).map_err(|error| match error {
        RatesError::Io(error) => error.into(),
        refused => WebError::told(
            StatusCode::UNPROCESSABLE_ENTITY,
            "refused",
            "This is no file of exchange rates",
            refused.to_string(),
        )
        .remedy("use the European Central Bank's eurofxref-hist.zip, or a CSV with date, currency, rate"),
    })
}

fn summary(told: &[ToldRate], source: String, compared: RatesCompared) -> Result<FileOfRates, WebError> {
    let mut currencies: Vec<Currency> = told.iter().map(|rate| rate.currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    let days = told.iter().map(|rate| rate.day);
    let days = days.clone().min().zip(days.max()).and_then(|(from, to)| Period::new(from, to).ok());
    let days =
        days.ok_or_else(|| WebError::parameter("file", "there is no rate in it", "choose another file"))?;
    Ok(FileOfRates { source, currencies, days, count: told.len(), compared })
}
