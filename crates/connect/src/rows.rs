//! From what a record says to a row of the shelf.

use std::borrow::Cow;

use domain::Level;
use jiff::civil::Date;
use store::Shelf;
use store::shelf::{AddressRow, EntityRow, FigureRow, Lead, ShelfError, SourceId, StreamId, Word, Words};

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
            Gives::Creatives => {
                let id = said.leads[Lead::Creative as usize - 1].as_deref();
                id.filter(|id| !id.is_empty()).ok_or(Unreadable::NoCreative)?;
                About::Creative
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
    Creative,
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
            About::Day(day) => {
                shelf.push_figure(&FigureRow {
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
                })?;
                let id = Word::id_of(level).and_then(|word| words[word as usize]);
                self.push_leads(mapping, shelf, Some(level), id)
            }
            About::Entity(word) => {
                let id = words[word as usize].unwrap_or_default();
                shelf.push_entity(&EntityRow {
                    source: place.source,
                    platform,
                    level,
                    id,
                    version: said.version,
                    words,
                    budget_micros: said.budget_micros,
                })?;
                self.push_leads(mapping, shelf, Some(level), Some(id))
            }
            About::Creative => {
                let id = said.leads[Lead::Creative as usize - 1].as_deref();
                self.push_leads(mapping, shelf, None, id)
            }
        }
    }

    /// Puts beside the shelf where the row's entity leads, or a creative.
    fn push_leads(
        &self,
        mapping: &Mapping,
        shelf: &mut Shelf,
        level: Option<Level>,
        id: Option<&str>,
    ) -> Result<(), ShelfError> {
        let Self { place, said, .. } = self;
        let Some(id) = id else { return Ok(()) };
        let part = said.lead_part.as_deref().unwrap_or_default();
        let told = Lead::ALL.into_iter().zip(&said.leads);
        // A creative's own id is what it is told of, not what is told.
        for (what, text) in told.filter(|(what, _)| level.is_some() || *what != Lead::Creative) {
            let Some(text) = text else { continue };
            shelf.push_address(&AddressRow {
                source: place.source,
                platform: mapping.api.platform,
                level,
                id,
                what,
                part,
                version: said.version,
                text,
            })?;
        }
        Ok(())
    }
}
