//! Conversion: money of several currencies in one, at the rate of the day on which it was spent.
//!
//! A day without a rate has the last earlier one's. Money for which there is none stays in its own currency, and stands beside
//! what could be converted.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Additive, Currency, Period};
use jiff::civil::Date;
use store::facts::{AccountId, RATE_ONE, Rate, currency_number, rates_within};

use crate::known::Known;
use crate::query::Query;
use crate::rates::UsedRate;
use crate::view::View;
use crate::{Asker, InsightError};

/// One in billionths of thousandths, in which money is multiplied.
pub(crate) const ONE_E12: i64 = 1_000_000_000_000;

/// Whether a figure is converted.
pub(crate) fn is_money(what: Additive) -> bool {
    matches!(what, Additive::Spend | Additive::Revenue | Additive::RecordRevenue)
}

/// A sum of converted money in micros, half away from zero.
pub(crate) fn rounded(sum_e12: i128) -> i128 {
    (sum_e12 + i128::from(ONE_E12 / 2) * sum_e12.signum()) / i128::from(ONE_E12)
}

/// How the accounts' money is converted on the days of a question.
pub(crate) struct Conversion {
    /// Into what.
    pub to: Currency,
    accounts: Vec<(AccountId, Currency)>,
    days: Period,
    rates: BTreeMap<Currency, Vec<DayRate>>,
    told: Vec<Rate>,
}

/// The rate of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DayRate {
    day: Date,
    /// What one unit is worth, in millionths of millionths.
    rate_e12: i64,
    /// The day whose rate it is.
    told: Date,
    /// Its source's place among the sources.
    source: usize,
}

impl View<'_> {
    /// How the money of a question is converted, if it is.
    pub fn conversion(
        &self,
        asker: &Asker,
        query: &Query,
        known: &Known,
    ) -> Result<Option<Conversion>, InsightError> {
        let Some(to) = asker.convert.filter(|_| !known.accounts.is_empty()) else { return Ok(None) };
        let compared = query.compare.map(|comparison| query.period.compared(comparison));
        let days = compared.map_or(query.period, |compared| compared.hull(query.period));
        let accounts: Vec<_> = known.accounts.iter().map(|of| (of.account, of.currency)).collect();
        let currencies: BTreeSet<Currency> = accounts.iter().map(|(_, of)| *of).chain([to]).collect();
        let currencies: Vec<Currency> = currencies.into_iter().collect();
        let told = rates_within(self.connection, asker.workspace(), &currencies, days)?;
        Ok(Some(Conversion::new(to, accounts, days, told)))
    }
}

impl Conversion {
    fn new(to: Currency, accounts: Vec<(AccountId, Currency)>, days: Period, told: Vec<Rate>) -> Self {
        let mut rates = BTreeMap::new();
        for currency in accounts.iter().map(|(_, currency)| *currency).collect::<BTreeSet<_>>() {
            let of_day = |day| {
                if currency == to {
                    return Some(DayRate { day, rate_e12: ONE_E12, told: day, source: usize::MAX });
                }
                let (from, into) = (at(&told, currency, day)?, at(&told, to, day)?);
                let rate = i128::from(into.per_euro_e9) * i128::from(ONE_E12);
                let rate = (rate + i128::from(from.per_euro_e9 / 2)) / i128::from(from.per_euro_e9);
                let rate_e12 = i64::try_from(rate).ok().filter(|rate| *rate > 0)?;
                // The euro has its rate on every day; the other's day is the one to name.
                let source = [&from, &into].into_iter().min_by_key(|side| (side.day, side.place))?;
                Some(DayRate { day, rate_e12, told: source.day, source: source.place })
            };
            rates.insert(currency, days.days().filter_map(of_day).collect());
        }
        Self { to, accounts, days, rates, told }
    }

    /// What one unit of a currency is worth on a day, in millionths of millionths, if a rate tells.
    pub fn rate_e12(&self, currency: Currency, day: Date) -> Option<i64> {
        let days = self.rates.get(&currency)?;
        let place = days.binary_search_by_key(&day, |of| of.day).ok()?;
        days.get(place).map(|of| of.rate_e12)
    }

    /// A statement's rows with their money multiplied by the rate, in trillionths of micros, and whether it was converted.
    pub fn applied(&self, rows: &str) -> String {
        let accounts: Vec<String> = self
            .accounts
            .iter()
            .map(|(account, currency)| format!("({account}, {})", currency_number(*currency)))
            .collect();
        let rates: Vec<String> = self
            .rates
            .iter()
            .flat_map(|(currency, days)| {
                let number = currency_number(*currency);
                days.iter().map(move |of| format!("({number}, DATE '{}', {})", of.day, of.rate_e12))
            })
            .collect();
        // Without any rate the join finds none.
        let rates = if rates.is_empty() { "(0, NULL::DATE, 1)".to_owned() } else { rates.join(", ") };
        let money =
            |column: &str| format!("s.{column}::HUGEINT * coalesce(fx_rate, {ONE_E12})::HUGEINT AS {column}");
        format!(
            "(SELECT s.* EXCLUDE (spend_micros, revenue_micros), {}, {}, fx_rate IS NOT NULL AS is_converted
              FROM ({rows}) s
              JOIN (VALUES {}) a(fx_account, fx_of) ON fx_account = s.account
              LEFT JOIN (VALUES {rates}) r(fx_currency, fx_day, fx_rate) ON fx_currency = fx_of AND fx_day = s.day)",
            money("spend_micros"),
            money("revenue_micros"),
            accounts.join(", "),
        )
    }

    /// The rates of other currencies, by currency and day.
    pub fn used(&self) -> Vec<UsedRate> {
        let of = |currency: Currency, rate: &DayRate| UsedRate {
            currency,
            day: rate.day,
            rate_e12: rate.rate_e12,
            told: rate.told,
            source: self.told.get(rate.source).map(|rate| rate.source.clone()).unwrap_or_default(),
        };
        let others = self.rates.iter().filter(|(currency, _)| **currency != self.to);
        others.flat_map(|(currency, days)| days.iter().map(|rate| of(*currency, rate))).collect()
    }

    /// What a reader must know of it, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (currency, days) in self.rates.iter().filter(|(of, _)| ![self.to, Currency::UNKNOWN].contains(of))
        {
            let to = self.to;
            let (Some(lowest), Some(highest)) =
                (days.iter().map(|of| of.rate_e12).min(), days.iter().map(|of| of.rate_e12).max())
            else {
                notes.push(format!(
                    "There is no rate of {currency} in {to}, so that money stays in {currency}, beside the totals; load rates with adroit rates."
                ));
                continue;
            };
            let range = match lowest == highest {
                true => decimal(lowest),
                false => format!("{} to {}", decimal(lowest), decimal(highest)),
            };
            let first = days.first().map_or(self.days.from(), |of| of.told);
            let last = days.last().map_or(self.days.to(), |of| of.told);
            let sources: BTreeSet<&str> = days
                .iter()
                .filter_map(|of| self.told.get(of.source))
                .map(|rate| rate.source.as_str())
                .collect();
            let sources: Vec<&str> = sources.into_iter().collect();
            let mut note = format!(
                "{currency} is converted to {to} at the rate of each day: 1 {currency} is {range} {to} ({}, {first} to {last})",
                sources.join(", ")
            );
            let carried = days.iter().filter(|of| of.told < of.day).count();
            if carried > 0 {
                note += &format!("; on {carried} days without a rate the last earlier one");
            }
            notes.push(note + ".");
            let without = self.days.len() as usize - days.len();
            if without > 0 {
                notes.push(format!(
                    "On {without} days there is no rate of {currency} in {to} yet; what was spent then stays in {currency}."
                ));
            }
        }
        notes
    }
}

/// One side of a rate: the last one told on a day or before.
struct Side {
    per_euro_e9: i64,
    day: Date,
    place: usize,
}

fn at(told: &[Rate], currency: Currency, day: Date) -> Option<Side> {
    if currency.code() == "EUR" {
        return Some(Side { per_euro_e9: RATE_ONE, day, place: usize::MAX });
    }
    let end = told.partition_point(|rate| (rate.currency, rate.day) <= (currency, day));
    let place = end.checked_sub(1)?;
    let rate = told.get(place).filter(|rate| rate.currency == currency && rate.per_euro_e9 > 0)?;
    Some(Side { per_euro_e9: rate.per_euro_e9, day: rate.day, place })
}

/// A rate as a decimal with six digits that count.
pub(crate) fn decimal(rate_e12: i64) -> String {
    let (whole, fraction) = (rate_e12 / ONE_E12, format!("{:012}", rate_e12 % ONE_E12));
    let leading = if whole > 0 { 0 } else { fraction.len() - fraction.trim_start_matches('0').len() };
    let places = (leading + 6).saturating_sub(if whole > 0 { whole.to_string().len() } else { 0 }).min(12);
    let fraction = fraction[..places].trim_end_matches('0');
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(currency: &str, day: &str, per_euro_e9: i64) -> Rate {
        let (currency, day) = (currency.parse().unwrap(), day.parse().unwrap());
        Rate { currency, day, per_euro_e9, source: "ECB".to_owned() }
    }

    fn conversion(to: &str) -> Conversion {
        let accounts =
            vec![(1, "EUR".parse().unwrap()), (2, "USD".parse().unwrap()), (3, "JPY".parse().unwrap())];
        let days = Period::new("2026-10-01".parse().unwrap(), "2026-10-04".parse().unwrap()).unwrap();
        let told = vec![
            rate("GBP", "2026-09-30", 850_000_000),
            rate("USD", "2026-10-02", 1_250_000_000),
            rate("USD", "2026-10-03", 1_600_000_000),
        ];
        Conversion::new(to.parse().unwrap(), accounts, days, told)
    }

    fn of_days(conversion: &Conversion, currency: &str) -> Vec<(i8, i64, i8)> {
        let days = &conversion.rates[&currency.parse().unwrap()];
        days.iter().map(|of| (of.day.day(), of.rate_e12, of.told.day())).collect()
    }

    #[test]
    fn a_day_has_its_own_rate_or_the_last_before() {
        let in_euro = conversion("EUR");
        let (first, second) = (800_000_000_000, 625_000_000_000);
        assert_eq!(of_days(&in_euro, "USD"), [(2, first, 2), (3, second, 3), (4, second, 3)]);
        assert!(of_days(&in_euro, "JPY").is_empty());
        assert_eq!(of_days(&in_euro, "EUR").len(), 4);
        let notes = in_euro.notes();
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert!(notes[0].starts_with("There is no rate of JPY in EUR"), "{notes:?}");
        assert_eq!(
            notes[1],
            "USD is converted to EUR at the rate of each day: 1 USD is 0.625 to 0.8 EUR (ECB, 2026-10-02 to 2026-10-03); on 1 days without a rate the last earlier one."
        );
        assert!(notes[2].starts_with("On 1 days there is no rate of USD"), "{notes:?}");
    }

    #[test]
    fn currencies_meet_by_way_of_the_euro() {
        let in_pounds = conversion("GBP");
        assert_eq!(of_days(&in_pounds, "USD")[0], (2, 680_000_000_000, 30));
        assert_eq!(of_days(&in_pounds, "EUR")[0], (1, 850_000_000_000, 30));
    }

    #[test]
    fn rates_are_written_with_six_digits() {
        for (rate, text) in [
            (ONE_E12, "1"),
            (921_123_456_789, "0.921123"),
            (5_882_353, "0.00000588235"),
            (161_234_567_890_123, "161.234"),
        ] {
            assert_eq!(decimal(rate), text);
        }
    }
}
