//! Reading what was measured: the longest rows that lie within the time, shorter ones at its edges.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use tokio_stream::StreamExt;

use super::{LENGTHS, Memory, WatchError};
use crate::measured::Measured;
use crate::series::Series;

/// What was measured in a piece of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// When it begins.
    pub from: Timestamp,
    /// What was measured. `covered` is zero where nothing was: a gap.
    pub measured: Measured,
}

/// Rows of one length in a part of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    seconds: i64,
    from: i64,
    to: i64,
}

type Wanted<'a> = &'a (dyn Fn(&Series) -> bool + Send + Sync);

impl Memory {
    pub async fn sum(
        &self,
        from: i64,
        to: i64,
        of: &(impl Fn(&Series) -> bool + Send + Sync),
    ) -> Result<Measured, WatchError> {
        let mut sum = Measured::default();
        for stretch in self.stretches(from, to, i64::MAX).await? {
            self.read(stretch, of, |_| 0, &mut [&mut sum]).await?;
        }
        Ok(sum)
    }

    pub async fn pieces(
        &self,
        from: i64,
        to: i64,
        step: Duration,
        of: &(impl Fn(&Series) -> bool + Send + Sync),
    ) -> Result<Vec<Piece>, WatchError> {
        let step = i64::try_from(step.as_secs()).unwrap_or(i64::MAX).max(LENGTHS[0].seconds);
        let from = from.div_euclid(step) * step;
        let count = usize::try_from(
            (to - from).max(0).div_euclid(step) + i64::from((to - from).rem_euclid(step) > 0),
        )
        .unwrap_or(0);
        let mut sums = vec![Measured::default(); count];
        for stretch in self.stretches(from, to, step).await? {
            let mut places: Vec<&mut Measured> = sums.iter_mut().collect();
            self.read(
                stretch,
                of,
                |at| usize::try_from((at - from) / step).unwrap_or(usize::MAX),
                &mut places,
            )
            .await?;
        }
        let begin = |n: usize| Timestamp::from_second(from + n as i64 * step).unwrap_or_default();
        Ok(sums.into_iter().enumerate().map(|(n, measured)| Piece { from: begin(n), measured }).collect())
    }

    pub async fn measured_since(&self, from: i64) -> Result<Option<Timestamp>, WatchError> {
        let rows = sqlx::query(
            "SELECT (SELECT min(at) FROM tick WHERE seconds = 10 AND at >= ?1) AS ten,
                    (SELECT min(at) FROM tick WHERE seconds = 300 AND at >= ?1) AS five",
        )
        .bind(from)
        .fetch_one(&self.readers)
        .await?;
        let (ten, five): (Option<i64>, Option<i64>) = (rows.try_get("ten")?, rows.try_get("five")?);
        // A row of five minutes begins before the first ten seconds in it, unless these are let go already.
        let first = match (ten, five) {
            (Some(ten), Some(five)) if ten >= five + LENGTHS[1].seconds => Some(five),
            (Some(ten), _) => Some(ten),
            (None, five) => five,
        };
        Ok(first.and_then(|at| Timestamp::from_second(at).ok()))
    }

    /// Which rows to read, in order: as long as possible, but not longer than `longest`.
    async fn stretches(&self, from: i64, to: i64, longest: i64) -> Result<Vec<Stretch>, WatchError> {
        let rows = sqlx::query(
            "SELECT (SELECT max(at) FROM tick WHERE seconds = 300) AS five, (SELECT max(at) FROM tick WHERE seconds = 3600) AS hour,
                    (SELECT min(at) FROM tick WHERE seconds = 10) AS first",
        )
        .fetch_one(&self.readers)
        .await?;
        let end = |name: &str, seconds: i64| -> Result<i64, WatchError> {
            Ok(rows.try_get::<Option<i64>, _>(name)?.map_or(i64::MIN, |at| at + seconds))
        };
        let ends = [i64::MAX, end("five", LENGTHS[1].seconds)?, end("hour", LENGTHS[2].seconds)?];
        // Before the first row of ten seconds, edges are those of five minutes.
        let first = rows.try_get::<Option<i64>, _>("first")?.unwrap_or(i64::MAX);
        let five = LENGTHS[1].seconds;
        let from = if from < first { from.div_euclid(five) * five } else { from };
        let mut stretches = Vec::new();
        split(from, to, longest, LENGTHS.len() - 1, &ends, &mut stretches);
        Ok(stretches)
    }

    async fn read(
        &self,
        stretch: Stretch,
        of: Wanted<'_>,
        place: impl Fn(i64) -> usize,
        sums: &mut [&mut Measured],
    ) -> Result<(), WatchError> {
        let mut rows = sqlx::query(
            "SELECT at, covered_millis, body FROM tick WHERE seconds = ? AND at >= ? AND at < ? ORDER BY at",
        )
        .bind(stretch.seconds)
        .bind(stretch.from)
        .bind(stretch.to)
        .fetch(&self.readers);
        while let Some(row) = rows.next().await {
            let row = row?;
            let Some(sum) = sums.get_mut(place(row.try_get("at")?)) else { continue };
            self.read_body(sum, row.try_get("body")?, of)?;
            let covered: i64 = row.try_get("covered_millis")?;
            sum.covered += Duration::from_millis(u64::try_from(covered).unwrap_or(0));
        }
        Ok(())
    }
}

/// Cuts a time into stretches of rows of `LENGTHS[level]` where they are whole and known, and of shorter ones around.
fn split(from: i64, to: i64, longest: i64, level: usize, ends: &[i64; 3], stretches: &mut Vec<Stretch>) {
    if from >= to {
        return;
    }
    let seconds = LENGTHS[level].seconds;
    if level == 0 {
        return stretches.push(Stretch { seconds, from, to });
    }
    let begin = from.div_euclid(seconds) * seconds + if from.rem_euclid(seconds) > 0 { seconds } else { 0 };
    let end = (to.div_euclid(seconds) * seconds).min(ends[level]);
    if seconds > longest || longest % seconds != 0 && longest != i64::MAX || begin >= end {
        return split(from, to, longest, level - 1, ends, stretches);
    }
    split(from, begin, longest, level - 1, ends, stretches);
    stretches.push(Stretch { seconds, from: begin, to: end });
    split(end, to, longest, level - 1, ends, stretches);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_rows_as_long_as_possible() {
        let far = [i64::MAX; 3];
        for (from, to, longest, ends, wanted) in [
            (0, 7200, i64::MAX, far, vec![(3600, 0, 7200)]),
            (
                10,
                7500,
                i64::MAX,
                far,
                vec![(10, 10, 300), (300, 300, 3600), (3600, 3600, 7200), (300, 7200, 7500)],
            ),
            (0, 3600, 300, far, vec![(300, 0, 3600)]),
            (0, 600, 10, far, vec![(10, 0, 600)]),
            // What is not added up yet is read as it came.
            (0, 900, i64::MAX, [i64::MAX, 600, i64::MIN], vec![(300, 0, 600), (10, 600, 900)]),
            (5, 5, i64::MAX, far, vec![]),
        ] {
            let mut stretches = Vec::new();
            split(from, to, longest, 2, &ends, &mut stretches);
            let got: Vec<_> = stretches.iter().map(|one| (one.seconds, one.from, one.to)).collect();
            assert_eq!(got, wanted, "{from}..{to} by {longest}");
        }
    }
}
