//! Records into rows: each either counts, or is skipped for a reason.

use std::borrow::Cow;

use domain::{Additive, Currency, Level, Period, Sums};

use crate::dates::{self, Grain, NotADate};
use crate::number::{self, NotANumber, split_sign};
use crate::plan::{CurrencySource, Days, PartColumns, Plan, currency_of, text};
use crate::reading::FileTotal;
use crate::records::Record;
use crate::row::{Addresses, Part, Row};
use crate::totals::total_label;
use crate::words::words;

/// Bytes of the longest cell with addresses that is kept: platforms take 2,048 letters, and a cell may hold a few.
const LONGEST_ADDRESS: usize = 8192;

/// Why a record is no row that counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unused {
    pub(crate) kind: &'static str,
    pub(crate) reason: String,
    /// What the row was, if it was one of the file's totals.
    pub(crate) total: Option<Box<FileTotal>>,
}

impl Unused {
    fn new(kind: &'static str, reason: String) -> Self {
        Self { kind, reason, total: None }
    }
}

/// Reads records by a plan. Remembers the last day, currency and status, which mostly repeat.
pub(crate) struct Rows<'p> {
    plan: &'p Plan,
    day: Memo<Result<Period, NotADate>>,
    end: Memo<Result<Period, NotADate>>,
    currency: Memo<Option<Currency>>,
    status: Memo<Cow<'static, str>>,
    outside: Option<(Period, bool)>,
    /// Rows with a day outside the stated range.
    pub(crate) outside_stated: u64,
    /// Ids that a spreadsheet has turned into rounded numbers.
    pub(crate) rounded_ids: u64,
    /// Budgets that are no numbers.
    pub(crate) unread_budgets: u64,
    /// Addresses that are longer than any platform takes.
    pub(crate) long_addresses: u64,
}

/// The last cell of a column and what it means.
struct Memo<T>(Option<(String, T)>);

impl<T> Memo<T> {
    #[inline]
    fn get(&mut self, cell: &str, read: impl FnOnce(&str) -> T) -> &T {
        if !matches!(&self.0, Some((last, _)) if last == cell) {
            self.0 = None;
        }
        let (_, meaning) = self.0.get_or_insert_with(|| (cell.to_owned(), read(cell)));
        meaning
    }
}

impl<'p> Rows<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            day: Memo(None),
            end: Memo(None),
            currency: Memo(None),
            status: Memo(None),
            outside: None,
            outside_stated: 0,
            rounded_ids: 0,
            unread_budgets: 0,
            long_addresses: 0,
        }
    }

    /// The row that a record stands for.
    pub(crate) fn read<'a>(&'a mut self, record: &Record<'a>) -> Result<Row<'a>, Unused> {
        let plan = self.plan;
        self.check_shape(record)?;
        let period = self.period(record)?;
        let sums = self.sums(record)?;
        let currency = self.currency(record)?;
        let budget_micros = self.budget(record);
        self.outside_stated += u64::from(period.is_some_and(|period| self.is_outside_stated(period)));
        let account = self.part(record, plan.account);
        let campaign = self.part(record, plan.campaign);
        let ad_group = self.part(record, plan.ad_group);
        let ad = self.part(record, plan.ad);
        let addresses = self.addresses(record);
        let cell = |column: Option<usize>| column.and_then(|column| text(record.cell(column)));
        let status = cell(plan.status).map(|cell| {
            let kept =
                |cell: &str| words().status(cell).map_or_else(|| cell.to_lowercase().into(), Cow::Borrowed);
            self.status.get(cell, kept).as_ref()
        });
        Ok(Row {
            line: record.line,
            period,
            account,
            currency,
            campaign,
            ad_group,
            ad,
            keyword: cell(plan.keyword),
            match_type: cell(plan.match_type),
            search_term: cell(plan.search_term),
            status,
            campaign_type: cell(plan.campaign_type),
            budget_micros,
            addresses,
            sums,
        })
    }

    /// Sorts out what is no row of the report's own level.
    fn check_shape(&mut self, record: &Record<'_>) -> Result<(), Unused> {
        let plan = self.plan;
        let headers = plan.layout.headers.len();
        if record.len() > headers
            && (headers..record.len()).any(|column| !record.cell(column).trim().is_empty())
        {
            let reason = format!(
                "line {}: {} cells stand under {headers} headers; a cell with a separator in it is probably not quoted: \
                 quote it, or download the report again",
                record.line,
                record.len()
            );
            return Err(Unused::new("too many cells", reason));
        }
        let own = plan.own_entity();
        let has = |column: Option<usize>| column.is_some_and(|column| text(record.cell(column)).is_some());
        let named = has(own.id) || has(own.name);
        let mut texts = record.cells().filter_map(text);
        let (first, second) = (texts.next(), texts.next());
        // Telling a total row is dear, so it is done only where a row may be one.
        if second.is_none() || !named || first.is_some_and(|cell| words().may_be_total(cell)) {
            let Some(first) = first else {
                return Err(Unused::new("empty row", format!("line {}: all cells are empty", record.line)));
            };
            if let Some(label) = total_label(record, plan) {
                return Err(self.total(record, label));
            }
            if second.is_none() && headers > 1 {
                let reason =
                    format!("line {}: '{}' stands alone and is taken for a note", record.line, shown(first));
                return Err(Unused::new("note", reason));
            }
        }
        if record.is_unended && record.len() < headers {
            let reason = format!(
                "line {}: the file ends in the middle of this row, after {} of {headers} cells; download it again",
                record.line,
                record.len()
            );
            return Err(Unused::new("cut off", reason));
        }
        if let Some((column, level)) = plan.row_level
            && let Some(cell) = text(record.cell(column))
            && plan.layout.platform.level(cell) != Some(level)
        {
            let why = "is another level than that of the rows before it, and levels can't be added up; download one \
                       report per level";
            return Err(self.unreadable("other level", record, column, cell, why));
        }
        if !named && plan.level != Level::Account {
            let what = plan.layout.platform.level_label(plan.level);
            let header = own.name.or(own.id).map_or("", |column| plan.layout.header(column));
            let reason = format!(
                "line {}, column '{header}': no {what} is named, so the row can't be kept; download the report again \
                 with names or ids",
                record.line
            );
            return Err(Unused::new("no name", reason));
        }
        Ok(())
    }

    fn period(&mut self, record: &Record<'_>) -> Result<Option<Period>, Unused> {
        let plan = self.plan;
        match plan.days {
            Days::Stated => Ok(plan.stated),
            Days::Column(column, grain) => {
                let cell = record.cell(column);
                let period = *self.day.get(cell, |cell| dates::period(cell, grain, plan.order));
                let period = period.map_err(|why| self.no_date(record, column, why))?;
                // The first and last week of a range are mostly cut.
                let cut =
                    plan.stated.filter(|_| grain != Grain::Day).and_then(|stated| stated.overlap(period));
                Ok(Some(cut.unwrap_or(period)))
            }
            Days::Between { start, end, same } => {
                let read = |cell: &str| dates::period(cell, Grain::Day, plan.order);
                let from = *self.day.get(record.cell(start), read);
                let to = *self.end.get(record.cell(end), read);
                let from = from.map_err(|why| self.no_date(record, start, why))?;
                let to = to.map_err(|why| self.no_date(record, end, why))?;
                if same && from != to {
                    let why = "differs from the day on which the row's range starts, but the rows before it are of one \
                               day each; download the report again by day";
                    return Err(self.unreadable("several days", record, end, record.cell(end), why));
                }
                let period = Period::new(from.from(), to.to()).map_err(|_| {
                    let why =
                        "lies before the day on which the row's range starts; download the report again";
                    self.unreadable("unreadable day", record, end, record.cell(end), why)
                })?;
                Ok(Some(period))
            }
        }
    }

    fn no_date(&self, record: &Record<'_>, column: usize, why: NotADate) -> Unused {
        let cell = record.cell(column);
        let why = match why {
            _ if text(cell).is_none() => "states no day; download the report with a day in every row",
            NotADate::Order => {
                "is no date in the order of this file's other dates; if the others are misread, say which part comes \
                 first: --date-order dmy or --date-order mdy"
            }
            NotADate::Unreadable => "is no date; write it as 2026-11-22, or download the report again",
        };
        self.unreadable("unreadable day", record, column, cell, why)
    }

    fn is_outside_stated(&mut self, period: Period) -> bool {
        match self.outside {
            Some((last, outside)) if last == period => outside,
            _ => {
                let outside = self.plan.stated.is_some_and(|stated| stated.overlap(period).is_none());
                self.outside = Some((period, outside));
                outside
            }
        }
    }

    #[inline]
    fn sums(&self, record: &Record<'_>) -> Result<Sums, Unused> {
        let plan = self.plan;
        let mut figures: [Option<i64>; Additive::STORED.len()] = [None; Additive::STORED.len()];
        for figure in &plan.figures {
            let whole = figure.is_whole;
            let number = number::parse(record.cell(figure.column), plan.style)
                .map_err(|why| self.no_number(record, figure.column, why, whole))?;
            let Some(number) = number else { continue };
            if figure.what == Additive::Conversions && !self.counts_as_conversion(record) {
                continue;
            }
            let value = if whole { number.count() } else { number.micros() };
            let mut value = value.map_err(|why| self.no_number(record, figure.column, why, whole))?;
            let place = &mut figures[figure.what as usize];
            if figure.is_added {
                let sum = place.unwrap_or(0).checked_add(value);
                value =
                    sum.ok_or_else(|| self.no_number(record, figure.column, NotANumber::TooLarge, whole))?;
            }
            *place = Some(value);
        }
        Ok(self.as_sums(figures))
    }

    #[inline]
    fn as_sums(&self, figures: [Option<i64>; Additive::STORED.len()]) -> Sums {
        let figure = |what: Additive| figures[what as usize];
        let clicks = figure(Additive::Clicks);
        let same = clicks.filter(|_| self.plan.layout.platform.clicks_are_link_clicks);
        let link_clicks = figure(Additive::LinkClicks).or(same);
        Sums {
            spend_micros: figure(Additive::Spend),
            impressions: figure(Additive::Impressions),
            clicks,
            link_clicks,
            conversions_e6: figure(Additive::Conversions),
            revenue_micros: figure(Additive::Revenue),
            video_views: figure(Additive::VideoViews),
            ..Sums::NONE
        }
    }

    /// Results are conversions only if they are of such a kind.
    fn counts_as_conversion(&self, record: &Record<'_>) -> bool {
        let platform = self.plan.layout.platform;
        self.plan.result_type.is_none_or(|column| platform.counts_as_conversion(record.cell(column)))
    }

    fn no_number(&self, record: &Record<'_>, column: usize, why: NotANumber, whole: bool) -> Unused {
        let cell = record.cell(column);
        let style = self.plan.style.example();
        let (kind, why) = match why {
            NotANumber::TooLarge => ("too large", "is too large to be kept exactly; correct it".to_owned()),
            NotANumber::Unreadable if whole => (
                "unreadable number",
                format!(
                    "is no whole number as this file writes them ({style}); correct it, or download the report again"
                ),
            ),
            NotANumber::Unreadable => (
                "unreadable number",
                format!(
                    "is no number as this file writes them ({style}); correct it, or download the report again"
                ),
            ),
        };
        self.unreadable(kind, record, column, cell, &why)
    }

    fn unreadable(
        &self,
        kind: &'static str,
        record: &Record<'_>,
        column: usize,
        cell: &str,
        why: &str,
    ) -> Unused {
        let header = shown(self.plan.layout.header(column));
        if record.cells().enumerate().all(|(at, cell)| cell.trim() == self.plan.layout.header(at)) {
            let reason = format!("line {}: the header line stands here again", record.line);
            return Unused::new("header again", reason);
        }
        Unused::new(kind, format!("line {}, column '{header}': '{}' {why}", record.line, shown(cell)))
    }

    /// A total row's figures are read as far as they can be: they are only compared with, never kept.
    fn total(&mut self, record: &Record<'_>, label: &str) -> Unused {
        let currency = self.currency(record).unwrap_or(Currency::UNKNOWN);
        let label = shown(label).into_owned();
        let reason = format!("total row '{label}'");
        let total = FileTotal { line: record.line, label, currency, sums: self.total_sums(record) };
        Unused { kind: "total row", reason, total: Some(Box::new(total)) }
    }

    fn total_sums(&self, record: &Record<'_>) -> Sums {
        let plan = self.plan;
        let mut figures: [Option<i64>; Additive::STORED.len()] = [None; Additive::STORED.len()];
        for figure in &plan.figures {
            let number = number::parse(record.cell(figure.column), plan.style).ok().flatten();
            if figure.what != Additive::Conversions || self.counts_as_conversion(record) {
                let value =
                    number.map(|number| if figure.is_whole { number.count() } else { number.micros() });
                let before = figures[figure.what as usize].filter(|_| figure.is_added);
                let value = value.and_then(Result::ok);
                figures[figure.what as usize] = match (before, value) {
                    (Some(before), Some(value)) => before.checked_add(value),
                    (before, value) => before.or(value),
                };
            }
        }
        self.as_sums(figures)
    }

    #[inline]
    fn currency(&mut self, record: &Record<'_>) -> Result<Currency, Unused> {
        match self.plan.currency {
            CurrencySource::Fixed(currency) => Ok(currency),
            CurrencySource::Column(column, otherwise) => {
                let cell = record.cell(column);
                let read = |cell: &str| {
                    text(cell).map_or(Some(otherwise), |cell| currency_of(cell).or_else(|| cell.parse().ok()))
                };
                let why = "is no currency code; use a three-letter code such as EUR";
                self.currency
                    .get(cell, read)
                    .ok_or_else(|| self.unreadable("unreadable currency", record, column, cell, why))
            }
            CurrencySource::Signs(otherwise) => {
                let cell = self.plan.money().map_or("", |column| record.cell(column));
                let (sign, _) = split_sign(cell.trim().trim_matches(['-', '\u{2212}', '(', ')']));
                Ok(currency_of(sign).unwrap_or(otherwise))
            }
        }
    }

    /// A budget is not needed: one that can't be read is left out and counted.
    fn budget(&mut self, record: &Record<'_>) -> Option<i64> {
        let cell = record.cell(self.plan.budget?);
        let budget = number::parse(cell, self.plan.style).map(|number| number.map(number::Number::micros));
        match budget {
            Ok(None) => None,
            Ok(Some(Ok(micros))) => Some(micros),
            _ => {
                self.unread_budgets += u64::from(!self.plan.layout.platform.says_no_budget(cell));
                None
            }
        }
    }

    /// Where the row's own entity leads. What is too long to be an address is left out and counted.
    fn addresses<'a>(&mut self, record: &Record<'a>) -> Addresses<'a> {
        let columns = self.plan.addresses;
        let mut cell = |column: Option<usize>| {
            let cell = text(record.cell(column?)).unwrap_or_default();
            let is_long = cell.len() > LONGEST_ADDRESS;
            self.long_addresses += u64::from(is_long);
            Some(cell).filter(|_| !is_long)
        };
        Addresses {
            final_url: cell(columns.final_url),
            suffix: cell(columns.suffix),
            template: cell(columns.template),
        }
    }

    #[inline]
    fn part<'a>(&mut self, record: &Record<'a>, columns: PartColumns) -> Part<'a> {
        let cell = |column: Option<usize>| column.and_then(|column| text(record.cell(column)));
        let Some(id) = columns.id.map(|column| text(record.cell(column))) else {
            return Part { id: None, name: cell(columns.name) };
        };
        let rounded = id.is_some_and(is_rounded);
        self.rounded_ids += u64::from(rounded);
        Part { id: id.filter(|_| !rounded), name: cell(columns.name) }
    }
}

/// `1.20212E+17`: what is left of a long id when a spreadsheet takes it for a number.
fn is_rounded(id: &str) -> bool {
    let is_number = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    };
    id.split_once(['E', 'e']).is_some_and(|(mantissa, power)| {
        is_number(mantissa) && power.strip_prefix('+').is_some_and(is_number)
    })
}

/// A cell as messages show it: on one line, and not too long.
fn shown(cell: &str) -> Cow<'_, str> {
    const LONGEST: usize = 60;
    let cell = cell.trim();
    if cell.chars().count() <= LONGEST && !cell.contains(char::is_control) {
        return Cow::Borrowed(cell);
    }
    let short: String = cell.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    Cow::Owned(if cell.chars().count() > LONGEST { short + "…" } else { short })
}
