//! From what a record says to a row of the shelf.

use std::borrow::Cow;

use jiff::civil::Date;
use store::Shelf;
use store::shelf::{EntityRow, FigureRow, ShelfError, SourceId, StreamId, Word, Words};

use crate::mapping::{Cell, Mapping, Said, Unreadable};
use crate::platforms::Gives;

/// Where a row belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub source: SourceId,
    pub stream: StreamId,
    pub generation: i64,
    pub key: u128,
    /// Whether the day is part of the key.
    pub day_in_key: bool,
}

impl Place {
    /// The row of a record with these values; none if it is about an event that is no conversion.
    pub(crate) fn row<'a>(
        self,
        mapping: &Mapping,
        values: &[Option<Cell<'a>>],
    ) -> Result<Option<Placed<'a>>, Unreadable> {
        let said = mapping.read(values)?;
        let about = match mapping.report.gives {
            Gives::Entities(level) => {
                let id = Word::id_of(level).filter(|word| said.words[*word as usize].is_some());
                About::Entity(id.ok_or(Unreadable::NoId(level.label()))?)
            }
            Gives::Figures(_) | Gives::Part(_) => About::Day(said.day.ok_or(Unreadable::NoDay)?),
        };
        Ok((!said.is_beside).then_some(Placed { place: self, about, said }))
    }
}

#[derive(Debug, Clone, Copy)]
enum About {
    Entity(Word),
    Day(Date),
}

/// A row and where it belongs.
pub(crate) struct Placed<'a> {
    place: Place,
    about: About,
    said: Said<'a>,
}

impl Placed<'_> {
    /// Puts the row beside the shelf, to be kept.
    pub(crate) fn push(&self, mapping: &Mapping, shelf: &mut Shelf) -> Result<(), ShelfError> {
        let Self { place, said, .. } = self;
        let mut words = Words::default();
        for (word, said) in words.iter_mut().zip(&said.words) {
            *word = said.as_ref().map(Cow::as_ref);
        }
        let (platform, level) = (mapping.api.platform, mapping.report.gives.level());
        match self.about {
            About::Day(day) => shelf.push_figure(&FigureRow {
                stream: place.stream,
                generation: place.generation,
                key: place.key,
                day_in_key: place.day_in_key,
                platform,
                level,
                day,
                words,
                budget_micros: said.budget_micros,
                choice: said.choice,
                sums: said.sums,
            }),
            About::Entity(id) => shelf.push_entity(&EntityRow {
                source: place.source,
                platform,
                level,
                id: words[id as usize].unwrap_or_default(),
                version: said.version,
                words,
                budget_micros: said.budget_micros,
            }),
        }
    }
}
