//! Exchange rates from a file: what loading it would do, and loading it; and taking the rates of a source away, after asking.

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, OriginalUri, Path};
use axum::response::{Html, Redirect};
use domain::Currency;
use store::facts::{RATE_ONE, Rate};

use super::rates::place;
use super::shell::Shell;
use super::written;
use crate::WebError;
use crate::access::{Decide, May};
use crate::format;
use crate::held::Waiting;
use crate::link::Link;
use crate::params::Params;
use crate::questions::{VIEW_PARAMETERS, plans, rates};
use crate::upload::Upload;

/// Changed rates that are listed.
const LISTED: usize = 50;
/// Currencies that are named.
const NAMED: usize = 12;

#[derive(Template)]
#[template(path = "rates_file.html")]
struct RatesFilePage {
    shell: Shell,
    rates_href: String,
    load: String,
    discard: String,
    file_name: String,
    source: String,
    currencies: String,
    days: String,
    count: String,
    new: String,
    same: String,
    changed_count: String,
    changed: Vec<Changed>,
    /// How many changed rates are not listed; empty for none.
    unlisted: String,
}
in_shell!(RatesFilePage: FIELDS, LISTS, FACTS, FORMS, IMPORTS);

/// A rate that the file tells otherwise than it is kept.
struct Changed {
    day: String,
    currency: String,
    kept: String,
    source: String,
    told: String,
}

#[derive(Template)]
#[template(path = "rates_source.html")]
struct RatesSourcePage {
    shell: Shell,
    source: String,
    about: String,
    action: String,
    back: String,
}
in_shell!(RatesSourcePage: FIELDS, LISTS, FACTS, FORMS, IMPORTS, NOTICE);

/// Says what loading a file would do; the file waits.
pub(crate) async fn look(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    params: Params,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let (workspace, rates_href) = place(&state, &uri, params).await?;
    let mut upload = Upload::receive(&state, form).await?;
    let (file, file_name) = upload.file()?;
    let source = rates::source_name(upload.text("source"), &file_name)?;
    upload.done("file and source")?;
    let found = rates::look(&state, &workspace, file.path().to_owned(), source.clone()).await?;
    let waiting = Waiting::Rates { source };
    let held = state.held.keep(&state.by, &workspace, file, file_name.clone(), waiting);
    let held = held.ok_or_else(|| {
        WebError::parameter(
            "file",
            "too much waits here already",
            "try again later, or use `adroit rates load`",
        )
    })?;
    let link = Link::of(&uri).only(&VIEW_PARAMETERS);
    let own = |then: &str| link.at(format!("/rates/held/{held}/{then}")).to_string();
    let changed = found.compared.changed.len();
    written(&RatesFilePage {
        load: own("load"),
        discard: own("discard"),
        rates_href,
        file_name,
        source: found.source,
        currencies: listed(&found.currencies),
        days: format::days(found.days),
        count: format::count(found.count as u64),
        new: format::count(found.compared.new),
        same: format::count(found.compared.same),
        changed_count: format::count(changed as u64),
        changed: found
            .compared
            .changed
            .iter()
            .take(LISTED)
            .map(|(told, kept)| Changed::of(told, kept))
            .collect(),
        unlisted: match changed.saturating_sub(LISTED) {
            0 => String::new(),
            more => format::count(more as u64),
        },
        shell: Shell::of(&state, theme, "Load exchange rates", None, &Link::to("/rates"), &workspace).await?,
    })
}

/// Loads a file that waits, and leads back to the rates.
pub(crate) async fn load(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    params: Params,
) -> Result<Redirect, WebError> {
    let (workspace, place) = place(&state, &uri, params).await?;
    let held = state.held.of(&state.by, &workspace, &name)?;
    let Waiting::Rates { source } = held.waiting.clone() else {
        return Err(WebError::not_found("what waits under this name are no rates"));
    };
    rates::load(&state, &workspace, held.path().to_owned(), source).await?;
    state.held.let_go(&held);
    Ok(Redirect::to(&place))
}

/// Lets a file go, and leads back to the rates.
pub(crate) async fn discard(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    params: Params,
) -> Result<Redirect, WebError> {
    let (workspace, place) = place(&state, &uri, params).await?;
    state.held.let_go(&state.held.of(&state.by, &workspace, &name)?);
    Ok(Redirect::to(&place))
}

/// Asks before the rates of a source are taken away.
pub(crate) async fn ask_forget(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    mut params: Params,
) -> Result<Html<String>, WebError> {
    let theme = params.theme();
    let workspace = plans::changed_in(&state, &mut params).await?;
    super::plan::left_out(&mut params)?;
    let name = params.text("source")?;
    params.done()?;
    let source = rates::source(&state, &workspace, name).await?;
    let link = Link::of(&uri).only(&VIEW_PARAMETERS);
    written(&RatesSourcePage {
        about: format!(
            "{} of {}, {}",
            counted(source.rates, "rate"),
            listed(&source.currencies),
            format::days(source.days)
        ),
        source: source.source,
        action: link.at("/rates/source").to_string(),
        back: link.at("/rates").to_string(),
        shell: Shell::of(&state, theme, "Take rates away", None, &Link::to("/rates"), &workspace).await?,
    })
}

/// Takes the rates of a source away, and leads back to the others.
pub(crate) async fn forget(
    state: May<Decide>,
    OriginalUri(uri): OriginalUri,
    params: Params,
    body: String,
) -> Result<Redirect, WebError> {
    let (workspace, place) = place(&state, &uri, params).await?;
    let mut form = Params::of(&body);
    let name = form.text("source")?;
    form.done()?;
    let source = rates::source(&state, &workspace, name).await?;
    rates::forget(&state, workspace, source.source).await?;
    Ok(Redirect::to(&place))
}

impl Changed {
    fn of(told: &Rate, kept: &Rate) -> Self {
        Self {
            day: format::day(told.day),
            currency: told.currency.code().to_owned(),
            kept: decimal(kept.per_euro_e9),
            source: kept.source.clone(),
            told: decimal(told.per_euro_e9),
        }
    }
}

/// A rate without zeros at its end.
fn decimal(per_euro_e9: i64) -> String {
    let text = format!("{}.{:09}", per_euro_e9 / RATE_ONE, per_euro_e9 % RATE_ONE);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Currencies by their codes, the first of them by name.
pub(super) fn listed(currencies: &[Currency]) -> String {
    let named: Vec<&str> = currencies.iter().take(NAMED).map(|currency| currency.code()).collect();
    match currencies.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// How many of something.
pub(super) fn counted(count: u64, of: &str) -> String {
    match count {
        1 => format!("1 {of}"),
        _ => format!("{} {of}s", format::count(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_written_without_needless_zeros() {
        for (rate, text) in [(1_086_100_000, "1.0861"), (170_000_000_000, "170"), (1, "0.000000001")] {
            assert_eq!(decimal(rate), text);
        }
    }

    #[test]
    fn many_currencies_are_counted() {
        let all: Vec<Currency> = vec!["USD".parse().unwrap(); 14];
        assert!(listed(&all).ends_with("USD and 2 more"));
        assert_eq!(listed(&all[..1]), "USD");
    }
}
