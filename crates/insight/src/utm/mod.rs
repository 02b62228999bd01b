//! Tracking: whether visits can be assigned to the campaigns that paid for them, by the `utm_` parameters of the addresses that ads
//! lead to, and what was spent where they can't.
//!
//! Addresses are known as they were last told, of whatever they were told: ads, keywords, ad groups or campaigns. Of each campaign
//! the finest of these counts that has figures in the days asked about, so that no spend counts twice.

mod audit;
mod tags;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{Additive, Level, Metric, Period};
use jiff::Timestamp;
use store::facts::{EntityId, EntityUrl, UrlKind, urls_of};

pub use self::audit::{Found, Problem};
pub use self::tags::{Parameter, Tags};

use self::audit::{Tagged, audit};
use self::tags::{Named, addresses, tags};
use crate::answer::Figures;
use crate::campaigns::{CampaignAbout, about};
use crate::grid::{self, Parts, Place, Placed};
use crate::known::Known;
use crate::query::{Dimension, Query};
use crate::view::View;
use crate::{Asker, Insight, InsightError};

/// Most rows of one page.
pub const MOST_TAGGED: u32 = 500;
/// Most ways in which one ad's addresses, appended parameters and templates meet.
const MOST_WAYS: usize = 20;
/// Where addresses may stand below the campaign, from the finest.
const BELOW: [(Level, Dimension); 3] =
    [(Level::Ad, Dimension::Ad), (Level::Keyword, Dimension::Keyword), (Level::AdGroup, Dimension::AdGroup)];

/// Which days, and which part of what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingQuery {
    /// The days whose spend counts.
    pub period: Period,
    /// Only rows with this problem.
    pub problem: Option<Problem>,
    /// At most so many rows, up to [`MOST_TAGGED`].
    pub limit: u32,
    /// Only rows behind this cursor, as the page before gave it.
    pub after: Option<String>,
    /// What was believed of the spend at this time; addresses are as last told.
    pub as_of: Option<Timestamp>,
}

/// What some ads, or what else addresses stand at, cost together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TrackedSum {
    /// How many there are.
    pub count: u64,
    /// Their spend.
    pub figures: Figures,
}

/// An ad, or what else an address stands at, with what is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackedRow {
    /// Its number here.
    pub id: EntityId,
    /// What it is.
    pub level: Level,
    /// Its name.
    pub name: String,
    /// Its campaign.
    pub campaign: CampaignAbout,
    /// Its address as it was told; without one only what is appended is known.
    pub address: Option<String>,
    /// What is wrong, worst first.
    pub found: Vec<Found>,
    /// Its spend.
    pub figures: Figures,
}

/// How campaigns can be traced.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracking {
    /// The days.
    pub period: Period,
    /// As of when, if not now.
    pub as_of: Option<Timestamp>,
    /// Whether any address was ever told.
    pub has_addresses: bool,
    /// What was looked at, because an address is known.
    pub checked: TrackedSum,
    /// What something is wrong with: each once, whatever is wrong with it.
    pub untraceable: TrackedSum,
    /// What no address is known of, which says nothing about its tags.
    pub unknown: TrackedSum,
    /// The same by problem; who has two stands in both.
    pub problems: Vec<(Problem, TrackedSum)>,
    /// A page of what something is wrong with, from the largest spend.
    pub rows: Vec<TrackedRow>,
    /// How many there are.
    pub count: u64,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// What a reader must know, in sentences.
    pub notes: Vec<String>,
}

/// What was told of one entity.
#[derive(Debug, Default)]
struct Told<'u> {
    finals: Vec<&'u str>,
    suffixes: Vec<&'u str>,
    templates: Vec<&'u str>,
}

/// Something that spend is known of.
struct Item {
    level: Level,
    entity: EntityId,
    campaign: EntityId,
    /// The ad group, where it may have addresses.
    parent: Option<EntityId>,
    parts: Parts,
}

impl Insight {
    /// How well the campaigns of a workspace can be traced.
    ///
    /// # Errors
    /// If the question can't be asked like this, or the facts can't be read.
    pub fn tracking(&self, asker: &Asker, query: &TrackingQuery) -> Result<Tracking, InsightError> {
        if query.limit == 0 || query.limit > MOST_TAGGED {
            return Err(InsightError::wrong("limit", format!("use 1 to {MOST_TAGGED}")));
        }
        self.view(|view| tracking(view, asker, query))
    }
}

fn tracking(view: &View<'_>, asker: &Asker, query: &TrackingQuery) -> Result<Tracking, InsightError> {
    let urls = urls_of(view.connection, asker.workspace())?;
    let known = view.known_to(&asker.bound, query.as_of, &[Additive::Spend])?;
    let told = told(&urls, &known);
    let levels: HashSet<u8> = urls.iter().map(|url| url.level).collect();
    let (found, mut notes) = items(view, asker, query, &levels)?;
    let (items, ways, unknown) = chosen(found, &told);

    let mut campaigns: Vec<EntityId> = items.iter().map(|item| item.campaign).collect();
    campaigns.sort_unstable();
    campaigns.dedup();
    let entities = view.entities(asker, &campaigns)?;
    let named = |id: &EntityId| {
        let entity = entities.get(id)?;
        let platform = known.account(entity.account).map(|account| account.platform);
        Some((*id, Named { platform, name: &entity.name, id: entity.external_id.as_deref() }))
    };
    let named: HashMap<EntityId, Named<'_>> = campaigns.iter().filter_map(named).collect();
    let spend = |parts: &Parts| Ok::<_, InsightError>(parts.figures(asker.lead(), false)?.lead.spend_micros);
    let mut tagged = Vec::with_capacity(items.len());
    for (item, ways) in items.iter().zip(ways) {
        let spend_micros = spend(&item.parts)?.unwrap_or(0);
        tagged.push(Tagged { campaign: item.campaign, tags: ways, spend_micros });
    }
    let found = audit(&tagged, &named);

    let sum = |is_meant: &dyn Fn(&[Found]) -> bool| {
        let meant = items.iter().zip(&found).filter(|(_, found)| is_meant(found));
        summed(asker, meant.map(|(item, _)| &item.parts))
    };
    let problems = Problem::ALL
        .into_iter()
        .map(|problem| Ok((problem, sum(&|found| found.iter().any(|of| of.problem == problem))?)))
        .collect::<Result<Vec<_>, InsightError>>()?;
    let checked = sum(&|_| true)?;
    let untraceable = sum(&|found| !found.is_empty())?;
    let unknown = summed(asker, unknown.iter())?;

    let is_asked = |found: &[Found]| match query.problem {
        None => !found.is_empty(),
        Some(problem) => found.iter().any(|of| of.problem == problem),
    };
    let mut placed = Vec::new();
    for (n, (item, _)) in items.iter().zip(&found).enumerate().filter(|(_, (_, found))| is_asked(found)) {
        let place = spend(&item.parts)?.map_or(Place::Absent, |micros| Place::Number(micros as f64));
        placed.push(Placed { place, keys: [i64::from(item.entity), 0, 0], row: n as u32 });
    }
    let count = placed.len() as u64;
    let (page, next) = grid::page(placed, true, query.limit as usize, query.after.as_deref())?;
    let ids: Vec<EntityId> = page.iter().map(|placed| items[placed.row as usize].entity).collect();
    let names = view.entities(asker, &ids)?;
    let row = |placed: &Placed| -> Option<Result<TrackedRow, InsightError>> {
        let (item, found) = (&items[placed.row as usize], &found[placed.row as usize]);
        let campaign = about(item.campaign, entities.get(&item.campaign)?, &known);
        let address = told.get(&item.entity).and_then(|told| told.finals.first());
        Some(item.parts.figures(asker.lead(), false).map(|figures| TrackedRow {
            id: item.entity,
            level: item.level,
            name: names.get(&item.entity).map_or(String::new(), |entity| entity.name.clone()),
            campaign,
            address: address.map(|address| (*address).to_owned()),
            found: found.clone(),
            figures,
        }))
    };
    let rows = page.iter().filter_map(row).collect::<Result<Vec<_>, _>>()?;
    notes.extend(said(&[&checked, &unknown], &items));
    Ok(Tracking {
        period: query.period,
        as_of: query.as_of,
        has_addresses: !urls.is_empty(),
        checked,
        untraceable,
        unknown,
        problems,
        rows,
        count,
        next,
        notes,
    })
}

/// What was told of each entity; of a campaign that goes on under another name with what was told of that.
fn told<'u>(urls: &'u [EntityUrl], known: &Known) -> HashMap<EntityId, Told<'u>> {
    let mut told: HashMap<EntityId, Told<'u>> = HashMap::new();
    for url in urls {
        let is_campaign = url.level == Level::Campaign.number();
        let entity = if is_campaign { known.campaign(url.entity) } else { url.entity };
        let of = told.entry(entity).or_default();
        match url.kind {
            UrlKind::Final => of.finals.push(&url.url),
            UrlKind::Suffix => of.suffixes.push(&url.url),
            UrlKind::Template => of.templates.push(&url.url),
        }
    }
    told
}

/// Spend by whatever may have addresses, from the finest level to the campaign.
fn items(
    view: &View<'_>,
    asker: &Asker,
    query: &TrackingQuery,
    levels: &HashSet<u8>,
) -> Result<(Vec<Item>, Vec<String>), InsightError> {
    let mut items = Vec::new();
    let groups_have_some = levels.contains(&Level::AdGroup.number());
    for (level, dimension) in BELOW.into_iter().filter(|(level, _)| levels.contains(&level.number())) {
        let with_group = groups_have_some && level != Level::AdGroup;
        let by = match with_group {
            true => vec![Dimension::Campaign, dimension, Dimension::AdGroup],
            false => vec![Dimension::Campaign, dimension],
        };
        let asked = Query { as_of: query.as_of, ..Query::new(query.period, [Metric::Spend]).by(by) };
        for row in view.rows(asker, &asked)?.rows {
            let id = |n: usize| EntityId::try_from(row.keys[n]).unwrap_or(0);
            let parent = with_group.then(|| id(2));
            items.push(Item { level, entity: id(1), campaign: id(0), parent, parts: row.parts });
        }
    }
    let asked =
        Query { as_of: query.as_of, ..Query::new(query.period, [Metric::Spend]).by([Dimension::Campaign]) };
    let asked = view.rows(asker, &asked)?;
    items.extend(asked.rows.into_iter().map(|row| {
        // Delivery that is told for a whole account only has no campaign.
        let campaign = EntityId::try_from(row.keys[0]).unwrap_or(0);
        Item { level: Level::Campaign, entity: campaign, campaign, parent: None, parts: row.parts }
    }));
    Ok((items, asked.notes))
}

/// Of each campaign the items of the finest level of which any address is known, with what their addresses tell, and the spend of
/// those of which none is.
fn chosen(items: Vec<Item>, told: &HashMap<EntityId, Told<'_>>) -> (Vec<Item>, Vec<Vec<Tags>>, Vec<Parts>) {
    let order = |level: Level| BELOW.iter().position(|(of, _)| *of == level).unwrap_or(BELOW.len());
    let items: Vec<(Item, Option<Vec<Tags>>)> = items
        .into_iter()
        .map(|item| {
            let ways = ways(&item, told);
            (item, ways)
        })
        .collect();
    let mut finest: BTreeMap<EntityId, usize> = BTreeMap::new();
    for (item, _) in items.iter().filter(|(_, ways)| ways.is_some()) {
        let place = finest.entry(item.campaign).or_insert(usize::MAX);
        *place = (*place).min(order(item.level));
    }
    let (mut chosen, mut tagged, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for (item, ways) in items {
        // Of a campaign without any address its own spend is taken.
        let level = finest.get(&item.campaign).copied().unwrap_or(BELOW.len());
        match ways {
            _ if order(item.level) != level => {}
            Some(ways) => {
                chosen.push(item);
                tagged.push(ways);
            }
            None => unknown.push(item.parts),
        }
    }
    (chosen, tagged, unknown)
}

/// What the addresses of an item tell with what is appended to them, its own or that of its ad group or campaign; `None` if no address
/// of it is known.
fn ways(item: &Item, told: &HashMap<EntityId, Told<'_>>) -> Option<Vec<Tags>> {
    let above = [Some(item.entity), item.parent, Some(item.campaign)];
    let above = || above.into_iter().flatten().filter_map(|id| told.get(&id));
    // The nearest counts, as platforms have it.
    let suffixes = above().map(|told| &told.suffixes).find(|all| !all.is_empty());
    let templates = above().map(|told| &told.templates).find(|all| !all.is_empty());
    let each = |all: Option<&Vec<&'_ str>>| -> Vec<Option<String>> {
        all.map_or(vec![None], |all| all.iter().map(|one| Some((*one).to_owned())).collect())
    };
    let finals = told.get(&item.entity).map(|told| told.finals.as_slice()).unwrap_or_default();
    let finals: Vec<&str> = finals.iter().flat_map(|cell| addresses(cell)).collect();
    let places: Vec<Option<&str>> = match finals.is_empty() {
        true => vec![None],
        false => finals.iter().copied().map(Some).collect(),
    };
    let (suffixes, templates) = (each(suffixes), each(templates));
    let mut ways = Vec::new();
    for place in &places {
        for suffix in &suffixes {
            for template in &templates {
                if ways.len() < MOST_WAYS {
                    ways.push(tags(*place, suffix.as_deref(), template.as_deref()));
                }
            }
        }
    }
    // What is appended tells enough if it has parameters; without any, those of the address are not known.
    let is_known = !finals.is_empty() || ways.iter().any(|tags| !tags.are_none());
    is_known.then_some(ways)
}

fn summed<'p>(asker: &Asker, parts: impl Iterator<Item = &'p Parts>) -> Result<TrackedSum, InsightError> {
    let (mut sum, mut count) = (Parts::default(), 0);
    for part in parts {
        sum.merge(part)?;
        count += 1;
    }
    Ok(TrackedSum { count, figures: sum.figures(asker.lead(), false)? })
}

/// What a reader must know of these sums.
fn said(sums: &[&TrackedSum], items: &[Item]) -> Vec<String> {
    let mut notes = Vec::new();
    let mut others: Vec<&str> =
        sums.iter().flat_map(|sum| &sum.figures.left_out).map(|other| other.currency.code()).collect();
    others.sort_unstable();
    others.dedup();
    if !others.is_empty() {
        let others = others.join(", ");
        notes.push(format!("Money in {others} can't be added without a rate and is listed beside."));
    }
    if items.iter().any(|item| item.level != Level::Campaign) {
        notes.push(
            "Where ads, keywords or ad groups have addresses, their own spend counts; platforms may tell less of them than of \
             their campaigns."
                .to_owned(),
        );
    }
    notes
}
