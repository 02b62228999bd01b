//! From the shelf to the ledger: each account's days that changed, level by level, one import each.
//!
//! It may be cut off anywhere: what was handed over stays noted as due until the ledger has it, and the same rows of the
//! same capture change nothing a second time.

use domain::{Currency, Period};
use ingest::{Addresses, Part, Row};
use jiff::Timestamp;
use ledger::{ImportReport, Ledger, LedgerError, RowsAccount, RowsRequest};
use store::Shelf;
use store::catalog::Workspace;
use store::shelf::{DueScope, ReadyAccount, ReadyRow, ShelfError, SourceId};
use tokio::runtime::Handle;

use crate::ConnectError;

/// What figures are called whose account no record names.
const NOBODYS: &str = "account not named";

/// How figures are handed over.
pub(crate) struct Terms<'a> {
    pub workspace: &'a Workspace,
    /// What the ledger calls their source.
    pub name: &'a str,
    /// Words for what they were taken from, for example `tables` or `records`.
    pub kind: &'a str,
    /// Whether a reading tells everything from its first to its last day, so that days without rows are known to be empty.
    pub is_whole: bool,
    /// Whether equal content counts once, whenever it was read.
    pub counts_once: bool,
    /// Only report.
    pub dry_run: bool,
}

/// Hands over what is due of a source. Blocks.
pub(crate) fn hand_over(
    ledger: &Ledger,
    handle: &Handle,
    shelf: &mut Shelf,
    source: SourceId,
    terms: &Terms<'_>,
) -> Result<Vec<ImportReport>, ConnectError> {
    let mut reports = Vec::new();
    for scope in shelf.due(source, Timestamp::now())? {
        for account in shelf.ready(source, scope)? {
            reports.push(import(ledger, handle, shelf, (source, scope), &account, terms)?);
        }
        if !terms.dry_run {
            shelf.handed_over(source, scope)?;
        }
    }
    Ok(reports)
}

fn import(
    ledger: &Ledger,
    handle: &Handle,
    shelf: &Shelf,
    (source, scope): (SourceId, DueScope),
    account: &ReadyAccount,
    terms: &Terms<'_>,
) -> Result<ImportReport, ConnectError> {
    let currency: Currency = account.currency.parse().unwrap_or(Currency::UNKNOWN);
    let label = account.name.as_deref().or(account.id.as_deref());
    let mut warnings = Vec::new();
    if account.id.is_none() {
        warnings.push(format!(
            "No record says whose figures these are; they are kept under '{NOBODYS}' until one does."
        ));
    }
    if currency == Currency::UNKNOWN {
        warnings.push(
            "No record says the account's currency, so its money can't be added to any other; name it with --currency."
                .to_owned(),
        );
    }
    let request = RowsRequest {
        workspace: terms.workspace.clone(),
        name: format!(
            "{}: {} {}, {}",
            terms.name,
            scope.platform.label(),
            scope.level.label(),
            label.unwrap_or(NOBODYS)
        ),
        recognised_as: format!("{} {} {}", scope.platform.label(), scope.level.label(), terms.kind),
        platform: scope.platform,
        level: scope.level,
        // An id serves as a name, so that two accounts without names are two.
        account: RowsAccount { name: label.unwrap_or(NOBODYS).to_owned(), id: account.id.clone(), currency },
        covered: match account.days.iter().copied().reduce(Period::hull).filter(|_| terms.is_whole) {
            Some(known) => vec![known],
            None => account.days.clone(),
        },
        captured_at: scope.captured_at,
        counts_once: terms.counts_once,
        dry_run: terms.dry_run,
        warnings,
    };
    ledger.import_rows(handle, &request, |each| {
        shelf.rows(source, scope, account, |ready| {
            Ok::<_, ConnectError>(each(&row(ready, account, currency))?)
        })
    })
}

fn row<'a>(ready: &ReadyRow<'a>, account: &'a ReadyAccount, currency: Currency) -> Row<'a> {
    let [campaign, ad_group, ad] = ready.path.map(|(id, name)| Part { id, name });
    Row {
        line: 0,
        period: Period::day(ready.day).ok(),
        account: Part { id: account.id.as_deref(), name: account.name.as_deref() },
        currency,
        campaign,
        ad_group,
        ad,
        keyword: ready.keyword,
        match_type: ready.match_type,
        search_term: ready.search_term,
        status: ready.status,
        campaign_type: ready.kind,
        budget_micros: ready.budget_micros,
        addresses: Addresses { final_url: ready.leads[0], suffix: ready.leads[1], template: ready.leads[2] },
        sums: ready.sums,
    }
}

impl From<ShelfError> for ConnectError {
    fn from(error: ShelfError) -> Self {
        Self::Shelf(error)
    }
}

impl From<LedgerError> for ConnectError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}
