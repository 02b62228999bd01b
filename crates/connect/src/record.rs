//! Picking a record's used fields out of its JSON, without making anything of the others.

use std::collections::{BTreeSet, HashMap};

use crate::json::Walk;
use crate::mapping::{Cell, Mapping};
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

/// An object of the record. Records of a stream mostly have the same fields in the same order: the one that came behind
/// another the first time is looked for there first.
#[derive(Default)]
struct Place {
    path: String,
    known: Vec<(Box<str>, Use)>,
    by_name: HashMap<Box<str>, usize>,
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
    /// Puts the values of a record's used fields into their slots; tells whether it is an object.
    pub(crate) fn pick<'a>(
        &mut self,
        mapping: &Mapping,
        record: &'a str,
        values: &mut [Option<Cell<'a>>],
    ) -> bool {
        let Some(mut walk) = Walk::object(record) else { return false };
        self.pick_fields(mapping, &mut walk, values).is_some()
    }

    /// The same of the record whose first field comes next; `None` if it is no JSON.
    pub(crate) fn pick_fields<'a>(
        &mut self,
        mapping: &Mapping,
        walk: &mut Walk<'a>,
        values: &mut [Option<Cell<'a>>],
    ) -> Option<()> {
        if self.places.is_empty() {
            self.places.push(Place::default());
        }
        self.pick_at(mapping, walk, values, 0, 0)
    }

    fn pick_at<'a>(
        &mut self,
        mapping: &Mapping,
        walk: &mut Walk<'a>,
        values: &mut [Option<Cell<'a>>],
        place: usize,
        depth: usize,
    ) -> Option<()> {
        let mut next = 0;
        while walk.goes_on()? {
            let used = match self.places[place].known.get(next) {
                Some((name, used)) if walk.passes(name) => {
                    next += 1;
                    *used
                }
                _ => {
                    let name = walk.name()?;
                    let (used, known) = self.use_of(mapping, place, &name);
                    next = known.map_or(next, |known| known + 1);
                    used
                }
            };
            match used {
                Use::Nothing => drop(walk.value()?),
                Use::Slots { first } => mapping.fill(first, Cell::Json(walk.value()?), values),
                Use::Holder { place } if depth < DEEPEST && walk.enter() => {
                    self.pick_at(mapping, walk, values, place, depth + 1)?;
                }
                Use::Holder { place } => {
                    let value = walk.value()?;
                    if let Some(first) = mapping.slots_of(&self.places[place].path).first() {
                        mapping.fill(*first, Cell::Json(value), values);
                    }
                }
            }
        }
        Some(())
    }

    /// What a name is used for, and its number among the known ones of its place.
    fn use_of(&mut self, mapping: &Mapping, place: usize, name: &str) -> (Use, Option<usize>) {
        let at = &self.places[place];
        if let Some(known) = at.by_name.get(name) {
            return (at.known[*known].1, Some(*known));
        }
        let normal = names::normal(name);
        let path = match at.path.as_str() {
            "" => normal,
            path => format!("{path}.{normal}"),
        };
        // What has a quote or a backslash in it stands otherwise in the text than it is called.
        let is_remembered = at.known.len() < REMEMBERED && !name.contains(['"', '\\']);
        let found = if mapping.holds_others(&path) && is_remembered {
            self.places.push(Place { path, ..Place::default() });
            Use::Holder { place: self.places.len() - 1 }
        } else {
            mapping.slots_of(&path).first().map_or(Use::Nothing, |first| Use::Slots { first: *first })
        };
        if !is_remembered {
            return (found, None);
        }
        let at = &mut self.places[place];
        let known = at.known.len();
        at.known.push((name.into(), found));
        at.by_name.insert(name.into(), known);
        (found, Some(known))
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
