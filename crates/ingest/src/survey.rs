//! A look through the first rows, for what only rows tell: how numbers and dates are written, which currency, which days.

use std::collections::BTreeSet;
use std::io::Read;

use domain::{Currency, Level, Period};
use jiff::civil::DateTime;

use crate::dates::{Grain, written};
use crate::encoding::{Decoded, Encoding};
use crate::header::{Found, Stated};
use crate::mapping::Mapping;
use crate::number::{StyleEvidence, split_sign};
use crate::order::OrderEvidence;
use crate::plan::{CurrencySource, Days, Plan, currency_of, text};
use crate::preamble::Preamble;
use crate::ranges::{WrittenRange, moment};
use crate::records::{Broken, Next, Record, Records};
use crate::refusal::{Refusal, Verdict, long_line};
use crate::role::Role;
use crate::totals::total_label;
use crate::wishes::{DateOrder, Wishes};

/// How many records are looked at. Where the order of dates stays open, looking goes on in steps of as many.
const LOOKED_AT: u64 = 5_000;

/// What the first rows tell.
#[derive(Debug, Default)]
struct Survey {
    rows: u64,
    style: StyleEvidence,
    order: OrderEvidence,
    /// Signs and codes at amounts, at most a few.
    signs: BTreeSet<String>,
    /// The range of the first row, while all rows have the same.
    range: Option<Range>,
    /// A row covers several days.
    several_days: bool,
    /// The cell in which the first row states its day, while all rows have the same.
    one_day: Option<String>,
    days_differ: bool,
    row_level: Option<Level>,
}

#[derive(Debug)]
struct Range {
    start: String,
    end: String,
    is_of_all: bool,
}

/// What a survey came to.
pub(crate) struct Surveyed {
    pub(crate) plan: Plan,
    pub(crate) captured: Option<DateTime>,
}

/// Reads as far as needed to know how to read everything.
pub(crate) fn survey(
    reader: impl Read,
    encoding: Encoding,
    found: Found,
    wishes: &Wishes,
) -> Result<Surveyed, Refusal> {
    let currency = found.mapping.as_ref().and_then(|saved| saved.mapping.currency()).or(wishes.currency);
    let said = found.mapping.as_ref().map(|saved| &saved.mapping);
    let order = wishes.date_order.or_else(|| said?.date_order());
    let decimal = said.and_then(Mapping::decimal);
    let preamble = Preamble::read(&found.above);
    let level = found.layout.level();
    let mut plan = Plan::new(found.layout, level, encoding, found.delimiter, found.line);
    let mut records = Records::new(Decoded::new(reader, encoding), found.delimiter);
    let mut survey = Survey::default();
    let whole_months = matches!(plan.days, Days::Column(_, Grain::Month | Grain::Quarter | Grain::Year));
    let may_hide_range = plan.layout.platform.range_may_hide_in_start
        && matches!(plan.days, Days::Column(column, _) if plan.layout.at(Role::Start) == Some(column));
    let mut seen = 0u64;
    let mut too_long = None;
    loop {
        match records.next()? {
            Next::End => break,
            Next::Broken { line, why: Broken::TooLong } => {
                too_long.get_or_insert(line);
            }
            Next::Broken { .. } => {}
            Next::Record(record) if record.line > plan.header_line => survey.see(&record, &plan),
            Next::Record(_) => {}
        }
        seen += 1;
        if seen.is_multiple_of(LOOKED_AT)
            && survey.rows > 0
            && (survey.days_differ || !may_hide_range)
            && (order.is_some()
                || survey.order.example().is_none()
                || survey.order.verdict(preamble.range, whole_months).is_some())
        {
            break;
        }
    }
    if let Some(line) = too_long.filter(|_| survey.rows == 0) {
        return Err(long_line(line));
    }
    if survey.rows == 0 {
        let remedy = "choose a range in which something was delivered and download it again";
        return Err(Refusal::NoRows(Verdict::new(format!("a {} without rows", plan.name()), remedy)));
    }

    if let Some(row_level) = survey.row_level {
        plan = at_level(plan, row_level);
    }
    plan.style = decimal.map_or_else(|| survey.style.verdict(), Into::into);
    let wished = order;
    let order = order.or_else(|| survey.order.verdict(preamble.range, whole_months));
    plan.order = order;
    if let (None, Some(order)) = (wished, order)
        && let Some(example) = survey.order.by_neighbours(preamble.range, whole_months)
    {
        plan.warnings.push(supposed(order, &example.to_string()));
    }
    plan.stated = stated_period(&survey, &preamble, &plan);
    if may_hide_range && survey.is_range_in_start(&plan) {
        plan.days = Days::Stated;
    }
    if let Days::Between { same, .. } = &mut plan.days {
        *same = !survey.several_days;
    }
    if order.is_none() {
        refuse_open_order(&survey, preamble.range, &plan)?;
    }
    settle_currency(&mut plan, &survey, &preamble, currency);
    warn(&mut plan);
    let captured = preamble.captured.and_then(|text| moment(&text, order));
    Ok(Surveyed { plan, captured })
}

impl Survey {
    fn see(&mut self, record: &Record<'_>, plan: &Plan) {
        for figure in &plan.figures {
            self.style.see(record.cell(figure.column), figure.is_whole);
        }
        if record.cells().all(|cell| text(cell).is_none()) || total_label(record, plan).is_some() {
            return;
        }
        self.rows += 1;
        match plan.days {
            Days::Column(column, _) => {
                let cell = record.cell(column);
                let first = self.one_day.get_or_insert_with(|| cell.to_owned());
                self.days_differ |= first != cell;
                self.see_date(cell);
            }
            Days::Between { start, end, .. } => {
                self.see_date(record.cell(start));
                self.see_date(record.cell(end));
            }
            Days::Stated => {}
        }
        if let (Some(start), Some(end)) = (plan.layout.at(Role::Start), plan.layout.at(Role::End)) {
            self.see_range(record.cell(start), record.cell(end));
        }
        if let Some(money) = plan.money().filter(|_| self.signs.len() < 8) {
            let (sign, _) = split_sign(record.cell(money).trim().trim_matches(['-', '\u{2212}', '(', ')']));
            if currency_of(sign).is_some() && !self.signs.contains(sign) {
                self.signs.insert(sign.to_owned());
            }
        }
        if let Some(column) = plan.layout.at(Role::DeliveryLevel) {
            let level = plan.layout.platform.level(record.cell(column));
            self.row_level = self.row_level.or(level);
        }
    }

    /// Whether every row has the first day of a longer range, for which it stands.
    fn is_range_in_start(&self, plan: &Plan) -> bool {
        let day = self.one_day.as_deref().filter(|_| !self.days_differ).and_then(written);
        let (Some(day), Some(stated)) = (day, plan.stated) else { return false };
        stated.len() > 1 && day.read(plan.order) == Ok(stated.from())
    }

    fn see_date(&mut self, cell: &str) {
        if let Some(date) = written(cell) {
            self.order.see(date);
        }
    }

    fn see_range(&mut self, start: &str, end: &str) {
        if text(start).is_none() || text(end).is_none() {
            return;
        }
        self.several_days |= start != end;
        match &mut self.range {
            None => {
                self.range = Some(Range { start: start.to_owned(), end: end.to_owned(), is_of_all: true })
            }
            Some(range) => range.is_of_all &= range.start == start && range.end == end,
        }
    }
}

/// A platform's own word for the level of rows, where it is wider than the columns suggest.
fn at_level(plan: Plan, row_level: Level) -> Plan {
    let level = plan.level.min(row_level);
    let column = plan.layout.at(Role::DeliveryLevel);
    let mut plan = Plan::new(plan.layout, level, plan.encoding, plan.delimiter, plan.header_line);
    plan.row_level = column.map(|column| (column, row_level));
    plan
}

/// The days that the lines above the header state, else those that every row repeats.
fn stated_period(survey: &Survey, preamble: &Preamble, plan: &Plan) -> Option<Period> {
    let repeated = || {
        let range = survey.range.as_ref().filter(|range| range.is_of_all)?;
        let from = written(&range.start)?.read(plan.order).ok()?;
        let to = written(&range.end)?.read(plan.order).ok()?;
        Period::new(from, to).ok()
    };
    preamble.range.and_then(|range| range_period(range, survey, plan.order)).or_else(repeated)
}

/// A range with two readings is read so that it holds the days of the rows.
fn range_period(range: WrittenRange, survey: &Survey, order: Option<DateOrder>) -> Option<Period> {
    if let Ok(period) = range.read(order) {
        return Some(period);
    }
    let (first, last) = survey.order.sure()?;
    let holds = |period: &Period| period.contains(first) && period.contains(last);
    let readings =
        [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| range.read(Some(order)).ok().filter(holds));
    match readings {
        [Some(period), None] | [None, Some(period)] => Some(period),
        _ => None,
    }
}

/// Dates that may be read in two ways are not guessed.
fn refuse_open_order(survey: &Survey, range: Option<WrittenRange>, plan: &Plan) -> Result<(), Refusal> {
    let in_range = || {
        let range = range.filter(|range| plan.days == Days::Stated && range.read(None).is_err())?;
        let readable =
            [DateOrder::DayFirst, DateOrder::MonthFirst].iter().any(|order| range.read(Some(*order)).is_ok());
        readable.then(|| range.to_string())
    };
    let Some(example) = survey.order.example().map(|open| open.to_string()).or_else(in_range) else {
        return Ok(());
    };
    let seems = format!("a {} whose dates, such as {example}, can be read in two ways", plan.name());
    let remedy = "say which part comes first: --date-order dmy for the day, --date-order mdy for the month";
    Err(Refusal::OpenDateOrder(Verdict::new(seems, remedy)))
}

/// That the order of dates follows from nothing but the days themselves.
fn supposed(order: DateOrder, example: &str) -> String {
    let (first, other) = match order {
        DateOrder::DayFirst => ("day", "mdy"),
        DateOrder::MonthFirst => ("month", "dmy"),
    };
    format!(
        "Dates such as {example} were read with the {first} first, because the days then follow each other; if that is \
         wrong, import the file again with --date-order {other}."
    )
}

/// A code in the file stands above what the user said, and that above signs, of which one may stand for many currencies.
fn settle_currency(plan: &mut Plan, survey: &Survey, preamble: &Preamble, wish: Option<Currency>) {
    let header = plan.layout.stated_currency();
    let code = match &header {
        Some(Stated::Code(code)) => Some(*code),
        _ => preamble.currency,
    };
    let header_sign = match &header {
        Some(Stated::Sign(sign)) => Some(sign.as_str()),
        _ => None,
    };
    if let Some(column) = plan.layout.at(Role::Currency) {
        let otherwise = code.or(wish).unwrap_or(Currency::UNKNOWN);
        plan.currency = CurrencySource::Column(column, otherwise);
        return;
    }
    let signs = header_sign.into_iter().chain(survey.signs.iter().map(String::as_str));
    if let (Some(code), Some(wish)) = (code, wish)
        && code != wish
    {
        plan.warnings.push(format!("The file states its amounts in {code}; that was kept, not {wish}."));
    }
    if let Some(currency) = code.or(wish) {
        for sign in signs {
            if sign != "$" && currency_of(sign).is_some_and(|other| other != currency) {
                plan.warnings.push(format!("Amounts are marked {sign}, but were taken as {currency}."));
            }
        }
        plan.currency = CurrencySource::Fixed(currency);
        return;
    }
    let mut signs = signs.collect::<Vec<_>>();
    signs.dedup();
    if signs.contains(&"$") {
        plan.warnings.push(
            "Amounts are marked $ only and were taken as US dollars; if the account has another currency, import \
             again with it, for example --currency AUD."
                .to_owned(),
        );
    }
    plan.currency = match signs.as_slice() {
        [] => {
            plan.warnings.push(
                "The file does not say which currency its amounts are in; import it again with it, for example \
                 --currency EUR."
                    .to_owned(),
            );
            CurrencySource::Fixed(Currency::UNKNOWN)
        }
        [only] if survey.signs.is_empty() => {
            CurrencySource::Fixed(currency_of(only).unwrap_or(Currency::UNKNOWN))
        }
        [first, ..] => CurrencySource::Signs(currency_of(first).unwrap_or(Currency::UNKNOWN)),
    };
}

fn warn(plan: &mut Plan) {
    let layout = &plan.layout;
    if let Some(column) = layout.at(Role::ClicksAll).filter(|_| !layout.has(Role::Clicks)) {
        plan.warnings.push(format!(
            "The file has '{}' but no 'Link clicks': clicks are left out, because other clicks are not clicks on the \
             ad; add the column 'Link clicks' to the report.",
            layout.header(column)
        ));
    }
    if let (Some(per_item), Some(column)) = (layout.per_item(), layout.at(Role::Conversions)) {
        plan.warnings.push(format!(
            "'{}' is left out, because the rows are split by '{per_item}': an order of several products stands in several \
             rows; download the report by day alone for it.",
            layout.header(column)
        ));
    }
    let segments = layout.segments();
    if !segments.is_empty() {
        plan.warnings
            .push(format!("The rows are split by {}; their figures are added up.", segments.join(", ")));
    }
    if !plan.days.are_days() {
        plan.warnings.push(
            "The rows are not of single days, so they can be compared with what is known by day, but not shown by \
             day; add the column 'Day' to the report for that."
                .to_owned(),
        );
    }
}
