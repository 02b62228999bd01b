//! Whether dates such as 03/04/2026 begin with the day or with the month, decided for a whole file.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::dates::{Open, Written};
use crate::ranges::WrittenRange;
use crate::wishes::DateOrder;

/// What the dates of a file tell about their order.
#[derive(Debug, Default)]
pub(crate) struct OrderEvidence {
    day_first: u64,
    month_first: u64,
    /// Dates with two readings. There are few: a hundred and thirty-two a year.
    open: BTreeSet<Open>,
    /// First and last of the dates with one reading.
    sure: Option<(Date, Date)>,
}

impl OrderEvidence {
    pub(crate) fn see(&mut self, date: Written) {
        match (date, date.implied()) {
            (_, Some(DateOrder::DayFirst)) => self.day_first += 1,
            (_, Some(DateOrder::MonthFirst)) => self.month_first += 1,
            (Written::Open(open), None) if open.is_ambiguous() => {
                self.open.insert(open);
            }
            (date, None) => {
                if let Ok(day) = date.read(None) {
                    let (first, last) = self.sure.unwrap_or((day, day));
                    self.sure = Some((first.min(day), last.max(day)));
                }
            }
        }
    }

    /// First and last of the dates with one reading.
    pub(crate) fn sure(&self) -> Option<(Date, Date)> {
        self.sure
    }

    /// A date with two readings.
    pub(crate) fn example(&self) -> Option<Open> {
        self.open.first().copied()
    }

    /// The order, if anything tells it: a date that can be read only one way; else the stated range; else that one
    /// reading gives neighbouring days and the other days a month apart. `whole_months` says that every date stands
    /// for the first of a month.
    pub(crate) fn verdict(&self, stated: Option<WrittenRange>, whole_months: bool) -> Option<DateOrder> {
        use DateOrder::{DayFirst, MonthFirst};
        if self.day_first != self.month_first {
            return Some(if self.day_first > self.month_first { DayFirst } else { MonthFirst });
        }
        if self.day_first > 0 {
            return None;
        }
        stated
            .and_then(|stated| stated.implied())
            .or_else(|| only(|order| self.lies_within(stated, order)))
            .or_else(|| only(|order| whole_months && self.days(order).all(|day| day.day() == 1)))
            .or_else(|| self.neighbouring(whole_months))
    }

    /// A date that was read by nothing but that the days then follow each other, if the order rests on that.
    pub(crate) fn by_neighbours(&self, stated: Option<WrittenRange>, whole_months: bool) -> Option<Open> {
        if self.day_first > 0 || self.month_first > 0 || whole_months {
            return None;
        }
        let is_stated = stated.and_then(|stated| stated.implied()).is_some()
            || only(|order| self.lies_within(stated, order)).is_some();
        self.example().filter(|_| !is_stated && self.neighbouring(false).is_some())
    }

    fn neighbouring(&self, whole_months: bool) -> Option<DateOrder> {
        only(|order| !whole_months && self.widest_gap(order).is_some_and(|days| days <= 7))
    }

    fn days(&self, order: DateOrder) -> impl Iterator<Item = Date> {
        self.open.iter().filter_map(move |open| open.read(order))
    }

    fn lies_within(&self, stated: Option<WrittenRange>, order: DateOrder) -> bool {
        let stated = stated.and_then(|stated| stated.read(Some(order)).ok());
        stated.is_some_and(|stated| self.days(order).all(|day| stated.contains(day)))
    }

    /// The longest way from one of the dates to the next, in days; none for a single date.
    fn widest_gap(&self, order: DateOrder) -> Option<i32> {
        let days: BTreeSet<Date> = self.days(order).collect();
        let gaps =
            days.iter().zip(days.iter().skip(1)).map(|(day, next)| domain::period::days_between(*day, *next));
        gaps.max()
    }
}

/// The order for which something holds, if it does not for the other.
fn only(holds: impl Fn(DateOrder) -> bool) -> Option<DateOrder> {
    use DateOrder::{DayFirst, MonthFirst};
    match (holds(DayFirst), holds(MonthFirst)) {
        (true, false) => Some(DayFirst),
        (false, true) => Some(MonthFirst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::written;
    use crate::ranges::range;
    use DateOrder::{DayFirst, MonthFirst};

    #[track_caller]
    fn check(dates: &[&str], stated: Option<&str>, whole_months: bool, expect: Option<DateOrder>) {
        let mut evidence = OrderEvidence::default();
        dates.iter().for_each(|date| evidence.see(written(date).unwrap()));
        assert_eq!(evidence.verdict(stated.and_then(range), whole_months), expect, "{dates:?} {stated:?}");
    }

    #[test]
    fn orders_are_decided_by_evidence() {
        check(&["03/04/2026", "16/04/2026"], None, false, Some(DayFirst));
        check(&["03/04/2026", "04/16/2026"], None, false, Some(MonthFirst));
        check(&["03/04/2026", "16/04/2026", "04/16/2026"], None, false, None);
        check(&["03/04/2026"], Some("2026-04-01 - 2026-04-30"), false, Some(DayFirst));
        check(&["03/04/2026"], Some("Mar 1, 2026 - Mar 31, 2026"), false, Some(MonthFirst));
        check(&["03/04/2026"], Some("01/04/2026 - 30/04/2026"), false, Some(DayFirst));
        check(&["03/04/2026"], Some("2026-01-01 - 2026-12-31"), false, None);
        check(&["01/11/2026", "02/11/2026", "04/11/2026"], None, false, Some(DayFirst));
        check(&["11/01/2026", "11/02/2026"], None, false, Some(MonthFirst));
        check(&["01/05/2026", "08/05/2026"], None, false, Some(DayFirst));
        check(&["01/05/2026", "01/06/2026"], None, true, Some(DayFirst));
        check(&["01/05/2026", "01/06/2026"], None, false, Some(MonthFirst));
        check(&["03/04/2026"], None, false, None);
        check(&["05/05/2026"], None, false, None);
    }
}
