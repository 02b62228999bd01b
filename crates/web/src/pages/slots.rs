//! The pieces of a period as a chart shows them: each with its labels, what is known of it, and whether it is final.

use std::collections::BTreeSet;

use domain::{Grain, Period};
use insight::Freshness;
use insight::answer::DayKnown;
use jiff::civil::Date;

use crate::chart::Piece;
use crate::format;

/// A piece of the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its first day, which may lie before the period.
    pub(super) first: Date,
    /// Its days within the period.
    pub(super) days: Period,
    /// Its name in full.
    pub(super) label: String,
    /// Its name on an axis.
    pub(super) short: String,
    /// Whether all of its days are known, so that nothing told means nothing delivered.
    pub(super) is_told: bool,
    /// Whether its figures are not final.
    pub(super) is_open: bool,
    /// What a reader must know of it.
    pub(super) notes: Vec<String>,
}

/// The grain in which a period of this length is drawn.
pub(super) fn grain_for(period: Period) -> Grain {
    match period.len() {
        ..=93 => Grain::Day,
        94..=800 => Grain::Week,
        _ => Grain::Month,
    }
}

/// The pieces of `period`; `days_known` says of each of its days how much is known.
pub(super) fn slots(
    period: Period,
    grain: Grain,
    days_known: &[DayKnown],
    freshness: &[Freshness],
) -> Vec<Slot> {
    let provisional: BTreeSet<Date> =
        freshness.iter().flat_map(|fresh| fresh.provisional.iter().copied()).collect();
    let spans_years = period.from().year() != period.to().year();
    let days: Vec<(Date, DayKnown)> =
        period.days().zip(days_known.iter().copied().chain(std::iter::repeat(DayKnown::Nothing))).collect();
    let of_piece = |days: &[(Date, DayKnown)]| {
        let (from, to) = (days[0].0, days[days.len() - 1].0);
        let within = Period::new(from, to).unwrap_or(period);
        let first = grain.start(from);
        let reaches_end = to.tomorrow().is_ok_and(|next| grain.start(next) != first);
        let mut notes = Vec::new();
        let is_cut = first != from || !reaches_end;
        if is_cut {
            notes.push(match days.len() {
                1 => "1 day of it".to_owned(),
                some => format!("{some} days of it"),
            });
        }
        let is_provisional = days.iter().any(|(day, _)| provisional.contains(day));
        if is_provisional {
            notes.push("provisional".to_owned());
        }
        match days.iter().map(|(_, known)| *known).min().unwrap_or(DayKnown::Nothing) {
            DayKnown::All => {}
            _ if days.iter().all(|(_, known)| *known == DayKnown::Nothing) => {
                notes.push("not known".to_owned());
            }
            _ => notes.push("not known of every account".to_owned()),
        }
        Slot {
            first,
            days: within,
            label: format::piece(grain, first),
            short: format::piece_short(grain, first, spans_years),
            is_told: days.iter().all(|(_, known)| *known == DayKnown::All),
            is_open: is_provisional || is_cut,
            notes,
        }
    };
    days.chunk_by(|(one, _), (next, _)| grain.start(*one) == grain.start(*next)).map(of_piece).collect()
}

impl Slot {
    /// The piece on a chart's axis.
    pub(super) fn piece(&self) -> Piece {
        Piece { label: self.short.clone(), is_open: self.is_open, ..Piece::default() }
    }

    /// The notes in a line.
    pub(super) fn note(&self) -> String {
        self.notes.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_say_where_they_are_cut_and_what_is_not_known() {
        let period = Period::new(date(2026, 11, 4), date(2026, 11, 22)).unwrap();
        let mut known = vec![DayKnown::All; 19];
        known[7] = DayKnown::Part;
        let slots = slots(period, Grain::Week, &known, &[]);
        let told: Vec<_> =
            slots.iter().map(|slot| (slot.short.as_str(), slot.is_told, slot.note())).collect();
        assert_eq!(
            told,
            [
                ("2 Nov", true, "5 days of it".to_owned()),
                ("9 Nov", false, "not known of every account".to_owned()),
                ("16 Nov", true, String::new()),
            ]
        );
        assert!(slots[0].is_open && !slots[2].is_open);
    }

    #[test]
    fn a_day_that_nobody_told_is_not_known() {
        let period = Period::ending(date(2026, 11, 2), 2);
        let slots = slots(period, Grain::Day, &[DayKnown::Nothing, DayKnown::All], &[]);
        assert_eq!((slots[0].is_told, slots[0].note().as_str()), (false, "not known"));
        assert!(slots[1].is_told && !slots[1].is_open);
    }
}
