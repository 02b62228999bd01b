//! `/rates`: what each day's money is converted at, the currency that leads, and a rate set by hand.

use askama::Template;
use axum::extract::OriginalUri;
use axum::response::{Html, Redirect};
use domain::Currency;
use insight::UsedRate;
use jiff::civil::Date;
use store::facts::{Account, RateSource};

use super::rates_file::{counted, listed};
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Administer, Asked, Decide, May, SeeWork, Seen};
use crate::format;
use crate::link::Link;
use crate::params::Params;
use crate::questions::rates::RateByHand;
use crate::questions::{self, VIEW_PARAMETERS, plans};

#[derive(Template)]
#[template(path = "rates.html")]
struct RatesPage {
    shell: Shell,
    /// What is converted into; empty before anything was imported.
    to: String,
    /// The leading currency; empty before anything was imported.
    lead: String,
    /// The other currencies that accounts have, each with the rates of the days, newest first.
    currencies: Vec<Rates>,
    today: String,
    set: String,
    set_lead: String,
    /// Where a file of rates is sent.
    load: String,
    sources: Vec<Source>,
}
in_shell!(RatesPage: FIELDS, LISTS, ATTENTION, FORMS, IMPORTS, OVERVIEW);

/// Where rates come from.
struct Source {
    name: String,
    about: String,
    /// Where it is asked whether they are to be taken away.
    forget: String,
}

/// The rates of a currency.
struct Rates {
    code: String,
    lines: Vec<Line>,
    /// How many days there are.
    days: i32,
}

/// The rate of a day.
struct Line {
    day: String,
    rate: String,
    /// The earlier day whose rate it is.
    carried: Option<String>,
    source: String,
}

/// The page.
pub(crate) async fn show(
    state: May<SeeWork>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let link = Link::of(&uri);
    let asked = questions::rates::rates(&state, params).await?;
    let view = &asked.view;
    let sources = questions::rates::sources(&state, &view.workspace).await?;
    let code = |currency: Option<Currency>| currency.map_or(String::new(), |of| of.code().to_owned());
    let is_known =
        |account: &&Account| view.known.scopes.iter().any(|scope| scope.account == account.account);
    let accounts = view.known.accounts.iter().filter(is_known);
    let mut others: Vec<Currency> = accounts.map(|account| account.currency).collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|currency| *currency != Currency::UNKNOWN && Some(*currency) != asked.to);
    let of = |currency: &Currency| Rates {
        code: currency.code().to_owned(),
        lines: asked.rates.iter().rev().filter(|rate| rate.currency == *currency).map(line).collect(),
        days: view.period.len(),
    };
    let own = |path: &str| link.at(path).only(&VIEW_PARAMETERS).to_string();
    written(&RatesPage {
        to: code(asked.to),
        lead: code(view.workspace.currency),
        currencies: others.iter().map(of).collect(),
        today: view.period.to().to_string(),
        set: own("/rates"),
        set_lead: own("/rates/lead"),
        load: own("/rates/file"),
        sources: sources.iter().map(|source| told(source, &link)).collect(),
        shell: Shell::of_days(&state, theme, "Exchange rates", &link, view).await?,
    })
}

fn told(source: &RateSource, link: &Link) -> Source {
    Source {
        name: source.source.clone(),
        about: format!(
            "{} of {}, {}",
            counted(source.rates, "rate"),
            listed(&source.currencies),
            format::days(source.days)
        ),
        forget: link.at("/rates/source").only(&VIEW_PARAMETERS).with("source", &source.source).to_string(),
    }
}

fn line(rate: &UsedRate) -> Line {
    Line {
        day: format::day(rate.day),
        rate: rate.decimal(),
        carried: (rate.told < rate.day).then(|| format::day(rate.told)),
        source: rate.source.clone(),
    }
}

/// Keeps a rate that was set by hand.
pub(crate) async fn set(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let (workspace, place) = place(&state, &uri, params).await?;
    let mut form = Params::of(&body);
    let currency: Option<Currency> = form.parsed("currency")?;
    let day: Option<Date> = form.parsed_as("day", "write a day like 2026-10-31")?;
    let rate = form.text("rate")?.unwrap_or_default();
    form.done()?;
    questions::rates::set(&state, workspace, RateByHand { currency, day, rate: &rate }).await?;
    Ok(Redirect::to(&place))
}

/// Sets the currency that leads.
pub(crate) async fn lead(
    state: May<Administer>,
    OriginalUri(uri): OriginalUri,
    params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let (workspace, place) = place(&state, &uri, params).await?;
    let mut form = Params::of(&body);
    let currency: Option<Currency> = form.parsed("currency")?;
    form.done()?;
    let currency = currency.filter(|currency| *currency != Currency::UNKNOWN).ok_or_else(|| {
        WebError::parameter("currency", "it is missing", "use a currency's code, such as EUR")
    })?;
    state.catalog().set_currency(workspace.id, currency).await?;
    Ok(Redirect::to(&place))
}

/// The workspace that a form changes, and the page that it leads back to.
pub(super) async fn place(
    state: &Asked,
    uri: &axum::http::Uri,
    mut params: Params,
) -> Result<(Seen, String), WebError> {
    let workspace = plans::changed_in(state, &mut params).await?;
    super::plan::left_out(&mut params)?;
    params.done()?;
    let place = Link::of(uri).at("/rates").only(&VIEW_PARAMETERS).to_string();
    Ok((workspace, place))
}
