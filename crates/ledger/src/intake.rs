//! From the rows of a file to staged rows: which account, which currency, which days.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;

use domain::{Currency, Period, Platform, Sums};
use ingest::{Export, ReadError, Reading, Row};
use store::facts::{Account, AccountId, FactsError, Names, RangeFigure, StagedRow, Staging, Urls};

use crate::{ImportRequest, LedgerError};

/// What staging a file told.
pub(crate) struct Intake {
    pub reading: Reading,
    /// The accounts of the file, by number.
    pub accounts: Vec<AccountId>,
    pub warnings: Vec<String>,
}

/// Stages every row of `export`.
pub(crate) fn stage(
    export: Export<File>,
    staging: &mut Staging<'_>,
    request: &ImportRequest,
    progress: impl Fn(u64, u64),
) -> Result<Intake, LedgerError> {
    let (platform, has_days) = (export.about().platform, export.about().has_days);
    let mut desk = AccountDesk::new(platform, request);
    let mut ranges: BTreeMap<(AccountId, Option<(jiff::civil::Date, jiff::civil::Date)>), Sums> =
        BTreeMap::new();
    let mut rows = 0;
    let counted = std::cell::Cell::new(0u64);
    let each = |row: &Row<'_>| -> Result<(), LedgerError> {
        rows += 1;
        counted.set(rows);
        let account = desk.account(staging, row)?;
        match row.period {
            Some(period) if has_days => {
                staging.push(&staged(row, account, period))?;
            }
            period => {
                let range = period.map(|period| (period.from(), period.to()));
                let sums = ranges.entry((account, range)).or_default();
                *sums = sums.checked_add(&row.sums).ok_or_else(|| {
                    refused(
                        request,
                        "a report whose figures add up to more than 64 bits hold",
                        "look for a damaged number in it",
                    )
                })?;
            }
        }
        Ok(())
    };
    let reading = export.read(each, |bytes| progress(bytes, counted.get())).map_err(|error| match error {
        ReadError::Stopped(error) => error,
        ReadError::Io(source) => LedgerError::Unreadable { path: request.path.clone(), source },
    })?;
    for ((account, range), sums) in ranges {
        let period = range.and_then(|(from, to)| Period::new(from, to).ok());
        staging.push_range(RangeFigure { account, period, sums });
    }
    Ok(Intake { reading, accounts: desk.numbers(), warnings: desk.warnings })
}

pub(crate) fn staged<'a>(row: &Row<'a>, account: AccountId, period: Period) -> StagedRow<'a> {
    StagedRow {
        day: period.from(),
        account,
        names: Names {
            campaign_id: row.campaign.id,
            campaign: row.campaign.name,
            ad_group_id: row.ad_group.id,
            ad_group: row.ad_group.name,
            ad_id: row.ad.id,
            ad: row.ad.name,
            keyword: row.keyword,
            match_type: row.match_type,
            search_term: row.search_term,
        },
        status: row.status,
        kind: row.campaign_type,
        budget_micros: row.budget_micros,
        urls: Urls {
            final_url: row.addresses.final_url,
            suffix: row.addresses.suffix,
            template: row.addresses.template,
        },
        sums: row.sums,
    }
}

pub(crate) fn refused(
    request: &ImportRequest,
    seems: impl Into<String>,
    remedy: impl Into<String>,
) -> LedgerError {
    LedgerError::Refused {
        file_name: request.file_name.clone(),
        seems: seems.into(),
        remedy: remedy.into(),
        may_be_mapped: false,
    }
}

/// Tells which account a row is of, asking the staging once per account of the file.
struct AccountDesk<'r> {
    platform: Platform,
    request: &'r ImportRequest,
    last: Option<(Marks, AccountId)>,
    found: HashMap<Marks, AccountId>,
    warnings: Vec<String>,
}

/// What a row says of its account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Marks {
    id: Option<String>,
    name: Option<String>,
    currency: Currency,
}

impl Marks {
    fn are(&self, row: &Row<'_>) -> bool {
        self.currency == row.currency
            && self.id.as_deref() == row.account.id
            && self.name.as_deref() == row.account.name
    }
}

impl<'r> AccountDesk<'r> {
    fn new(platform: Platform, request: &'r ImportRequest) -> Self {
        Self { platform, request, last: None, found: HashMap::new(), warnings: Vec::new() }
    }

    fn numbers(&self) -> Vec<AccountId> {
        let mut numbers: Vec<AccountId> = self.found.values().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn account(&mut self, staging: &mut Staging<'_>, row: &Row<'_>) -> Result<AccountId, LedgerError> {
        if let Some((marks, account)) = &self.last
            && marks.are(row)
        {
            return Ok(*account);
        }
        let marks = Marks {
            id: row.account.id.map(str::to_owned),
            name: row.account.name.map(str::to_owned),
            currency: row.currency,
        };
        let account = match self.found.get(&marks) {
            Some(account) => *account,
            None => {
                let account = self.open(staging, &marks)?;
                self.found.insert(marks.clone(), account);
                account
            }
        };
        self.last = Some((marks, account));
        Ok(account)
    }

    fn open(&mut self, staging: &mut Staging<'_>, marks: &Marks) -> Result<AccountId, LedgerError> {
        let wished = self.request.account.as_deref();
        let is_named = marks.id.is_some() || marks.name.is_some();
        let name = if is_named { marks.name.as_deref() } else { wished };
        if is_named && wished.is_some_and(|wished| marks.name.as_deref() != Some(wished)) {
            let told = marks.name.as_deref().or(marks.id.as_deref()).unwrap_or_default();
            self.warn(format!(
                "The file itself says that its account is '{told}'; --account was not needed."
            ));
        }
        let here: Vec<&Account> =
            staging.accounts().iter().filter(|account| account.platform == self.platform).collect();
        let mut currency = marks.currency;
        if currency == Currency::UNKNOWN {
            let known = here.iter().find(|account| name.is_some() && account.name.as_deref() == name);
            match self.request.currency.or(known.map(|account| account.currency)) {
                Some(told) => currency = told,
                None => {
                    self.warned_currency();
                }
            }
        }
        if name.is_none() && marks.id.is_none() {
            let same: Vec<&&Account> = here.iter().filter(|account| account.currency == currency).collect();
            match same.as_slice() {
                [] => {}
                [only] => {
                    let (number, label) = (only.account, only.label().to_owned());
                    if only.name.is_some() {
                        self.warn(format!(
                            "The file names no account; it was taken for '{label}', the only {} account in {currency} here. If it is another's, undo and import it with --account NAME.",
                            self.platform.label()
                        ));
                    }
                    return Ok(number);
                }
                several => {
                    if !several.iter().any(|account| account.name.is_none() && account.external_id.is_none())
                    {
                        let names: Vec<_> =
                            several.iter().map(|account| format!("'{}'", account.label())).collect();
                        return Err(refused(
                            self.request,
                            format!(
                                "a report that names no account, where this workspace has several {} accounts in {currency}",
                                self.platform.label()
                            ),
                            format!("say which with --account, one of {} or a new name", names.join(", ")),
                        ));
                    }
                }
            }
        } else if here.iter().any(|account| {
            account.name.is_none() && account.external_id.is_none() && account.currency == currency
        }) {
            self.warn(format!(
                "Figures of an unnamed {} account in {currency} came in before; if that is the same account, undo those imports and repeat them with --account NAME, or they count twice.",
                self.platform.label()
            ));
        }
        staging.account(self.platform, name, marks.id.as_deref(), currency).map_err(|error| match error {
            FactsError::TooManyAccounts(most) => refused(
                self.request,
                format!("a report of more than {most} accounts"),
                "check that its account column really holds accounts",
            ),
            other => other.into(),
        })
    }

    fn warned_currency(&mut self) {
        self.warn("The file does not say its currency, so its money can't be added to any other; import it with --currency EUR (or whichever it is).".to_owned());
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
