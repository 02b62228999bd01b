//! What a row adds up, by currency: money of several currencies is never added.

use domain::{Currency, Sums};

use crate::InsightError;
use crate::answer::{Figures, LeftOut};

/// The currencies of a row, each with its figures now and in the compared period. Most rows have one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts {
    first: Option<(Currency, Part)>,
    others: Vec<(Currency, Part)>,
}

/// One currency's part of a row, now and in the compared period.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    now: Sums,
    past: Sums,
}

impl Parts {
    /// Adds figures in a currency, of now or of the compared period.
    pub fn put(&mut self, currency: Currency, past: bool, sums: &Sums) -> Result<(), InsightError> {
        let part = self.of(currency);
        let side = if past { &mut part.past } else { &mut part.now };
        *side = side.checked_add(sums).ok_or_else(InsightError::too_large)?;
        Ok(())
    }

    /// Adds another row's figures.
    pub fn merge(&mut self, other: &Self) -> Result<(), InsightError> {
        for (currency, part) in other.first.iter().chain(&other.others) {
            let own = self.of(*currency);
            own.now = own.now.checked_add(&part.now).ok_or_else(InsightError::too_large)?;
            own.past = own.past.checked_add(&part.past).ok_or_else(InsightError::too_large)?;
        }
        Ok(())
    }

    fn of(&mut self, currency: Currency) -> &mut Part {
        let (first, part) = self.first.get_or_insert_with(|| (currency, Part::default()));
        if *first == currency {
            return part;
        }
        let place = self.others.iter().position(|(other, _)| *other == currency);
        let place = place.unwrap_or_else(|| {
            self.others.push((currency, Part::default()));
            self.others.len() - 1
        });
        &mut self.others[place].1
    }

    /// The row's figures, with the money of one leading currency: `lead` if it is there, else the one with the largest spend.
    pub fn figures(&self, lead: Option<Currency>, compared: bool) -> Result<Figures, InsightError> {
        let Some((mut currency, mut leading)) = self.first else { return Ok(Figures::default()) };
        let mut all = leading;
        let mut others = Vec::new();
        if !self.others.is_empty() {
            others = self.others.clone();
            others.push((currency, leading));
            others.sort_by_key(|(currency, part)| {
                let spend =
                    part.now.spend_micros.unwrap_or(0).saturating_add(part.past.spend_micros.unwrap_or(0));
                (Some(*currency) != lead, std::cmp::Reverse(spend), *currency)
            });
            (currency, leading) = others.remove(0);
            all = leading;
            for (_, part) in &others {
                all.now = all.now.checked_add(&part.now).ok_or_else(InsightError::too_large)?;
                all.past = all.past.checked_add(&part.past).ok_or_else(InsightError::too_large)?;
            }
            // Money of several currencies has no sum.
            for side in [&mut all.now, &mut all.past] {
                (side.spend_micros, side.revenue_micros, side.record_revenue_micros) = (None, None, None);
            }
        }
        let has_money = |part: &Part| {
            let Sums { spend_micros, revenue_micros, record_revenue_micros, .. } = part.now;
            [spend_micros, revenue_micros, record_revenue_micros]
                .into_iter()
                .flatten()
                .any(|micros| micros != 0)
        };
        let left_out = others.iter().filter(|(_, part)| has_money(part)).map(|(currency, part)| LeftOut {
            currency: *currency,
            spend_micros: part.now.spend_micros,
            revenue_micros: part.now.revenue_micros,
            record_revenue_micros: part.now.record_revenue_micros,
        });
        Ok(Figures {
            currency: Some(currency),
            sums: all.now,
            lead: leading.now,
            compared_sums: compared.then_some(all.past),
            compared_lead: compared.then_some(leading.past),
            left_out: left_out.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use domain::{Metric, Value};

    use super::*;

    fn row(parts: &[(&str, bool, i64, i64)]) -> Parts {
        let mut row = Parts::default();
        for (currency, past, spend, clicks) in parts {
            let sums = Sums { spend_micros: Some(*spend), clicks: Some(*clicks), ..Sums::NONE };
            row.put(currency.parse().unwrap(), *past, &sums).unwrap();
        }
        row
    }

    #[test]
    fn currencies_are_never_added() {
        let row = row(&[("USD", false, 900, 9), ("EUR", false, 100, 1), ("EUR", true, 50, 5)]);
        let figures = row.figures("EUR".parse().ok(), true).unwrap();
        assert_eq!(figures.currency, "EUR".parse().ok());
        assert_eq!(figures.value(Metric::Spend), Some(Value::Integer(100)));
        assert_eq!(figures.value(Metric::Clicks), Some(Value::Integer(10)), "clicks have no currency");
        assert_eq!(figures.value(Metric::Cpc), Some(Value::Integer(100)), "only clicks paid in EUR count");
        assert_eq!(figures.compared(Metric::Spend), Some(Value::Integer(50)));
        assert_eq!(figures.change(Metric::Spend), Some(1.0));
        assert_eq!(figures.left_out.len(), 1);
        assert_eq!(figures.left_out[0].spend_micros, Some(900));
    }

    #[test]
    fn without_a_wish_the_largest_spend_leads() {
        let row = row(&[("EUR", false, 100, 1), ("USD", false, 900, 9)]);
        assert_eq!(row.figures(None, false).unwrap().currency, "USD".parse().ok());
        assert_eq!(row.figures("JPY".parse().ok(), false).unwrap().currency, "USD".parse().ok());
    }

    #[test]
    fn a_sum_that_does_not_fit_is_told() {
        let mut most = row(&[("EUR", false, i64::MAX, 0)]);
        assert!(most.merge(&row(&[("EUR", false, 1, 0)])).is_err());
        assert!(most.merge(&row(&[("USD", false, 1, 0)])).is_ok(), "another currency is another sum");
    }
}
