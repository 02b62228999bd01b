//! Staging: the rows of one import, checked and gathered beside the facts until they are applied or dropped.
//!
//! Rows go to temporary tables, which spill to disk, so that memory stays bounded whatever the size of the file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, MutexGuard};

use domain::{Additive, Currency, Level, Period, Platform, Sums};
use duckdb::Connection;
use duckdb::arrow::array::{
    ArrayRef, Date32Builder, Int64Builder, StringBuilder, UInt8Builder, UInt32Builder, UInt64Builder,
};
use duckdb::arrow::datatypes::{DataType, Field, Schema};
use duckdb::arrow::record_batch::RecordBatch;
use jiff::civil::Date;

use super::account::accounts_of;
use super::identity::{Identity, Key, Names};
use super::sql::epoch_day;
use super::urls::{UrlBatch, Urls};
use super::{Account, AccountId, Facts, FactsError};
use crate::WorkspaceId;

/// Rows gathered before they are handed to the engine.
const BATCH: usize = 32_768;
/// Entities remembered as already staged. Beyond that some are staged twice, which the engine sorts out.
const REMEMBERED: usize = 500_000;
/// More accounts than one file has in earnest.
const MOST_ACCOUNTS: usize = 10_000;

/// One row, about one day of one entity.
#[derive(Debug, Clone, Copy)]
pub struct StagedRow<'a> {
    /// The account's local day.
    pub day: Date,
    /// As [`Staging::account`] gave it.
    pub account: AccountId,
    /// What the row is about.
    pub names: Names<'a>,
    /// Its state at the platform, for example `enabled`.
    pub status: Option<&'a str>,
    /// The campaign's type, for example `Search`.
    pub kind: Option<&'a str>,
    /// Its daily budget in micros of the account's currency.
    pub budget_micros: Option<i64>,
    /// Where its entity leads.
    pub urls: Urls<'a>,
    /// Its figures.
    pub sums: Sums,
}

/// A figure for a range that is not spread over days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeFigure {
    /// As [`Staging::account`] gave it.
    pub account: AccountId,
    /// The range, if the file states one.
    pub period: Option<Period>,
    /// The added-up figures.
    pub sums: Sums,
}

/// The rows of one import on their way. Dropping it leaves the facts as they were.
pub struct Staging<'f> {
    pub(super) facts: &'f Facts,
    pub(super) writer: MutexGuard<'f, Connection>,
    pub(super) workspace: WorkspaceId,
    pub(super) level: Level,
    pub(super) accounts: Vec<Account>,
    pub(super) known_accounts: usize,
    pub(super) ranges: Vec<RangeFigure>,
    pub(super) in_day_order: bool,
    last_day: Date,
    rows: RowBatch,
    entities: EntityBatch,
    urls: UrlBatch,
    places: HashMap<Key, u32>,
    next_place: u32,
    count: u64,
}

impl<'f> Staging<'f> {
    pub(super) fn begin(
        facts: &'f Facts,
        writer: MutexGuard<'f, Connection>,
        workspace: WorkspaceId,
        level: Level,
    ) -> Result<Self, FactsError> {
        writer.execute_batch(include_str!("staging.sql"))?;
        let accounts = accounts_of(&writer, workspace)?;
        Ok(Self {
            facts,
            workspace,
            level,
            known_accounts: accounts.len(),
            accounts,
            ranges: Vec::new(),
            in_day_order: true,
            last_day: Date::MIN,
            rows: RowBatch::default(),
            entities: EntityBatch::default(),
            urls: UrlBatch::default(),
            places: HashMap::new(),
            next_place: 0,
            count: 0,
            writer,
        })
    }

    /// The accounts known so far, those of this file included.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with these marks, made if it is new: matched by id, else by name, within platform and currency.
    ///
    /// # Errors
    /// If the file names more accounts than a file has in earnest.
    pub fn account(
        &mut self,
        platform: Platform,
        name: Option<&str>,
        external_id: Option<&str>,
        currency: Currency,
    ) -> Result<AccountId, FactsError> {
        let same = |account: &&Account| account.platform == platform && account.currency == currency;
        let by_id = || {
            external_id.and_then(|id| {
                self.accounts.iter().filter(same).find(|a| a.external_id.as_deref() == Some(id))
            })
        };
        let by_name = || {
            // A name serves while ids do not contradict it.
            self.accounts
                .iter()
                .filter(same)
                .find(|a| a.name.as_deref() == name && (a.external_id.is_none() || external_id.is_none()))
        };
        if let Some(account) = by_id().or_else(by_name) {
            return Ok(account.account);
        }
        if self.accounts.len() - self.known_accounts >= MOST_ACCOUNTS {
            return Err(FactsError::TooManyAccounts(MOST_ACCOUNTS));
        }
        let next = match self.accounts.len() == self.known_accounts {
            // Numbers are unique over all workspaces, so that no join can cross them.
            true => {
                self.writer
                    .query_row("SELECT coalesce(max(account), 0) + 1 FROM account", [], |row| row.get(0))?
            }
            false => self.accounts.iter().map(|account| account.account).max().unwrap_or(0) + 1,
        };
        self.accounts.push(Account {
            account: next,
            platform,
            name: name.map(str::to_owned),
            external_id: external_id.map(str::to_owned),
            currency,
        });
        Ok(next)
    }

    /// Stages one row.
    ///
    /// # Errors
    /// If the engine fails, for example because the disk is full.
    pub fn push(&mut self, row: &StagedRow<'_>) -> Result<(), FactsError> {
        let place = match self.level {
            Level::Account => 0,
            level => {
                let key = Identity::key_of(row.account, level, &row.names);
                match self.places.get(&key) {
                    Some(place) => *place,
                    None => self.describe(row),
                }
            }
        };
        self.in_day_order &= self.last_day <= row.day;
        self.last_day = row.day;
        self.count += 1;
        self.rows.push(row, place);
        if !row.urls.are_none() && self.level != Level::Account {
            self.urls.push(place, row.urls);
        }
        if self.rows.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// Keeps a figure for a range without days.
    pub fn push_range(&mut self, figure: RangeFigure) {
        self.ranges.push(figure);
    }

    /// How many rows were staged.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether rows were staged, as opposed to range figures only.
    pub fn has_days(&self) -> bool {
        self.count > 0
    }

    /// The place of an entity, and whether it is new.
    fn place(&mut self, key: Key) -> (u32, bool) {
        if self.places.len() >= REMEMBERED {
            self.places.clear();
        }
        match self.places.entry(key) {
            Entry::Occupied(place) => (*place.get(), false),
            Entry::Vacant(place) => {
                self.next_place += 1;
                (*place.insert(self.next_place), true)
            }
        }
    }

    /// Stages the entities above the one of a row, so that every row finds its campaign, and then that; tells its place.
    fn describe(&mut self, row: &StagedRow<'_>) -> u32 {
        let (level, names) = (self.level, &row.names);
        let campaign = Identity::of(row.account, Level::Campaign, names);
        let has_ad_group = names.ad_group.or(names.ad_group_id).is_some();
        let ad_group = Identity::of(row.account, Level::AdGroup, names);
        let parent = match level {
            Level::Ad | Level::Keyword | Level::SearchTerm if has_ad_group => ad_group.key(),
            _ => campaign.key(),
        };
        if level != Level::Campaign
            && let (place, true) = self.place(campaign.key())
        {
            self.entities.push(StagedEntity {
                place,
                level: Level::Campaign,
                account: row.account,
                identity: campaign,
                campaign: campaign.key(),
                parent: campaign.key(),
                names,
                kind: row.kind,
                status: None,
                budget_micros: None,
            });
        }
        if parent == ad_group.key()
            && level != Level::AdGroup
            && let (place, true) = self.place(ad_group.key())
        {
            self.entities.push(StagedEntity {
                place,
                level: Level::AdGroup,
                account: row.account,
                identity: ad_group,
                campaign: campaign.key(),
                parent: campaign.key(),
                names,
                kind: None,
                status: None,
                budget_micros: None,
            });
        }
        let identity = Identity::of(row.account, level, names);
        let (place, _) = self.place(identity.key());
        self.entities.push(StagedEntity {
            place,
            level,
            account: row.account,
            identity,
            campaign: campaign.key(),
            parent,
            names,
            kind: row.kind.filter(|_| level == Level::Campaign),
            status: row.status,
            budget_micros: row.budget_micros,
        });
        place
    }

    /// Hands what was gathered to the engine.
    pub(super) fn flush(&mut self) -> Result<(), FactsError> {
        if self.rows.len() > 0 {
            append(&self.writer, "staged_row", self.rows.take()?)?;
        }
        if self.entities.len() > 0 {
            append(&self.writer, "staged_entity", self.entities.take()?)?;
        }
        if self.urls.len() > 0 {
            append(&self.writer, "staged_url", self.urls.take()?)?;
        }
        Ok(())
    }
}

fn append(connection: &Connection, table: &str, batch: RecordBatch) -> Result<(), FactsError> {
    let mut appender = connection.appender_to_catalog_and_db(table, "temp", "main")?;
    appender.append_record_batch(batch)?;
    appender.flush()?;
    Ok(())
}

pub(super) fn batch(columns: Vec<(&str, DataType, ArrayRef)>) -> Result<RecordBatch, FactsError> {
    let fields: Vec<_> =
        columns.iter().map(|(name, kind, _)| Field::new(*name, kind.clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, _, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| FactsError::Engine(duckdb::Error::ToSqlConversionFailure(Box::new(error))))
}

#[derive(Default)]
struct RowBatch {
    day: Date32Builder,
    account: UInt32Builder,
    place: UInt32Builder,
    figures: [Int64Builder; 7],
    rows: usize,
}

impl RowBatch {
    fn len(&self) -> usize {
        self.rows
    }

    fn push(&mut self, row: &StagedRow<'_>, place: u32) {
        self.day.append_value(epoch_day(row.day));
        self.account.append_value(row.account);
        self.place.append_value(place);
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            column.append_option(row.sums.get(what));
        }
        self.rows += 1;
    }

    fn take(&mut self) -> Result<RecordBatch, FactsError> {
        self.rows = 0;
        let mut columns: Vec<(&str, DataType, ArrayRef)> = vec![
            ("day", DataType::Date32, Arc::new(self.day.finish())),
            ("account", DataType::UInt32, Arc::new(self.account.finish())),
            ("place", DataType::UInt32, Arc::new(self.place.finish())),
        ];
        for (what, column) in Additive::STORED.into_iter().zip(&mut self.figures) {
            columns.push((what.column(), DataType::Int64, Arc::new(column.finish())));
        }
        batch(columns)
    }
}

/// A row of `staged_entity`.
struct StagedEntity<'a> {
    place: u32,
    level: Level,
    account: AccountId,
    identity: Identity,
    campaign: Key,
    parent: Key,
    names: &'a Names<'a>,
    kind: Option<&'a str>,
    status: Option<&'a str>,
    budget_micros: Option<i64>,
}

#[derive(Default)]
struct EntityBatch {
    place: UInt32Builder,
    level: UInt8Builder,
    account: UInt32Builder,
    keys: [UInt64Builder; 10],
    words: [StringBuilder; 5],
    budget: Int64Builder,
    rows: usize,
}

impl EntityBatch {
    const KEYS: [&'static str; 10] = [
        "key_hi",
        "key_lo",
        "id_hi",
        "id_lo",
        "path_hi",
        "path_lo",
        "campaign_hi",
        "campaign_lo",
        "parent_hi",
        "parent_lo",
    ];
    const WORDS: [&'static str; 5] = ["name", "external_id", "detail", "status", "kind"];

    fn len(&self) -> usize {
        self.rows
    }

    fn push(&mut self, entity: StagedEntity<'_>) {
        let StagedEntity { level, identity, names, .. } = entity;
        self.place.append_value(entity.place);
        self.level.append_value(level.number());
        self.account.append_value(entity.account);
        let keys = [
            Some(identity.key()),
            identity.by_id,
            Some(identity.by_path),
            Some(entity.campaign),
            Some(entity.parent),
        ];
        for (pair, key) in self.keys.chunks_exact_mut(2).zip(keys) {
            pair[0].append_option(key.map(|key| key.hi));
            pair[1].append_option(key.map(|key| key.lo));
        }
        let (name, external_id, detail) = match level {
            Level::Account => (None, None, None),
            Level::Campaign => (names.campaign, names.campaign_id, None),
            Level::AdGroup => (names.ad_group, names.ad_group_id, None),
            Level::Ad => (names.ad, names.ad_id, None),
            Level::Keyword => (names.keyword, None, names.match_type),
            Level::SearchTerm => (names.search_term, None, names.match_type),
        };
        for (column, word) in
            self.words.iter_mut().zip([name, external_id, detail, entity.status, entity.kind])
        {
            column.append_option(word);
        }
        self.budget.append_option(entity.budget_micros);
        self.rows += 1;
    }

    fn take(&mut self) -> Result<RecordBatch, FactsError> {
        self.rows = 0;
        let mut columns: Vec<(&str, DataType, ArrayRef)> = vec![
            ("place", DataType::UInt32, Arc::new(self.place.finish())),
            ("level", DataType::UInt8, Arc::new(self.level.finish())),
            ("account", DataType::UInt32, Arc::new(self.account.finish())),
        ];
        for (name, column) in Self::KEYS.into_iter().zip(&mut self.keys) {
            columns.push((name, DataType::UInt64, Arc::new(column.finish())));
        }
        for (name, column) in Self::WORDS.into_iter().zip(&mut self.words) {
            columns.push((name, DataType::Utf8, Arc::new(column.finish())));
        }
        columns.push(("budget_micros", DataType::Int64, Arc::new(self.budget.finish())));
        batch(columns)
    }
}
