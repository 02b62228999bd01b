//! What a browser tells of a visit, read strictly: known fields, known words, sizes and numbers within bounds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::assets;

/// Most of each list.
const MOST: usize = 8;
/// Longest message of a script, in characters.
const LONGEST_MESSAGE: usize = 200;
/// Longest place in a page, and longest pattern of an address.
const LONGEST_PLACE: usize = 80;
/// The longest time that is told, in milliseconds.
const LONGEST_MILLIS: f64 = 600_000.0;
/// The largest shift of a layout.
const LARGEST_SHIFT: f64 = 100.0;

/// Pages that are told apart; others are one.
const ROUTES: [&str; 14] = [
    "/",
    "/campaigns",
    "/campaigns/{id}",
    "/analytics",
    "/imports",
    "/imports/{id}",
    "/imports/{id}/undo",
    "/plans",
    "/plans/{id}",
    "/plans/bulk",
    "/views",
    "/status",
    "/offline",
    OTHER,
];
const OTHER: &str = "other";
const DEVICES: [&str; 3] = ["phone", "tablet", "desk"];
const ARRIVALS: [&str; 5] = ["navigate", "reload", "back_forward", "prerender", ""];
/// What hurts.
pub(crate) const PAINS: [&str; 5] =
    ["rage-click", "dead-click", "slow-request", "failed-request", "abandoned-import"];

/// What a browser tells of a visit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeaconIn {
    /// The pattern of the page's address.
    #[schema(example = "/campaigns/{id}")]
    route: String,
    /// `phone`, `tablet` or `desk`.
    device: String,
    /// How it was come to: `navigate`, `reload`, `back_forward`, `prerender` or nothing.
    arrived: String,
    /// What was measured.
    vitals: VitalsIn,
    /// Which element of the page each is about: a tag and the panel around it.
    #[serde(default)]
    places: PlacesIn,
    /// What hurt: its kind, where, and how much.
    #[serde(default)]
    #[schema(value_type = Vec<Vec<Object>>)]
    pains: Vec<(String, String, Option<f64>)>,
    /// Scripts that failed: message, file, line and column.
    #[serde(default)]
    #[schema(value_type = Vec<Vec<Object>>)]
    errors: Vec<(String, String, u32, u32)>,
}

/// Core Web Vitals: milliseconds, for `cls` a score.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VitalsIn {
    /// Largest Contentful Paint.
    pub(super) lcp: Option<f64>,
    /// Interaction to Next Paint.
    pub(super) inp: Option<f64>,
    /// Cumulative Layout Shift.
    pub(super) cls: Option<f64>,
    /// First Contentful Paint.
    pub(super) fcp: Option<f64>,
    /// Time to First Byte.
    pub(super) ttfb: Option<f64>,
}

/// Which element each is about.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacesIn {
    /// The largest element.
    lcp: Option<String>,
    /// What was turned to.
    inp: Option<String>,
    /// What moved.
    cls: Option<String>,
}

/// A visit as it is kept.
#[derive(Debug)]
pub(super) struct Beacon {
    pub(super) route: &'static str,
    pub(super) device: &'static str,
    pub(super) vitals: VitalsIn,
    /// What was slow or moved, by vital.
    pub(super) places: Vec<(&'static str, String)>,
    pub(super) pains: Vec<(&'static str, String)>,
    /// Message and place of scripts that failed.
    pub(super) errors: Vec<(String, String)>,
}

impl Beacon {
    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with it first, without quoting it.
    pub(super) fn read(body: &[u8]) -> Result<Self, &'static str> {
        let told: BeaconIn =
            serde_json::from_slice(body).map_err(|_| "it does not have the fields that it has to have")?;
        let known = |word: &str, words: &[&'static str]| words.iter().copied().find(|known| *known == word);
        let device = known(&told.device, &DEVICES).ok_or("the device is none")?;
        known(&told.arrived, &ARRIVALS).ok_or("it was come to in no known way")?;
        if !is_place(&told.route) {
            return Err("the route is none");
        }
        let VitalsIn { lcp, inp, cls, fcp, ttfb } = told.vitals;
        let times = [lcp, inp, fcp, ttfb].into_iter().flatten();
        if times.into_iter().any(|millis| !(0.0..=LONGEST_MILLIS).contains(&millis)) {
            return Err("a time is out of bounds");
        }
        if cls.is_some_and(|score| !(0.0..=LARGEST_SHIFT).contains(&score)) {
            return Err("a shift is out of bounds");
        }
        if told.pains.len() > MOST || told.errors.len() > MOST {
            return Err("there are too many of something");
        }
        let places = [("lcp", told.places.lcp), ("inp", told.places.inp), ("cls", told.places.cls)];
        let places: Vec<_> = places.into_iter().filter_map(|(vital, place)| Some((vital, place?))).collect();
        if places.iter().any(|(_, place)| !is_place(place)) {
            return Err("a place is none");
        }
        let pains = told.pains.into_iter().map(|(kind, place, value)| {
            let kind = known(&kind, &PAINS).ok_or("something that hurt is of no known kind")?;
            let is_fine = value.is_none_or(|value| (0.0..=LONGEST_MILLIS).contains(&value));
            if is_fine && is_place(&place) { Ok((kind, place)) } else { Err("a place is none") }
        });
        let errors = told.errors.into_iter().map(|(message, file, line, column)| {
            if message.chars().count() > LONGEST_MESSAGE {
                return Err("the message of a script is too long");
            }
            let place = match assets::is_script(&file) {
                true => format!("{file}:{line}:{column}"),
                false => OTHER.to_owned(),
            };
            Ok((message, place))
        });
        Ok(Self {
            route: known(&told.route, &ROUTES).unwrap_or(OTHER),
            device,
            vitals: told.vitals,
            places,
            pains: pains.collect::<Result<_, _>>()?,
            errors: errors.collect::<Result<_, _>>()?,
        })
    }
}

/// Whether a text can be a place in a page or the pattern of an address: no spaces, no numbers but in `h1` and `v1`, no names.
fn is_place(text: &str) -> bool {
    let mut before = ' ';
    let fits = |letter: char| {
        let follows = std::mem::replace(&mut before, letter);
        let is_of_word = letter.is_ascii_digit() && matches!(follows, 'h' | 'v');
        letter.is_ascii_lowercase() || "/-_@.{}".contains(letter) || is_of_word
    };
    text.len() <= LONGEST_PLACE && text.chars().all(fits)
}
