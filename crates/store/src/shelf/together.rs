//! Putting rows of one entity and day together, where they come one behind the other.

use domain::Sums;
use jiff::civil::Date;

use super::{ReadyRow, ShelfError};

/// What a row is named by and described with: ids and names of its path, keyword, match type, search term, state and type, and
/// where it leads.
const WORDS: usize = 14;

/// One entity's day so far. What is written into it is written over by the next one's.
#[derive(Debug, Default)]
pub(super) struct Together {
    day: Option<Date>,
    words: [Held; WORDS],
    budget_micros: Option<i64>,
    sums: Sums,
}

#[derive(Debug, Default)]
struct Held {
    text: String,
    is_there: bool,
}

impl Held {
    fn get(&self) -> Option<&str> {
        self.is_there.then_some(self.text.as_str())
    }

    fn set(&mut self, word: Option<&str>) {
        self.text.clear();
        self.text.push_str(word.unwrap_or_default());
        self.is_there = word.is_some();
    }
}

impl Together {
    /// Takes a row in; if it is another entity's or day's, hands out what there was before.
    ///
    /// # Errors
    /// What `each` returns, or that figures add up to more than can be kept.
    pub(super) fn take<E: From<ShelfError>>(
        &mut self,
        row: &ReadyRow<'_>,
        each: &mut impl FnMut(&ReadyRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let words = words(row);
        if !self.is_of(row.day, &words) {
            self.hand_out(each)?;
            self.day = Some(row.day);
            for (held, word) in self.words.iter_mut().zip(words) {
                held.set(word);
            }
            self.budget_micros = row.budget_micros;
            self.sums = row.sums;
            return Ok(());
        }
        for (held, word) in self.words.iter_mut().zip(words) {
            // Ids are the same or absent; of names and states the last in the alphabet serves as well as any.
            if held.get() < word {
                held.set(word);
            }
        }
        self.budget_micros = self.budget_micros.max(row.budget_micros);
        self.sums = self.sums.checked_add(&row.sums).ok_or(ShelfError::TooMuch(row.day))?;
        Ok(())
    }

    /// Hands out what there is.
    ///
    /// # Errors
    /// What `each` returns.
    pub(super) fn hand_out<E>(
        &mut self,
        each: &mut impl FnMut(&ReadyRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(day) = self.day.take() else { return Ok(()) };
        let word = |n: usize| self.words[n].get();
        each(&ReadyRow {
            day,
            path: [(word(0), word(1)), (word(2), word(3)), (word(4), word(5))],
            keyword: word(6),
            match_type: word(7),
            search_term: word(8),
            status: word(9),
            kind: word(10),
            budget_micros: self.budget_micros,
            leads: [word(11), word(12), word(13)],
            sums: self.sums,
        })
    }

    /// Whether it is about this. A name stands for an id that is absent.
    fn is_of(&self, day: Date, words: &[Option<&str>; WORDS]) -> bool {
        let held = |n: usize| self.words[n].get();
        self.day == Some(day)
            && [0, 2, 4].into_iter().all(|id| held(id).or(held(id + 1)) == words[id].or(words[id + 1]))
            && (6..9).all(|word| held(word) == words[word])
    }
}

fn words<'a>(row: &ReadyRow<'a>) -> [Option<&'a str>; WORDS] {
    let [campaign, ad_group, ad] = row.path;
    [
        campaign.0,
        campaign.1,
        ad_group.0,
        ad_group.1,
        ad.0,
        ad.1,
        row.keyword,
        row.match_type,
        row.search_term,
        row.status,
        row.kind,
        row.leads[0],
        row.leads[1],
        row.leads[2],
    ]
}
