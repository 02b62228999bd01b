//! Addresses: where ads lead, as reports and sources tell it, kept with the entity that they stand at.
//!
//! They are a state like a status, no figure: the latest capture is believed, and no day has one of its own.

use std::collections::HashSet;
use std::sync::Arc;

use duckdb::Connection;
use duckdb::arrow::array::{StringBuilder, UInt8Builder, UInt32Builder};
use duckdb::arrow::datatypes::DataType;
use duckdb::arrow::record_batch::RecordBatch;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::staging::batch;
use super::{EntityId, FactsError};
use crate::WorkspaceId;

/// Addresses remembered as already staged. Beyond that some are staged twice, which the engine sorts out.
const REMEMBERED: usize = 500_000;

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UrlKind {
    /// Where the ad leads.
    Final,
    /// Parameters that are appended to it.
    Suffix,
    /// What the platform makes the clicked address of.
    Template,
}

impl UrlKind {
    const ALL: [Self; 3] = [Self::Final, Self::Suffix, Self::Template];

    fn number(self) -> u8 {
        match self {
            Self::Final => 1,
            Self::Suffix => 2,
            Self::Template => 3,
        }
    }
}

/// What a row says of where its entity leads. `None`: nothing; an empty text: that there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Urls<'a> {
    /// Where it leads: an address, or several.
    pub final_url: Option<&'a str>,
    /// Parameters that are appended to it.
    pub suffix: Option<&'a str>,
    /// What the platform makes the clicked address of.
    pub template: Option<&'a str>,
}

impl Urls<'_> {
    /// Whether nothing is said.
    pub fn are_none(&self) -> bool {
        self.final_url.is_none() && self.suffix.is_none() && self.template.is_none()
    }
}

/// Addresses on their way to `staged_url`.
#[derive(Default)]
pub(super) struct UrlBatch {
    place: UInt32Builder,
    kind: UInt8Builder,
    url: StringBuilder,
    seen: HashSet<u128>,
    rows: usize,
}

impl UrlBatch {
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// Keeps what is said of the entity at `place`, unless it was said before.
    pub(super) fn push(&mut self, place: u32, urls: Urls<'_>) {
        let said = UrlKind::ALL.into_iter().zip([urls.final_url, urls.suffix, urls.template]);
        for (kind, url) in said.filter_map(|(kind, url)| Some((kind, url?))) {
            if self.seen.len() >= REMEMBERED {
                self.seen.clear();
            }
            if self.seen.insert(hash(place, kind, url)) {
                self.place.append_value(place);
                self.kind.append_value(kind.number());
                self.url.append_value(url);
                self.rows += 1;
            }
        }
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, FactsError> {
        self.rows = 0;
        batch(vec![
            ("place", DataType::UInt32, Arc::new(self.place.finish())),
            ("kind", DataType::UInt8, Arc::new(self.kind.finish())),
            ("url", DataType::Utf8, Arc::new(self.url.finish())),
        ])
    }
}

fn hash(place: u32, kind: UrlKind, url: &str) -> u128 {
    let mut hasher = Xxh3::new();
    hasher.update(&place.to_le_bytes());
    hasher.update(&[kind.number()]);
    hasher.update(&xxh3_128(url.as_bytes()).to_le_bytes());
    hasher.digest128()
}

/// An address of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityUrl {
    /// The entity.
    pub entity: EntityId,
    /// Its level, by number.
    pub level: u8,
    /// The campaign that it is in, itself if it is one.
    pub campaign: EntityId,
    /// The ad group that it is in, or the campaign, or itself.
    pub parent: EntityId,
    /// What the address is for.
    pub kind: UrlKind,
    /// The address as it was told, never empty.
    pub url: String,
}

/// All addresses that are known of a workspace's entities, in the order of their numbers.
///
/// # Errors
/// If the engine fails.
pub fn urls_of(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<EntityUrl>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT u.entity, e.level, e.campaign, e.parent, u.kind, u.url
         FROM entity_url u JOIN entity e ON e.workspace = u.workspace AND e.entity = u.entity
         WHERE u.workspace = ? AND u.url <> '' ORDER BY u.entity, u.kind, u.url",
    )?;
    let mut rows = statement.query(duckdb::params![workspace])?;
    let mut urls = Vec::new();
    while let Some(row) = rows.next()? {
        let number: u8 = row.get(4)?;
        let kind = UrlKind::ALL.into_iter().find(|kind| kind.number() == number);
        let kind =
            kind.ok_or(FactsError::UnknownNumber { what: "kind of address", number: i64::from(number) })?;
        urls.push(EntityUrl {
            entity: row.get(0)?,
            level: row.get(1)?,
            campaign: row.get(2)?,
            parent: row.get(3)?,
            kind,
            url: row.get(5)?,
        });
    }
    Ok(urls)
}
