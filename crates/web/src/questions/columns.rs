//! Tables that are not recognised: what their columns seem to be, what somebody says they are, and what is remembered of it.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;

use axum::http::StatusCode;
use domain::{Currency, Level, Platform, UnknownWord};
use ingest::contents::{self, Bounds};
use ingest::{
    ColumnUsage, DateOrder, DecimalMark, Guess, Mapping, NotAMapping, Refusal, SaidOfTable, Wishes,
    column_usages, guess, recognise,
};
use jiff::Timestamp;
use ledger::{ImportReport, ImportRequest, LedgerError, Taken};
use store::catalog::{MappingRecord, Workspace};
use tempfile::NamedTempFile;

use crate::access::{Asked, Seen};
use crate::held::{HeldFile, HeldTable, Waiting};
use crate::params::Params;
use crate::upload::{Received, bounds, time};
use crate::watching::ImportSeen;
use crate::{WebError, upload};

/// Most columns of a table of which somebody is asked what they are.
const MOST_COLUMNS: usize = 400;
/// Most tables of one upload that wait to be explained.
const MOST_TABLES: usize = 5;
/// What is said of a column of no use.
const IGNORE: &str = "ignore";

/// A table that waits to be explained, by the name that its file has here.
pub(crate) struct Offer {
    pub(crate) file_name: String,
    /// By what it is found again.
    pub(crate) held: String,
}

/// What somebody says of a table.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// What each column is, in their order; none for those of no use.
    pub(crate) columns: Vec<Option<&'static str>>,
    pub(crate) level: Option<Level>,
    pub(crate) account: Option<String>,
    pub(crate) captured_at: Option<Timestamp>,
    pub(crate) table: SaidOfTable,
}

/// What a column is, as a form says it.
struct ColumnWord(Option<&'static str>);

impl FromStr for ColumnWord {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if word == IGNORE {
            return Ok(Self(None));
        }
        let usages = column_usages();
        let found = usages.iter().find(|usage| usage.name == word).map(|usage| Self(Some(usage.name)));
        let known = usages.iter().map(|usage| usage.name).chain([IGNORE]);
        found.ok_or_else(|| UnknownWord::new("use of a column", word, known))
    }
}

impl Said {
    /// What a guess says.
    pub(crate) fn guessed(guess: &Guess, request: &ImportRequest) -> Self {
        let mapping = guess.mapping.as_ref();
        let currency = mapping.and_then(Mapping::currency).or(request.currency);
        let platform = mapping.map_or(Platform::Other, Mapping::platform);
        Self {
            columns: guess.columns.iter().map(|column| column.used_as).collect(),
            level: None,
            account: request.account.clone(),
            captured_at: request.captured_at,
            table: SaidOfTable { platform, currency, date_order: request.date_order, decimal: None },
        }
    }

    /// Reads a form, which says something of each of `count` columns.
    pub(crate) fn read(form: &mut Params, count: usize) -> Result<Self, WebError> {
        let words: Vec<ColumnWord> = form.list("column")?;
        if words.len() != count {
            let detail = format!("{} columns are told of, and the table has {count}", words.len());
            return Err(WebError::parameter(
                "column",
                &detail,
                "say of each column what it is, in their order",
            ));
        }
        let platform: Option<Platform> = form.parsed("platform")?;
        let level: Option<Level> = form.parsed("level")?;
        let (currency, date_order): (Option<Currency>, Option<DateOrder>) =
            (form.parsed("currency")?, form.parsed("date_order")?);
        let decimal: Option<DecimalMark> = form.parsed("decimal")?;
        let account = form.text("account")?;
        if account.as_ref().is_some_and(|account| account.chars().count() > 200) {
            return Err(WebError::parameter("account", "it is too long", "use at most 200 letters"));
        }
        let captured_at = form.text("captured_at")?.map(|text| {
            time(&text).map_err(|remedy| {
                WebError::parameter("captured_at", &format!("'{text}' can't be read"), &remedy)
            })
        });
        Ok(Self {
            columns: words.into_iter().map(|word| word.0).collect(),
            level,
            account,
            captured_at: captured_at.transpose()?,
            table: SaidOfTable {
                platform: platform.unwrap_or(Platform::Other),
                currency,
                date_order,
                decimal,
            },
        })
    }

    /// As a mapping of these columns.
    pub(crate) fn mapping(&self, guess: &Guess) -> Result<Mapping, WebError> {
        let usages = column_usages();
        let of = |word: &str| usages.iter().find(|usage| usage.name == word);
        if let Some(level) = self.level {
            let tells = |usage: &ColumnUsage| usage.is_identity && usage.level == Some(level);
            if level != Level::Account
                && !self.columns.iter().flatten().filter_map(|word| of(word)).any(tells)
            {
                let detail = format!("a row is to be one {}, and no column says which", level.label());
                let remedy = format!("say which column is the {}, or choose another level", level.label());
                return Err(WebError::parameter("level", &detail, &remedy));
            }
        }
        // Rows that are split further than they are wanted are added up.
        let is_wanted = |word: &&'static str| match (self.level, of(word).and_then(|usage| usage.level)) {
            (Some(level), Some(about)) => is_within(about, level),
            _ => true,
        };
        let headers = guess.columns.iter().map(|column| column.header.as_str());
        let columns = headers.zip(self.columns.iter().map(|word| word.filter(is_wanted)));
        let has_column = self.columns.contains(&Some("currency"));
        let currency = self.table.currency.filter(|_| !has_column);
        Mapping::of_columns(columns, SaidOfTable { currency, ..self.table }).map_err(|error| {
            let remedy = match &error {
                NotAMapping::Twice(word) => format!("let one column be the {word} and ignore the other"),
                NotAMapping::NoSpend => {
                    "say which column is the spend; for a table of sales choose a platform that records them"
                        .to_owned()
                }
                NotAMapping::NoRevenue(_) => "say which column is the revenue".to_owned(),
                other => other.to_string(),
            };
            let detail = match &error {
                NotAMapping::Twice(word) => format!("two columns are said to be the {word}"),
                NotAMapping::NoSpend => "no column is said to be the spend".to_owned(),
                NotAMapping::NoRevenue(_) => "no column is said to be the revenue".to_owned(),
                _ => "what is said of the columns can't be used".to_owned(),
            };
            WebError::parameter("column", &detail, &remedy)
        })
    }
}

/// Whether what a column is about is told by rows of a level.
fn is_within(about: Level, level: Level) -> bool {
    about <= level && !(about == Level::Ad && matches!(level, Level::Keyword | Level::SearchTerm))
}

/// Keeps those tables of an upload waiting that were not recognised, for whoever sent them to say what their columns are.
pub(crate) async fn offer(
    state: &Asked,
    received: Received,
) -> Result<(Seen, Vec<Taken>, Vec<Offer>), WebError> {
    let Received { workspace, taken, request, spooled } = received;
    let is_unknown =
        |one: &&Taken| matches!(one.outcome, Err(LedgerError::Refused { may_be_mapped: true, .. }));
    let mut unknown: HashSet<String> =
        taken.iter().filter(is_unknown).map(|one| one.file_name.clone()).collect();
    if unknown.is_empty() {
        return Ok((workspace, taken, Vec::new()));
    }
    let (spool, bounds, path, name) =
        (state.spool.clone(), bounds(state), request.path.clone(), request.file_name.clone());
    // Unpacked once more, as what was unpacked is gone.
    let tables = tokio::task::spawn_blocking(move || {
        let (mut tables, mut whole) = (Vec::new(), None);
        contents::pieces(&path, &name, &spool, bounds, |piece| {
            let Ok(piece) = piece else { return ControlFlow::Continue(()) };
            if unknown.remove(&piece.name) && is_to_be_explained(piece.path(), &piece.name) {
                match piece.is_unpacked() {
                    true => tables.extend(copied(piece.path(), &spool).ok().map(|file| (piece.name, file))),
                    false => whole = Some(piece.name),
                }
            }
            match unknown.is_empty() || tables.len() == MOST_TABLES {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        tables.extend(whole.map(|name| (name, spooled)));
        tables
    });
    let mut offers = Vec::new();
    for (file_name, file) in tables.await.map_err(WebError::internal)? {
        let request = ImportRequest {
            path: file.path().to_owned(),
            file_name: file_name.clone(),
            dry_run: true,
            mapping: None,
            ..request.clone()
        };
        let waiting = Waiting::Table(Box::new(HeldTable { request, tries: 0 }));
        let held = state.held.keep(&state.by, &workspace, file, file_name.clone(), waiting);
        offers.extend(held.map(|held| Offer { file_name, held }));
    }
    Ok((workspace, taken, offers))
}

/// Whether it is a table of which somebody can be asked what its columns are.
fn is_to_be_explained(path: &Path, name: &str) -> bool {
    let guessed = File::open(path).ok().and_then(|file| guess(file, name).ok());
    guessed.is_some_and(|guess| guess.columns.len() <= MOST_COLUMNS)
}

fn copied(path: &Path, spool: &Path) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::with_prefix_in("upload-", spool)?;
    io::copy(&mut File::open(path)?, &mut file)?;
    Ok(file)
}

/// The table that waits under a name, and what its columns seem to be.
pub(crate) async fn table(
    state: &Asked,
    workspace: &Workspace,
    name: &str,
) -> Result<(HeldFile, HeldTable, Guess), WebError> {
    let held = state.held.of(&state.by, workspace, name)?;
    let Waiting::Table(table) = held.waiting.clone() else {
        return Err(WebError::not_found("what waits under this name is no table"));
    };
    let read = held.clone();
    let guessed = tokio::task::spawn_blocking(move || {
        guess(File::open(read.path()).map_err(WebError::from)?, &read.file_name)
            .map_err(|refusal| refused(&read.file_name, &refusal))
    });
    Ok((held, *table, guessed.await.map_err(WebError::internal)??))
}

/// Says what importing a table would do if its columns are what is said; and which try that was.
pub(crate) async fn try_out(
    state: &Asked,
    (held, table): (HeldFile, HeldTable),
    guess: &Guess,
    said: &Said,
) -> Result<(ImportReport, u32), WebError> {
    let request = ImportRequest {
        dry_run: true,
        account: said.account.clone(),
        captured_at: said.captured_at,
        // What is said of the table stands in its mapping, so that it is remembered.
        currency: None,
        date_order: None,
        mapping: Some(said.mapping(guess)?),
        ..table.request
    };
    let report = imported(state, &held, request.clone()).await?;
    let gone = || WebError::not_found("the file does not wait any more").remedy("send it again");
    let tries = state.held.tried(&held, request).ok_or_else(gone)?;
    Ok((report, tries))
}

/// Imports a table as the dry run before showed, and remembers what its columns are.
pub(crate) async fn import(
    state: &Asked,
    workspace: &Workspace,
    name: &str,
    tries: u32,
) -> Result<ImportReport, WebError> {
    let (held, table, _) = table(state, workspace, name).await?;
    if tries == 0 || table.tries != tries {
        let detail = "it was looked at otherwise since, perhaps in another window";
        return Err(WebError::told(
            StatusCode::CONFLICT,
            "conflict",
            "This is not what was tried last",
            detail,
        )
        .remedy("look again at what importing it would do"));
    }
    let request = ImportRequest { dry_run: false, ..table.request };
    let report = imported(state, &held, request).await?;
    state.held.let_go(&held);
    Ok(report)
}

async fn imported(state: &Asked, held: &HeldFile, request: ImportRequest) -> Result<ImportReport, WebError> {
    let (ledger, held, seen) = (state.ledger.clone(), held.clone(), ImportSeen::begin(state));
    // On its own, so that a caller who leaves does not stop an import half way.
    let importing = tokio::spawn(async move {
        let outcome = ledger.import(request, |_| {}).await;
        let taken = Taken { file_name: held.file_name.clone(), outcome };
        seen.saw(&taken);
        taken.outcome
    });
    Ok(importing.await.map_err(WebError::internal)??)
}

/// What an unknown table is, for who sends it again with what its columns are.
pub(crate) struct Guessed {
    pub(crate) file_name: String,
    /// What it is recognised as; then nothing needs to be said of it.
    pub(crate) recognised_as: Option<String>,
    pub(crate) guess: Guess,
}

/// Guesses what the columns of a table are, which is forgotten afterwards.
pub(crate) async fn guessed(state: &Asked, mut upload: upload::Upload) -> Result<Guessed, WebError> {
    let (spooled, file_name) = upload.file()?;
    upload.done("file")?;
    let (spool, bounds) = (state.spool.clone(), bounds(state));
    let guessing = tokio::task::spawn_blocking(move || guess_one(spooled, &file_name, &spool, bounds));
    guessing.await.map_err(WebError::internal)?
}

fn guess_one(
    spooled: NamedTempFile,
    file_name: &str,
    spool: &Path,
    bounds: Bounds,
) -> Result<Guessed, WebError> {
    let mut found = Vec::new();
    contents::pieces(spooled.path(), file_name, spool, bounds, |piece| {
        found.push(match piece {
            Ok(piece) => told(piece.path(), piece.name.clone()),
            Err(unreadable) => Err(refused(&unreadable.name, &unreadable.refusal)),
        });
        if found.len() > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match found.pop() {
        Some(only) if found.is_empty() => only,
        _ => Err(WebError::parameter("file", "it holds not just one table", "send one table at a time")),
    }
}

fn told(path: &Path, file_name: String) -> Result<Guessed, WebError> {
    let known = recognise(File::open(path)?, &file_name, &Wishes::default());
    let recognised_as = known.ok().map(|export| export.about().recognised_as.clone());
    let guess = guess(File::open(path)?, &file_name).map_err(|refusal| refused(&file_name, &refusal))?;
    Ok(Guessed { file_name, recognised_as, guess })
}

fn refused(file_name: &str, refusal: &Refusal) -> WebError {
    WebError::from(LedgerError::Refused {
        file_name: file_name.to_owned(),
        seems: refusal.seems().to_owned(),
        remedy: refusal.remedy().to_owned(),
        may_be_mapped: false,
    })
}

/// What is remembered of tables, newest first, each as a mapping if this program can read it.
pub(crate) async fn remembered(
    state: &Asked,
    workspace: &Workspace,
) -> Result<Vec<(MappingRecord, Option<Mapping>)>, WebError> {
    let records = state.catalog().mappings(workspace.id).await?;
    let read = |record: MappingRecord| {
        let mapping = record.kept.mapping.parse().ok();
        (record, mapping)
    };
    Ok(records.into_iter().map(read).collect())
}

/// Forgets what the columns of a table are.
pub(crate) async fn forget(state: &Asked, workspace: &Workspace, id: &str) -> Result<(), WebError> {
    let was_there = match id.parse() {
        Ok(id) => state.catalog().forget_mapping(workspace.id, id).await?,
        Err(_) => false,
    };
    match was_there {
        true => Ok(()),
        false => Err(WebError::not_found(format!("nothing is remembered under {id} in this workspace"))),
    }
}
