//! Picking a record's used fields out of its JSON, without making anything of the others.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::mapping::{Cell, Mapping};
use crate::message::Text;
use crate::names;

/// Names remembered per place; a source that makes up names gets each looked up anew.
const REMEMBERED: usize = 4096;
/// Deepest nesting that is looked into.
const DEEPEST: usize = 6;

/// Picks the fields of one stream. What a name is used for is looked up once.
#[derive(Default)]
pub(crate) struct Picker {
    places: Vec<Place>,
}

#[derive(Default)]
struct Place {
    path: String,
    seen: HashMap<Box<str>, Use>,
}

#[derive(Clone, Copy)]
enum Use {
    Nothing,
    /// The slots that this normal name goes to, by the number of one of them.
    Slots {
        first: u16,
    },
    /// It holds fields that are used, and may be one itself.
    Holder {
        place: usize,
    },
}

impl Picker {
    /// Puts the values of a record's used fields into their slots.
    pub(crate) fn pick<'a>(
        &mut self,
        mapping: &Mapping,
        record: &'a str,
        values: &mut [Option<Cell<'a>>],
    ) -> Result<(), serde_json::Error> {
        if self.places.is_empty() {
            self.places.push(Place::default());
        }
        self.pick_at(mapping, record, values, 0, 0)
    }

    fn pick_at<'a>(
        &mut self,
        mapping: &Mapping,
        record: &'a str,
        values: &mut [Option<Cell<'a>>],
        place: usize,
        depth: usize,
    ) -> Result<(), serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(record);
        Fields { picker: self, mapping, values, place, depth }.deserialize(&mut json)
    }

    fn use_of(&mut self, mapping: &Mapping, place: usize, name: &str) -> Use {
        if let Some(known) = self.places[place].seen.get(name) {
            return *known;
        }
        let normal = names::normal(name);
        let path = match self.places[place].path.as_str() {
            "" => normal,
            path => format!("{path}.{normal}"),
        };
        let is_remembered = self.places[place].seen.len() < REMEMBERED;
        let found = if mapping.holds_others(&path) && is_remembered {
            self.places.push(Place { path, seen: HashMap::new() });
            Use::Holder { place: self.places.len() - 1 }
        } else {
            mapping.slots_of(&path).first().map_or(Use::Nothing, |first| Use::Slots { first: *first })
        };
        if is_remembered {
            self.places[place].seen.insert(name.into(), found);
        }
        found
    }
}

struct Fields<'p, 'm, 'v, 'a> {
    picker: &'p mut Picker,
    mapping: &'m Mapping,
    values: &'v mut [Option<Cell<'a>>],
    place: usize,
    depth: usize,
}

impl<'a> DeserializeSeed<'a> for Fields<'_, '_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Fields<'_, '_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(name) = map.next_key::<Text<'a>>()? {
            let value = map.next_value::<&'a RawValue>()?.get();
            match self.picker.use_of(self.mapping, self.place, &name.0) {
                Use::Nothing => {}
                Use::Slots { first } => self.mapping.fill(first, Cell::Json(value), self.values),
                Use::Holder { place } if value.starts_with('{') && self.depth < DEEPEST => {
                    self.picker
                        .pick_at(self.mapping, value, self.values, place, self.depth + 1)
                        .map_err(serde::de::Error::custom)?;
                }
                Use::Holder { place } => {
                    let path = &self.picker.places[place].path;
                    if let Some(first) = self.mapping.slots_of(path).first() {
                        self.mapping.fill(*first, Cell::Json(value), self.values);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The normal names of a record's fields, nested ones by their paths.
pub(crate) fn field_names(record: &str) -> BTreeSet<String> {
    fn walk(value: &serde_json::Value, path: &str, depth: usize, names: &mut BTreeSet<String>) {
        let Some(fields) = value.as_object() else { return };
        for (name, inner) in fields {
            let name = names::normal(name);
            let path = if path.is_empty() { name } else { format!("{path}.{name}") };
            if depth < DEEPEST {
                walk(inner, &path, depth + 1, names);
            }
            names.insert(path);
        }
    }
    let mut found = BTreeSet::new();
    if let Ok(value) = serde_json::from_str(record) {
        walk(&value, "", 0, &mut found);
    }
    found
}
