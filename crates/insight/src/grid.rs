//! From the engine's groups to finished rows: currencies kept apart, conditions on metrics, order, pages, totals.

use std::cmp::Ordering;
use std::collections::HashMap;

use domain::{Additive, Currency, Formula, Metric, Sums};
use duckdb::Connection;
use duckdb::arrow::array::{Array, Int64Array};
use store::facts::currency_of;

use crate::InsightError;
use crate::answer::{Figures, LeftOut};
use crate::filter::Filter;

/// Most groups that one question may make before it is asked to be narrower.
const MOST_GROUPS: usize = 1_000_000;

/// Most entities that are looked up at once.
const MOST_NAMED: usize = 2_000;

/// The place of a row: one number per dimension, unused ones zero.
pub(crate) type Keys = [i64; 3];

/// A finished row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GridRow {
    pub keys: Keys,
    pub figures: Figures,
}

/// One group as the engine gives it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    pub keys: Keys,
    pub past: bool,
    pub currency: u16,
    pub sums: Sums,
}

/// The reported figures that `metrics` are made of, in the order of storage.
pub(crate) fn figures_for(metrics: impl IntoIterator<Item = Metric>) -> Vec<Additive> {
    let mut needed: Vec<Additive> = metrics
        .into_iter()
        .flat_map(|metric| match metric.formula() {
            Formula::Sum(what) => vec![what],
            Formula::Ratio { numerator, denominator, .. } => vec![numerator, denominator],
        })
        // Which currency leads is decided by spend.
        .chain([Additive::Spend, Additive::Revenue])
        .collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Runs a statement of [`crate::sql::statement`] and reads its groups.
pub(crate) fn groups(
    connection: &Connection,
    statement: &crate::sql::Statement,
    dimensions: usize,
    figures: &[Additive],
) -> Result<Vec<Group>, InsightError> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let mut groups = Vec::new();
    for batch in prepared.query_arrow(duckdb::params_from_iter(&statement.words))? {
        if groups.len() + batch.num_rows() > MOST_GROUPS {
            return Err(InsightError::wrong(
                "by",
                format!(
                    "the answer has more than {MOST_GROUPS} rows before it is sorted; narrow the filter or the period"
                ),
            ));
        }
        let columns: Vec<Option<&Int64Array>> =
            batch.columns().iter().map(|column| column.as_any().downcast_ref::<Int64Array>()).collect();
        let at = |column: usize, row: usize| {
            columns
                .get(column)
                .copied()
                .flatten()
                .filter(|values| values.is_valid(row))
                .map(|values| values.value(row))
        };
        for row in 0..batch.num_rows() {
            let mut keys = Keys::default();
            for (n, key) in keys.iter_mut().enumerate().take(dimensions) {
                *key = at(n, row).unwrap_or(0);
            }
            let mut sums = Sums::NONE;
            for (n, what) in figures.iter().enumerate() {
                *sums.get_mut(*what) = at(dimensions + 2 + n, row);
            }
            groups.push(Group {
                keys,
                past: at(dimensions, row) == Some(1),
                currency: at(dimensions + 1, row).and_then(|number| u16::try_from(number).ok()).unwrap_or(0),
                sums,
            });
        }
    }
    Ok(groups)
}

/// Groups in the order of their keys, cut into rows. Rows are many and most are only sorted away, so their figures are made
/// when they are looked at.
pub(crate) struct Fold<'g> {
    groups: &'g [Group],
    order: Vec<u32>,
    lead: Option<Currency>,
    compared: bool,
}

/// A row of a fold: its place in the order that was asked for, and where its groups are.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub place: Place,
    pub keys: Keys,
    from: u32,
    to: u32,
}

impl<'g> Fold<'g> {
    pub fn new(groups: &'g [Group], lead: Option<Currency>, compared: bool) -> Self {
        // Groups are large; their numbers are what is sorted.
        let mut order: Vec<u32> = (0..groups.len() as u32).collect();
        order.sort_unstable_by_key(|n| groups[*n as usize].keys);
        Self { groups, order, lead, compared }
    }

    /// The rows that pass `conditions`, each with its place, and their groups added up.
    pub fn rows(
        &self,
        conditions: &Filter,
        place: impl Fn(&Keys, &Figures) -> Place,
    ) -> Result<(Vec<Placed>, Figures), InsightError> {
        let mut rows = Vec::new();
        let mut total = Parts::default();
        let mut from = 0;
        for piece in
            self.order.chunk_by(|a, b| self.groups[*a as usize].keys == self.groups[*b as usize].keys)
        {
            let to = from + piece.len() as u32;
            let keys = self.groups[piece[0] as usize].keys;
            let figures = figures(self.piece(from, to), self.lead, self.compared)?;
            if conditions.passes(&figures) {
                rows.push(Placed { place: place(&keys, &figures), keys, from, to });
                self.piece(from, to).try_for_each(|group| total.add(group))?;
            }
            from = to;
        }
        Ok((rows, total.finish(self.lead, self.compared)?))
    }

    /// A row with its figures.
    pub fn finished(&self, row: &Placed) -> Result<GridRow, InsightError> {
        let figures = figures(self.piece(row.from, row.to), self.lead, self.compared)?;
        Ok(GridRow { keys: row.keys, figures })
    }

    fn piece(&self, from: u32, to: u32) -> impl Iterator<Item = &'g Group> {
        self.order[from as usize..to as usize].iter().map(|n| &self.groups[*n as usize])
    }
}

/// All rows of `groups` with their figures, in the order of their keys.
pub(crate) fn rows(
    groups: &[Group],
    lead: Option<Currency>,
    compared: bool,
) -> Result<Vec<GridRow>, InsightError> {
    let fold = Fold::new(groups, lead, compared);
    let (rows, _) = fold.rows(&Filter::All, |_, _| Place::Absent)?;
    rows.iter().map(|row| fold.finished(row)).collect()
}

/// Adds up groups into one row's figures.
pub(crate) fn figures<'g>(
    groups: impl IntoIterator<Item = &'g Group>,
    lead: Option<Currency>,
    compared: bool,
) -> Result<Figures, InsightError> {
    let mut parts = Parts::default();
    groups.into_iter().try_for_each(|group| parts.add(group))?;
    parts.finish(lead, compared)
}

/// The currencies of a row, each with its figures now and in the compared period. Most rows have one.
#[derive(Debug, Default)]
struct Parts {
    first: Option<(u16, Part)>,
    others: Vec<(u16, Part)>,
}

/// One currency's part of a row, now and in the compared period.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    now: Sums,
    past: Sums,
}

fn too_large() -> InsightError {
    InsightError::wrong("metrics", "a sum is larger than 64 bits hold; narrow the filter or the period")
}

impl Parts {
    fn add(&mut self, group: &Group) -> Result<(), InsightError> {
        let (_, part) = match &mut self.first {
            None => self.first.insert((group.currency, Part::default())),
            Some(first) if first.0 == group.currency => first,
            Some(_) => {
                let place = self.others.iter().position(|(currency, _)| *currency == group.currency);
                let place = place.unwrap_or_else(|| {
                    self.others.push((group.currency, Part::default()));
                    self.others.len() - 1
                });
                &mut self.others[place]
            }
        };
        let side = if group.past { &mut part.past } else { &mut part.now };
        *side = side.checked_add(&group.sums).ok_or_else(too_large)?;
        Ok(())
    }

    fn finish(mut self, lead: Option<Currency>, compared: bool) -> Result<Figures, InsightError> {
        let Some((mut currency, mut leading)) = self.first else { return Ok(Figures::default()) };
        let mut all = leading;
        if !self.others.is_empty() {
            self.others.push((currency, leading));
            self.others.sort_by_key(|(currency, part)| {
                let is_lead = lead.is_some_and(|lead| currency_of(*currency) == lead);
                let spend =
                    part.now.spend_micros.unwrap_or(0).saturating_add(part.past.spend_micros.unwrap_or(0));
                (!is_lead, std::cmp::Reverse(spend), *currency)
            });
            (currency, leading) = self.others.remove(0);
            all = leading;
            for (_, part) in &self.others {
                all.now = all.now.checked_add(&part.now).ok_or_else(too_large)?;
                all.past = all.past.checked_add(&part.past).ok_or_else(too_large)?;
            }
            // Money of several currencies has no sum.
            for side in [&mut all.now, &mut all.past] {
                (side.spend_micros, side.revenue_micros) = (None, None);
            }
        }
        let has_money = |part: &Part| {
            [part.now.spend_micros, part.now.revenue_micros].into_iter().flatten().any(|micros| micros != 0)
        };
        let left_out =
            self.others.iter().filter(|(_, part)| has_money(part)).map(|(currency, part)| LeftOut {
                currency: currency_of(*currency),
                spend_micros: part.now.spend_micros,
                revenue_micros: part.now.revenue_micros,
            });
        Ok(Figures {
            currency: Some(currency_of(currency)),
            sums: all.now,
            lead: leading.now,
            compared_sums: compared.then_some(all.past),
            compared_lead: compared.then_some(leading.past),
            left_out: left_out.collect(),
        })
    }
}

/// What a row is ordered by first; its keys break ties, so that every order is total.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// A number. Stands before rows without one, whichever the direction.
    Number(f64),
    /// A point in time, forward, and within it a number from the largest.
    TimeThen(i64, f64),
    /// A text, compared without case.
    Text(String),
    /// Nothing to order by.
    Absent,
}

impl Place {
    fn kind(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::TimeThen(..) => 1,
            Self::Text(_) => 2,
            Self::Absent => 3,
        }
    }

    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        match (self, other) {
            (Self::Absent, Self::Absent) => Ordering::Equal,
            (Self::Absent, _) => Ordering::Greater,
            (_, Self::Absent) => Ordering::Less,
            (Self::Number(a), Self::Number(b)) => turned(a.total_cmp(b)),
            (Self::Text(a), Self::Text(b)) => turned(a.cmp(b)),
            (Self::TimeThen(a, left), Self::TimeThen(b, right)) => a.cmp(b).then(right.total_cmp(left)),
            // Rows of one order have one kind of place; a cursor of another order may have any.
            (one, other) => one.kind().cmp(&other.kind()),
        }
    }
}

/// Sorts rows by place and then by keys, and cuts out the page behind `after`. Returns the page and the next cursor.
pub(crate) fn page(
    mut rows: Vec<Placed>,
    descending: bool,
    limit: usize,
    after: Option<&str>,
) -> Result<(Vec<Placed>, Option<String>), InsightError> {
    if let Some(cursor) = after {
        let (last, keys) = read_cursor(cursor)?;
        rows.retain(|row| {
            row.place.compare(&last, descending).then(row.keys.cmp(&keys)) == Ordering::Greater
        });
    }
    let order = |a: &Placed, b: &Placed| a.place.compare(&b.place, descending).then(a.keys.cmp(&b.keys));
    let more = rows.len() > limit;
    if more {
        rows.select_nth_unstable_by(limit - 1, order);
        rows.truncate(limit);
    }
    rows.sort_unstable_by(order);
    let next = rows.last().filter(|_| more).map(|row| write_cursor(&row.place, &row.keys));
    Ok((rows, next))
}

fn write_cursor(place: &Place, keys: &Keys) -> String {
    let place = match place {
        Place::Number(number) => format!("n{:016x}", number.to_bits()),
        Place::TimeThen(time, number) => format!("d{:016x}{:016x}", *time as u64, number.to_bits()),
        Place::Text(text) => {
            format!("t{}", text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Place::Absent => "a".to_owned(),
    };
    format!("{place}.{}.{}.{}", keys[0], keys[1], keys[2])
}

fn read_cursor(cursor: &str) -> Result<(Place, Keys), InsightError> {
    let wrong = || {
        InsightError::wrong("after", "this is no cursor of an answer; leave it out to begin at the first row")
    };
    let mut pieces = cursor.split('.');
    let place = pieces.next().ok_or_else(wrong)?;
    let place = match place.split_at_checked(1).ok_or_else(wrong)? {
        ("n", bits) => Place::Number(f64::from_bits(u64::from_str_radix(bits, 16).map_err(|_| wrong())?)),
        ("d", bits) => {
            let (time, number) = bits.split_at_checked(16).ok_or_else(wrong)?;
            let time = u64::from_str_radix(time, 16).map_err(|_| wrong())?;
            let number = u64::from_str_radix(number, 16).map_err(|_| wrong())?;
            Place::TimeThen(time as i64, f64::from_bits(number))
        }
        ("t", hex) => {
            let byte = |n: usize| hex.get(n..n + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
            let bytes: Option<Vec<u8>> = (0..hex.len()).step_by(2).map(byte).collect();
            Place::Text(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(wrong)?)
        }
        ("a", "") => Place::Absent,
        _ => return Err(wrong()),
    };
    let mut keys = Keys::default();
    for key in &mut keys {
        *key = pieces.next().and_then(|piece| piece.parse().ok()).ok_or_else(wrong)?;
    }
    if pieces.next().is_some() { Err(wrong()) } else { Ok((place, keys)) }
}

/// What is known of an entity besides its figures.
#[derive(Debug, Clone)]
pub(crate) struct EntityAbout {
    pub name: String,
    pub external_id: Option<String>,
    pub account: u32,
    pub status: Option<String>,
    pub kind: Option<String>,
    pub budget_micros: Option<i64>,
    pub level: u8,
}

/// The entities of these numbers, by number. Keywords and search terms carry their match type in the name.
pub(crate) fn entities(
    connection: &Connection,
    workspace: store::WorkspaceId,
    ids: &[u32],
) -> Result<HashMap<u32, EntityAbout>, InsightError> {
    let mut found = HashMap::with_capacity(ids.len());
    // Of a few sizes, filled up with zeros, which no entity has.
    for some in ids.chunks(MOST_NAMED) {
        let size = [16, 128].into_iter().find(|size| some.len() <= *size).unwrap_or(MOST_NAMED);
        let filled = some.iter().copied().chain(std::iter::repeat(0)).take(size);
        let mut statement = connection.prepare_cached(&crate::sql::entities(workspace, size))?;
        let mut rows = statement.query(duckdb::params_from_iter(filled))?;
        while let Some(row) = rows.next()? {
            let (name, detail): (String, Option<String>) = (row.get(1)?, row.get(2)?);
            let about = EntityAbout {
                name: detail.map_or(name.clone(), |detail| format!("{name} ({detail})")),
                external_id: row.get(3)?,
                account: row.get(4)?,
                status: row.get(5)?,
                kind: row.get(6)?,
                budget_micros: row.get(7)?,
                level: row.get(8)?,
            };
            found.insert(row.get(0)?, about);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::facts::currency_number;

    fn group(currency: &str, past: bool, spend: i64, clicks: i64) -> Group {
        Group {
            keys: [0; 3],
            past,
            currency: currency_number(currency.parse().unwrap()),
            sums: Sums { spend_micros: Some(spend), clicks: Some(clicks), ..Sums::NONE },
        }
    }

    #[test]
    fn currencies_are_never_added() {
        let groups = [group("USD", false, 900, 9), group("EUR", false, 100, 1), group("EUR", true, 50, 5)];
        let figures = figures(&groups, "EUR".parse().ok(), true).unwrap();
        assert_eq!(figures.currency, "EUR".parse().ok());
        assert_eq!(figures.value(Metric::Spend), Some(domain::Value::Integer(100)));
        assert_eq!(
            figures.value(Metric::Clicks),
            Some(domain::Value::Integer(10)),
            "clicks have no currency"
        );
        assert_eq!(
            figures.value(Metric::Cpc),
            Some(domain::Value::Integer(100)),
            "only clicks paid in EUR count"
        );
        assert_eq!(figures.compared(Metric::Spend), Some(domain::Value::Integer(50)));
        assert_eq!(figures.change(Metric::Spend), Some(1.0));
        assert_eq!(figures.left_out.len(), 1);
        assert_eq!(figures.left_out[0].spend_micros, Some(900));
    }

    #[test]
    fn without_a_wish_the_largest_spend_leads() {
        let groups = [group("EUR", false, 100, 1), group("USD", false, 900, 9)];
        assert_eq!(figures(&groups, None, false).unwrap().currency, "USD".parse().ok());
        assert_eq!(figures(&groups, "JPY".parse().ok(), false).unwrap().currency, "USD".parse().ok());
    }

    #[test]
    fn pages_visit_every_row_once_in_any_order() {
        let place = |n: i64, kind: i64| match (n % 5, kind) {
            (0, 0) => Place::Absent,
            (value, 0) => Place::Number(value as f64 / 3.0),
            (value, _) => Place::TimeThen(n % 7 - 3, value as f64),
        };
        let rows = |kind| -> Vec<Placed> {
            (0..57).map(|n| Placed { place: place(n, kind), keys: [n, 0, 0], from: 0, to: 0 }).collect()
        };
        for (descending, kind) in [(false, 0), (true, 0), (false, 1)] {
            let (mut seen, mut after) = (Vec::new(), None::<String>);
            loop {
                let (page, next) = page(rows(kind), descending, 10, after.as_deref()).unwrap();
                seen.extend(page.iter().map(|row| row.keys[0]));
                after = next;
                if after.is_none() {
                    break;
                }
            }
            if kind == 0 {
                let absent = seen.iter().position(|n| n % 5 == 0).unwrap();
                assert!(seen[absent..].iter().all(|n| n % 5 == 0), "rows without a value stand last");
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..57).collect::<Vec<_>>());
        }
        for cursor in ["", "x", "n12", "tzz.0.0.0", "n0.1.2", "n0.1.2.3.4", "é.1.2.3", "d12.1.2.3"] {
            assert!(page(rows(0), true, 10, Some(cursor)).is_err(), "{cursor}");
        }
    }
}
