//! Taking in a stream of messages: records onto the shelf, states with them, the rest into the report.
//!
//! # Why by key, and then by day
//! The ledger replaces a day as a whole, but a stream does not send days as a whole: a connector that goes by the time of
//! the last change sends one row of a day again and not the others; one that goes by day may be cut off in the middle of one
//! and go on behind it. Replacing a day by what came of it in a run would lose rows; adding what came would double them.
//! So records are put in their places by the stream's primary key, and each day that was touched goes to the ledger with
//! all the rows that the shelf has of it. A record that is sent twice counts once.
//!
//! What a platform has taken back can't be seen in such a stream: nobody says which rows are no more. They go where the
//! source says that it has read everything anew: Singer's `ACTIVATE_VERSION`, or a full refresh of Airbyte's that was read to
//! its end. Until then the earlier reading counts, so a run that is cut off takes nothing away.
//!
//! Without a primary key, records are the same if they are about the same: account, entity, day and the segments that
//! platforms split by. A full refresh needs none: each of its records is one of its own.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use store::Shelf;
use store::shelf::{SourceId, StreamId};

use crate::ConnectError;
use crate::choose::choose;
use crate::json::Walk;
use crate::log::{Log, shortened};
use crate::mapping::Mapping;
use crate::message::{self, Message, Protocol};
use crate::names;
use crate::platforms::Gives;
use crate::record::{Picker, field_names};
use crate::taking::{Stream, Taking};
use crate::warehouse::{TableReport, in_words};

/// Longest line that is read.
const LONGEST_LINE: usize = 32 << 20;
/// Rows after which records are kept, with the last state that came before them. As many as the engine puts together: fewer or
/// more would be written once now and once again when they are put together with others.
const KEEP_ROWS: u64 = 122_880;
/// Time after which records are kept at the next state.
const KEEP_AFTER: Duration = Duration::from_secs(10);
/// Streams of one source, at most.
const MOST_STREAMS: usize = 2_000;

/// What is known of a stream before its first record.
#[derive(Debug, Clone, Default)]
pub(crate) struct StreamPlan {
    pub fields: Vec<String>,
    pub keys: Vec<String>,
    /// Whether the source reads all of it anew.
    pub is_full_refresh: bool,
}

/// Takes in the messages of one run.
pub(crate) struct Intake<'s> {
    shelf: &'s mut Shelf,
    source: SourceId,
    protocol: Protocol,
    captured_at: Timestamp,
    log: &'s Log,
    keep_every: u64,
    plans: HashMap<String, StreamPlan>,
    streams: BTreeMap<String, Stream>,
    states: BTreeMap<String, String>,
    announced: Vec<(StreamId, i64)>,
    /// States that are kept and not told yet.
    kept_states: Vec<String>,
    rest: Vec<u8>,
    line: u64,
    staged: u64,
    kept_at: Instant,
    pub(crate) records: u64,
    pub(crate) states_kept: u64,
    failure: Option<String>,
}

/// A text without its quotes, if it is one without escapes.
fn bare(json: &str) -> Option<&str> {
    json.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('\\'))
}

impl<'s> Intake<'s> {
    pub(crate) fn new(
        shelf: &'s mut Shelf,
        source: SourceId,
        protocol: Protocol,
        plans: HashMap<String, StreamPlan>,
        log: &'s Log,
    ) -> Self {
        Self {
            shelf,
            source,
            protocol,
            captured_at: Timestamp::now(),
            log,
            keep_every: KEEP_ROWS,
            plans,
            streams: BTreeMap::new(),
            states: BTreeMap::new(),
            announced: Vec::new(),
            kept_states: Vec::new(),
            rest: Vec::new(),
            line: 0,
            staged: 0,
            kept_at: Instant::now(),
            records: 0,
            states_kept: 0,
            failure: None,
        }
    }

    /// Keeps what came in after so many rows, if that is less than it would be kept after.
    pub(crate) fn keep_every(&mut self, rows: u64) {
        self.keep_every = rows.clamp(1, KEEP_ROWS);
    }

    /// Takes in some bytes of what the source says.
    pub(crate) fn bytes(&mut self, mut bytes: &[u8]) -> Result<(), ConnectError> {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.rest.is_empty() {
                self.line(&bytes[..end])?;
            } else {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&bytes[..end]);
                self.line(&line)?;
                line.clear();
                self.rest = line;
            }
            bytes = &bytes[end + 1..];
        }
        if self.rest.len() + bytes.len() > LONGEST_LINE {
            return Err(ConnectError::Source(format!(
                "line {} is longer than {} MiB, so the source does not speak {}; what came before it is kept",
                self.line + 1,
                LONGEST_LINE >> 20,
                self.protocol.key()
            )));
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    /// The source has said all. An unfinished line is a failure: what was cut off is not known.
    pub(crate) fn end(&mut self) -> Result<(), ConnectError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        self.line(&rest).map_err(|error| match error {
            ConnectError::Source(why) => {
                ConnectError::Source(format!("the source stopped in the middle of a line ({why})"))
            }
            other => other,
        })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), ConnectError> {
        self.line += 1;
        let text = std::str::from_utf8(line).map_err(|_| self.garbage("it is not UTF-8", line))?.trim();
        if text.is_empty() {
            return Ok(());
        }
        // Sources print to where their messages go; half a message among it is not to be passed over.
        if !text.starts_with('{') {
            if text.contains("{\"type\"") || text.contains("\"type\":") {
                return Err(self.garbage("a message begins in the middle of it", line));
            }
            self.log.add(text);
            return Ok(());
        }
        if let Some(taken) = self.record_at_once(text) {
            return taken;
        }
        let message = message::read(self.protocol, text).map_err(|why| self.garbage(&why, line))?;
        match message {
            Message::Record { stream, data, version } => self.record(&stream, data, version)?,
            Message::Schema { stream, fields, keys } => {
                // A schema may come again; what records were taken for stays.
                if self.streams.get(&stream).is_none_or(|known| known.report.read == 0) {
                    self.streams.remove(&stream);
                    self.plans.insert(stream, StreamPlan { fields, keys, is_full_refresh: false });
                }
            }
            // What is read anew every time has nowhere to go on from.
            Message::State { stream, .. }
                if self.plans.get(&stream).is_some_and(|plan| plan.is_full_refresh) => {}
            Message::State { stream, state } => {
                self.states.insert(stream, state.to_owned());
                if self.kept_at.elapsed() >= KEEP_AFTER {
                    self.keep()?;
                }
            }
            Message::Activate { stream, version } => {
                if let Some(taking) = self.streams.get(&stream).and_then(|stream| stream.taking.as_ref()) {
                    self.announced.push((taking.stream, version));
                } else if self.plans.contains_key(&stream) {
                    let (number, _) = self.shelf.stream(self.source, &stream)?;
                    self.announced.push((number, version));
                }
            }
            Message::Log(text) => self.log.add(&text),
            Message::Failed { stream, why } => {
                self.log.add(&format!("ERROR {why}"));
                if let Some(stream) = stream.and_then(|stream| self.streams.get_mut(&stream)) {
                    stream.failure.get_or_insert(why.clone());
                }
                self.failure.get_or_insert(why);
            }
            Message::Status { stream, is_complete } => {
                // A stream without records is read to its end too.
                self.open(&stream, None)?.status = Some(is_complete);
            }
            Message::Catalog(_) | Message::Other => {}
        }
        Ok(())
    }

    fn garbage(&self, why: &str, line: &[u8]) -> ConnectError {
        let shown = shortened(&String::from_utf8_lossy(&line[..line.len().min(400)]), 120);
        ConnectError::Source(format!(
            "line {} of what the source says can't be read: {why}. It begins: {shown}. What came before it is kept; run it again",
            self.line
        ))
    }

    fn record(&mut self, name: &str, data: &str, version: Option<i64>) -> Result<(), ConnectError> {
        if !self.streams.contains_key(name) {
            self.open(name, Some(data))?;
        }
        self.records += 1;
        let Some(stream) = self.streams.get_mut(name) else { return Ok(()) };
        let Some(taking) = &mut stream.taking else {
            stream.report.read += 1;
            stream.report.skipped += 1;
            return Ok(());
        };
        let mut values = taking.no_values();
        let is_record = taking.picker.pick(&taking.mapping, data, &mut values);
        self.staged += u64::from(stream.put(self.shelf, self.source, values, is_record, version)?);
        self.keep_if_due()
    }

    /// Takes in a line in one pass, if it is a record of a known stream and written as nearly all are; `None` if not, and then
    /// nothing has happened. It is checked on the way as every other line is.
    fn record_at_once(&mut self, line: &str) -> Option<Result<(), ConnectError>> {
        let mut walk = Walk::object(line)?;
        let (mut is_record, mut version, mut found) = (false, None, None);
        while walk.goes_on()? {
            match (walk.name()?.as_ref(), self.protocol, &found) {
                ("type", ..) => is_record = walk.value()? == "\"RECORD\"",
                ("stream", Protocol::Singer, None) => found = Some((bare(walk.value()?)?, None)),
                ("record", Protocol::Singer, Some((name, None))) if walk.enter() => {
                    let taking = self.streams.get_mut(*name)?.taking.as_mut()?;
                    let mut values = taking.no_values();
                    taking.picker.pick_fields(&taking.mapping, &mut walk, &mut values)?;
                    found = Some((*name, Some(values)));
                }
                ("version", Protocol::Singer, _) if version.is_none() => {
                    version = Some(walk.value()?.parse().ok()?);
                }
                ("record", Protocol::Airbyte, None) if walk.enter() => {
                    let mut name = None;
                    while walk.goes_on()? {
                        match (walk.name()?.as_ref(), name, &found) {
                            ("stream", None, None) => name = Some(bare(walk.value()?)?),
                            ("data", Some(name), None) if walk.enter() => {
                                let taking = self.streams.get_mut(name)?.taking.as_mut()?;
                                let mut values = taking.no_values();
                                taking.picker.pick_fields(&taking.mapping, &mut walk, &mut values)?;
                                found = Some((name, Some(values)));
                            }
                            ("stream" | "data", ..) => return None,
                            _ => drop(walk.value()?),
                        }
                    }
                }
                // What comes twice or in another order is left to who reads all of it first.
                ("stream" | "record" | "version", ..) => return None,
                _ => drop(walk.value()?),
            }
        }
        let (name, values) = found.filter(|_| is_record && walk.is_at_end())?;
        let (values, stream) = (values?, self.streams.get_mut(name)?);
        self.records += 1;
        let put = stream.put(self.shelf, self.source, values, true, version);
        Some(put.and_then(|is_staged| {
            self.staged += u64::from(is_staged);
            self.keep_if_due()
        }))
    }

    fn keep_if_due(&mut self) -> Result<(), ConnectError> {
        if self.staged >= self.keep_every || self.shelf.is_full() {
            self.keep()?;
        }
        Ok(())
    }

    /// The stream of this name, looked at when it is first spoken of.
    fn open(&mut self, name: &str, first: Option<&str>) -> Result<&mut Stream, ConnectError> {
        if !self.streams.contains_key(name) {
            if self.streams.len() >= MOST_STREAMS {
                return Err(ConnectError::Source(format!("the source has more than {MOST_STREAMS} streams")));
            }
            let stream = self.looked_at(name, first)?;
            self.streams.insert(name.to_owned(), stream);
        }
        self.streams.get_mut(name).ok_or_else(|| ConnectError::Source("a stream is gone".to_owned()))
    }

    fn looked_at(&mut self, name: &str, first: Option<&str>) -> Result<Stream, ConnectError> {
        let plan = self.plans.get(name).cloned().unwrap_or_default();
        let mut report = TableReport { name: name.to_owned(), ..TableReport::default() };
        let mut names: std::collections::BTreeSet<String> =
            plan.fields.iter().map(|field| names::normal(field)).collect();
        names.extend(first.map(field_names).unwrap_or_default());
        let refuse = |mut report: TableReport, why: String, needed: String| {
            report.refused = Some(why);
            report.needed = Some(needed);
            Stream { report, taking: None, status: None, failure: None }
        };
        let chosen = match choose(name, &names) {
            Ok(chosen) => chosen,
            Err(refused) => return Ok(refuse(report, refused.why, refused.needed)),
        };
        if let Gives::Figures(level) = chosen.report.gives {
            let same = |other: &&Stream| {
                other.taking.as_ref().is_some_and(|taking| {
                    taking.mapping.api.platform == chosen.api.platform
                        && taking.mapping.report.gives == Gives::Figures(level)
                })
            };
            if let Some(other) = self.streams.values().find(same) {
                let why =
                    format!("the stream {} has the same figures, which would count twice", other.report.name);
                return Ok(refuse(report, why, "one of the two streams alone".to_owned()));
            }
        }
        report.taken_for = Some(in_words(chosen));
        let (stream, active) = self.shelf.stream(self.source, name)?;
        let full_refresh =
            plan.is_full_refresh && !matches!(chosen.report.gives, Gives::Entities(_) | Gives::Creatives);
        if full_refresh {
            self.shelf.drop_unread(stream)?;
        }
        let taking = Taking {
            mapping: Mapping::new(chosen.api, chosen.report, &plan.keys),
            picker: Picker::default(),
            stream,
            active,
            full_refresh,
            has_keys: !plan.keys.is_empty(),
            values: Vec::new(),
        };
        Ok(Stream { report, taking: Some(taking), status: None, failure: None })
    }

    /// Keeps what came in, with the states that follow it.
    pub(crate) fn keep(&mut self) -> Result<(), ConnectError> {
        let states: Vec<(String, String)> = std::mem::take(&mut self.states).into_iter().collect();
        let announced = std::mem::take(&mut self.announced);
        self.shelf.keep(self.source, self.captured_at, &states, &announced)?;
        self.states_kept += states.len() as u64;
        self.kept_states.extend(states.into_iter().map(|(_, state)| state));
        self.staged = 0;
        self.kept_at = Instant::now();
        Ok(())
    }

    /// The states that were kept since this was last asked.
    pub(crate) fn take_kept_states(&mut self) -> Vec<String> {
        std::mem::take(&mut self.kept_states)
    }

    /// Lets readings that came to their end count. `ended_well` says that nothing went wrong, `is_sure` that the source has
    /// ended as a program that did its work; without it, a full refresh counts only if the source said that it is complete.
    pub(crate) fn complete(&mut self, ended_well: bool, is_sure: bool) -> Result<(), ConnectError> {
        if ended_well {
            for (stream, next) in self.shelf.announced(self.source)? {
                self.shelf.activate(self.source, stream, next, self.captured_at)?;
            }
        }
        for stream in self.streams.values_mut() {
            let Some(taking) = stream.taking.as_ref().filter(|taking| taking.full_refresh) else { continue };
            if stream.failure.is_none() && stream.status.unwrap_or(is_sure) {
                self.shelf.activate(self.source, taking.stream, taking.active + 1, self.captured_at)?;
            } else {
                stream.report.reasons.push(
                    "The source did not say that it read the stream to its end, so the earlier reading counts on.".to_owned(),
                );
            }
        }
        Ok(())
    }

    /// What the source itself said went wrong.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// What became of each stream, by name.
    pub(crate) fn reports(&self) -> Vec<TableReport> {
        self.streams.values().map(|stream| stream.report.clone()).collect()
    }
}
