//! A mapping: which field of a stream's records is used for what, and from a record's fields to the rows of the shelf.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::{Additive, Sums};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;
use store::shelf::{Choice, Lead, Word};

use crate::amount::{self, NotANumber};
use crate::lead;
use crate::moment;
use crate::names;
use crate::platforms::{Api, Conversion, Field, Report, Unit};

/// A field's value, as a table or a record writes it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Text of a table.
    Plain(&'a str),
    /// JSON.
    Json(&'a str),
}

impl<'a> Cell<'a> {
    /// Its text; nothing if it states nothing.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        let text = match self {
            Self::Plain(text) => Cow::Borrowed(text.trim()),
            Self::Json(json) => match json.as_bytes() {
                [b'"', inside @ .., b'"'] if !inside.contains(&b'\\') => {
                    Cow::Borrowed(json[1..json.len() - 1].trim())
                }
                [b'"', ..] => Cow::Owned(serde_json::from_str::<String>(json).ok()?.trim().to_owned()),
                b"null" | [b'{' | b'[', ..] => return None,
                _ => Cow::Borrowed(json),
            },
        };
        // TikTok writes a dash for nothing.
        (!matches!(text.as_ref(), "" | "-" | "--")).then_some(text)
    }
}

/// What names are used for, of one stream.
pub(crate) struct Mapping {
    pub api: &'static Api,
    pub report: &'static Report,
    /// Where each used name's value goes: by normal name, all the slots.
    by_name: HashMap<String, Vec<u16>>,
    /// Which names hold others that are used.
    holders: Vec<String>,
    entries: Vec<Entry>,
    keys: Vec<u16>,
    day_in_key: bool,
    /// By slot: the next slot that the same name goes to.
    same_name: Vec<Option<u16>>,
    slots: usize,
}

/// One field of the report and its slots, best first.
struct Entry {
    field: Field,
    first: u16,
    end: u16,
}

/// Names that split rows further than platforms' ids do, where a stream has no key of its own.
const SEGMENTS: [&str; 21] = [
    "ad_network_type",
    "segments.ad_network_type",
    "device",
    "segments.device",
    "device_os",
    "device_type",
    "network",
    "language",
    "ad_distribution",
    "bid_match_type",
    "delivered_match_type",
    "top_vs_other",
    "goal",
    "keyword_ad_group_criterion",
    "placement",
    "event_name",
    "action_type",
    "hour",
    "segments.hour",
    "stat_time_hour",
    "start_time",
];

impl Mapping {
    /// The mapping of a report's records. `keys` are the fields that make records of the stream the same; without any it is
    /// what they are about.
    pub(crate) fn new(api: &'static Api, report: &'static Report, keys: &[String]) -> Self {
        let mut mapping = Self {
            api,
            report,
            by_name: HashMap::new(),
            holders: Vec::new(),
            entries: Vec::new(),
            keys: Vec::new(),
            day_in_key: false,
            same_name: Vec::new(),
            slots: 0,
        };
        let mut about = Vec::new();
        for (field, known) in report.entries() {
            let first = mapping.slots as u16;
            for name in *known {
                mapping.slot(name);
            }
            let end = mapping.slots as u16;
            mapping.entries.push(Entry { field: *field, first, end });
            let is_about = match field {
                Field::Day | Field::Event => true,
                Field::Word(word) => is_identity(*word),
                _ => false,
            };
            if is_about {
                about.extend(first..end);
            }
        }
        if keys.is_empty() {
            mapping.keys = about;
            for name in SEGMENTS {
                let slot = mapping.slot(name);
                mapping.keys.push(slot);
            }
        } else {
            for name in keys {
                let slot = mapping.slot(&names::normal(name));
                mapping.keys.push(slot);
            }
        }
        let days = report.entries().filter(|(field, _)| *field == Field::Day);
        mapping.day_in_key = keys.is_empty()
            || days
                .flat_map(|(_, names)| *names)
                .any(|name| keys.iter().any(|key| names::normal(key) == *name));
        mapping
    }

    fn slot(&mut self, name: &str) -> u16 {
        let slot = self.slots as u16;
        self.slots += 1;
        let slots = self.by_name.entry(name.to_owned()).or_default();
        if let Some(last) = slots.last() {
            self.same_name[usize::from(*last)] = Some(slot);
        }
        slots.push(slot);
        self.same_name.push(None);
        for (at, _) in name.match_indices('.') {
            let holder = &name[..at];
            if !self.holders.iter().any(|known| known == holder) {
                self.holders.push(holder.to_owned());
            }
        }
        slot
    }

    /// How many slots a record's values take.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// The slots that the value of a name goes to.
    pub(crate) fn slots_of(&self, normal_name: &str) -> &[u16] {
        self.by_name.get(normal_name).map_or(&[], Vec::as_slice)
    }

    /// Puts a value into the slot `first` and all others of the same name.
    pub(crate) fn fill<'a>(&self, first: u16, cell: Cell<'a>, values: &mut [Option<Cell<'a>>]) {
        let mut slot = first;
        loop {
            values[usize::from(slot)] = Some(cell);
            match self.same_name[usize::from(slot)] {
                Some(next) => slot = next,
                None => return,
            }
        }
    }

    /// Whether a name holds others that are used.
    pub(crate) fn holds_others(&self, normal_name: &str) -> bool {
        self.holders.iter().any(|holder| holder == normal_name)
    }

    /// Whether the day is part of a record's key.
    pub(crate) fn has_day_in_key(&self) -> bool {
        self.day_in_key
    }

    /// What a record's key is made of.
    pub(crate) fn key(&self, values: &[Option<Cell<'_>>], seed: u32) -> u128 {
        let mut hasher = xxhash_rust::xxh3::Xxh3::new();
        hasher.update(&seed.to_le_bytes());
        for slot in &self.keys {
            let text = values[usize::from(*slot)].map_or("", |cell| match cell {
                Cell::Plain(text) | Cell::Json(text) => text,
            });
            // The length keeps ["ab", "c"] apart from ["a", "bc"].
            hasher.update(&(text.len() as u32).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.digest128()
    }

    /// What a record says.
    pub(crate) fn read<'a>(&self, values: &[Option<Cell<'a>>]) -> Result<Said<'a>, Unreadable> {
        let mut said = Said::default();
        let mut is_daily = true;
        let mut event = None;
        for entry in &self.entries {
            let slots = usize::from(entry.first)..usize::from(entry.end);
            if let Field::Events(what) = entry.field {
                let list = values[slots].iter().flatten().find_map(|cell| match cell {
                    Cell::Json(json) | Cell::Plain(json) if json.trim_start().starts_with('[') => Some(*json),
                    _ => None,
                });
                if let Some(list) = list {
                    add(&mut said.sums, what, self.events(what, list)?)?;
                }
                continue;
            }
            if let Field::Lead(what) = entry.field {
                // A field that is there and says nothing says that there is none.
                let told = values[slots].iter().flatten().map(|cell| lead::text(what, *cell));
                said.leads[what as usize - 1] =
                    told.reduce(|best, next| if best.is_empty() { next } else { best });
                continue;
            }
            let Some(text) = values[slots].iter().flatten().find_map(|cell| cell.text()) else { continue };
            match entry.field {
                Field::Day => {
                    said.day = Some(moment::day(&text).ok_or_else(|| Unreadable::Day(text.into_owned()))?);
                }
                Field::Version => {
                    said.version = moment::time(&text).map_or(i64::MIN, |time| time.as_microsecond());
                }
                Field::Word(word) => {
                    let shaped = shaped(word, text);
                    said.words[word as usize].get_or_insert(shaped);
                }
                Field::Budget(unit) => said.budget_micros = number(&text, unit, false).ok(),
                Field::BudgetKind => {
                    let text = text.to_ascii_lowercase();
                    is_daily = text.contains("day") || text.contains("dai");
                }
                Field::Figure(what, unit) => {
                    let is_count =
                        !matches!(what, Additive::Spend | Additive::Revenue | Additive::Conversions);
                    let value = number(&text, unit, is_count).map_err(|why| Unreadable::Number {
                        what,
                        text: text.into_owned(),
                        why,
                    })?;
                    add(&mut said.sums, what, Some(value))?;
                }
                Field::Event => event = Some(text),
                Field::LeadPart => said.lead_part = Some(text),
                Field::Events(_) | Field::Lead(_) => {}
            }
        }
        if !is_daily {
            said.budget_micros = None;
        }
        let suffix = &mut said.leads[Lead::Suffix as usize - 1];
        *suffix = suffix.take().map(|text| lead::suffix(text, said.lead_part.is_some()));
        if let Some(event) = event {
            match (self.api.conversion)(&event) {
                None => said.is_beside = true,
                Some(Conversion::Counts) => {}
                Some(Conversion::Among(choice)) => {
                    // Values are chosen by themselves: an action may be counted in one way and valued in another.
                    let is_value = said.sums.revenue_micros.is_some();
                    let family = choice.family + if is_value { 100 } else { 0 };
                    said.choice = Some(Choice { family, ..choice });
                }
            }
        }
        Ok(said)
    }

    /// The conversions in a list of actions: of each family the first that is there.
    fn events(&self, what: Additive, list: &str) -> Result<Option<i64>, Unreadable> {
        let odd = |_| Unreadable::Events(list.chars().take(80).collect());
        let actions: Vec<Action<'_>> = serde_json::from_str(list).map_err(odd)?;
        let mut best: Vec<(u8, u8, i64)> = Vec::new();
        let mut total = None;
        for action in actions {
            let Some(conversion) = action.action_type.as_deref().and_then(|kind| (self.api.conversion)(kind))
            else {
                continue;
            };
            let Some(value) = action.value.and_then(|value| Cell::Json(value.get()).text()) else { continue };
            let value = amount::millionths(&value, 0).map_err(|why| Unreadable::Number {
                what,
                text: value.into_owned(),
                why,
            })?;
            match conversion {
                Conversion::Counts => total = Some(plus(total, value)?),
                Conversion::Among(choice) => {
                    match best.iter_mut().find(|(family, ..)| *family == choice.family) {
                        Some(known) if known.1 > choice.rank => *known = (choice.family, choice.rank, value),
                        Some(known) if known.1 == choice.rank => known.2 = plus(Some(known.2), value)?,
                        Some(_) => {}
                        None => best.push((choice.family, choice.rank, value)),
                    }
                }
            }
        }
        for (_, _, value) in best {
            total = Some(plus(total, value)?);
        }
        Ok(total)
    }
}

#[derive(Deserialize)]
struct Action<'a> {
    #[serde(borrow, default)]
    action_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// What a record says.
#[derive(Debug, Default)]
pub(crate) struct Said<'a> {
    pub day: Option<Date>,
    pub version: i64,
    pub words: [Option<Cow<'a, str>>; Word::COUNT],
    pub budget_micros: Option<i64>,
    /// Where its entity leads, by [`Lead`]; empty: that there is none.
    pub leads: [Option<Cow<'a, str>>; Lead::COUNT],
    /// Which part of it this is.
    pub lead_part: Option<Cow<'a, str>>,
    pub choice: Option<Choice>,
    pub sums: Sums,
    /// It is about an event that is no conversion.
    pub is_beside: bool,
}

/// Why a record can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("'{0}' is no day; a day is written like 2026-06-15")]
    Day(String),
    #[error("it has no day")]
    NoDay,
    #[error("it has no id of the {0} that it is about")]
    NoId(&'static str),
    #[error("it has no id of the creative that it is about")]
    NoCreative,
    #[error("{}: '{text}' {why}", what.column())]
    Number { what: Additive, text: String, why: NotANumber },
    #[error("its actions can't be read: {0}")]
    Events(String),
    #[error("its figures add up to more than 64 bits hold")]
    TooMuch,
}

fn is_identity(word: Word) -> bool {
    !matches!(
        word,
        Word::Account
            | Word::Campaign
            | Word::AdGroup
            | Word::Ad
            | Word::Status
            | Word::Kind
            | Word::Currency
    )
}

fn shaped(word: Word, text: Cow<'_, str>) -> Cow<'_, str> {
    match word {
        Word::AccountId | Word::CampaignId | Word::AdGroupId | Word::AdId | Word::KeywordId => match text {
            Cow::Borrowed(text) => Cow::Borrowed(names::bare_id(text)),
            Cow::Owned(text) => Cow::Owned(names::bare_id(&text).to_owned()),
        },
        Word::Status => names::status(&text),
        Word::Kind => match text {
            Cow::Borrowed(text) => names::kind(text),
            Cow::Owned(text) => Cow::Owned(names::kind(&text).into_owned()),
        },
        Word::Currency if text.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Cow::Owned(text.to_ascii_uppercase())
        }
        _ => text,
    }
}

fn number(text: &str, unit: Unit, is_count: bool) -> Result<i64, NotANumber> {
    match unit {
        Unit::One if is_count => amount::whole(text),
        Unit::One => amount::millionths(text, 0),
        Unit::Micro => amount::millionths(text, -6),
    }
}

fn add(sums: &mut Sums, what: Additive, value: Option<i64>) -> Result<(), Unreadable> {
    if let Some(value) = value {
        let place = sums.get_mut(what);
        *place = Some(plus(*place, value)?);
    }
    Ok(())
}

fn plus(sum: Option<i64>, value: i64) -> Result<i64, Unreadable> {
    sum.unwrap_or(0).checked_add(value).ok_or(Unreadable::TooMuch)
}
