//! Campaigns that may have been renamed: where exports carry no ids, a new name is a new campaign. One that ends where a similar one of
//! the same account begins is proposed; people decide.

use std::collections::{BTreeMap, HashSet};

use domain::Micros;
use domain::period::days_between;
use jiff::civil::Date;
use store::facts::{EntityId, Rename, renames_of};

use crate::campaigns::{CampaignAbout, about};
use crate::spelling::distance;
use crate::view::View;
use crate::{Bound, Insight, InsightError, sql};

/// Most days between the last of one name and the first of the next.
const APART: i32 = 14;
/// How alike names must be, of 1.
const ALIKE: f64 = 0.72;
/// Most pairs of names that are compared.
const MOST_COMPARED: usize = 2_000_000;
/// Most proposals at once.
const MOST: usize = 100;

/// A campaign with the days on which it delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// What it is.
    pub about: CampaignAbout,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// What was spent on it in all, in micros of its account's currency.
    pub spend_micros: Option<Micros>,
}

/// A pair that looks like one campaign under two names.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The name that ended.
    pub old: Named,
    /// The name that began.
    pub new: Named,
    /// How alike the names are, of 1.
    pub alike: f64,
}

/// What is proposed and what was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Renames {
    /// From the most alike.
    pub proposals: Vec<Proposal>,
    /// Oldest first; a campaign that is not known any more is missing.
    pub decided: Vec<(Rename, CampaignAbout, CampaignAbout)>,
}

/// Days and spend of a campaign.
pub(crate) struct Span {
    pub account: u32,
    pub campaign: EntityId,
    pub first: Date,
    pub last: Date,
    pub spend_micros: Option<Micros>,
}

impl Insight {
    /// The campaigns of a workspace that may have been renamed, and what was decided of such.
    ///
    /// # Errors
    /// If the facts can't be read.
    pub fn renames(&self, bound: &Bound) -> Result<Renames, InsightError> {
        self.view(|view| renames(view, bound))
    }
}

fn renames(view: &View<'_>, bound: &Bound) -> Result<Renames, InsightError> {
    let known = view.known(bound, None)?;
    let decisions = renames_of(view.connection, bound.workspace())?;
    let entities = crate::entity::campaigns(view.connection, bound)?;
    let of = |id: EntityId| entities.get(&id).map(|entity| about(id, entity, &known));
    let decided =
        decisions.iter().filter_map(|rename| Some((*rename, of(rename.old)?, of(rename.new)?))).collect();

    let settled: HashSet<(EntityId, EntityId)> =
        decisions.iter().map(|rename| (rename.old, rename.new)).collect();
    let accepted = decisions.iter().filter(|rename| rename.is_accepted);
    let taken: HashSet<EntityId> = accepted.map(|rename| rename.old).collect();
    let mut by_account: BTreeMap<u32, Vec<Span>> = BTreeMap::new();
    for span in sql::spans(view.connection, bound)? {
        // An id is an identity: only who has none can have two.
        let has_no_id = entities.get(&span.campaign).is_some_and(|entity| entity.external_id.is_none());
        let is_ad = known.account(span.account).is_some_and(|account| !account.platform.is_record());
        if has_no_id && is_ad {
            by_account.entry(span.account).or_default().push(span);
        }
    }
    let mut found: Vec<(f64, &Span, &Span)> = Vec::new();
    let mut compared = 0;
    for spans in by_account.values() {
        for old in spans.iter().filter(|old| !taken.contains(&old.campaign)) {
            for new in spans {
                let apart = days_between(old.last, new.first);
                if !(1..=APART).contains(&apart) || settled.contains(&(old.campaign, new.campaign)) {
                    continue;
                }
                compared += 1;
                if compared > MOST_COMPARED {
                    break;
                }
                let (Some(one), Some(other)) = (entities.get(&old.campaign), entities.get(&new.campaign))
                else {
                    continue;
                };
                let alike = alike(&one.name, &other.name);
                if alike >= ALIKE {
                    found.push((alike, old, new));
                }
            }
        }
    }
    found.sort_by(|(a, old, _), (b, other, _)| b.total_cmp(a).then(old.campaign.cmp(&other.campaign)));
    // Each name ends once and begins once.
    let (mut ended, mut begun) = (HashSet::new(), HashSet::new());
    let mut proposals = Vec::new();
    for (alike, old, new) in found {
        if proposals.len() == MOST || ended.contains(&old.campaign) || begun.contains(&new.campaign) {
            continue;
        }
        let named = |span: &Span| {
            let about = of(span.campaign)?;
            Some(Named { about, first: span.first, last: span.last, spend_micros: span.spend_micros })
        };
        if let (Some(one), Some(other)) = (named(old), named(new)) {
            ended.insert(old.campaign);
            begun.insert(new.campaign);
            proposals.push(Proposal { old: one, new: other, alike });
        }
    }
    Ok(Renames { proposals, decided })
}

/// How alike two names are, of 1: the share of letters that need not be changed to get from one to the other, whatever the case.
fn alike(one: &str, other: &str) -> f64 {
    let letters = |name: &str| name.to_lowercase().chars().take(200).collect::<Vec<char>>();
    let (one, other) = (letters(one), letters(other));
    let longest = one.len().max(other.len());
    let differs = one.len().abs_diff(other.len());
    if longest == 0 || 1.0 - differs as f64 / (longest as f64) < ALIKE {
        return 0.0;
    }
    1.0 - distance(&one, &other) as f64 / longest as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_by_what_need_not_be_changed() {
        for (one, other, is_alike) in [
            ("DE_Retargeting_Warenkrob_14d", "DE_Retargeting_Warenkorb_14d", true),
            ("Brand | Exact", "BRAND | exact", true),
            ("Summer 2025", "Summer 2026", true),
            ("Brand", "Generic", false),
            ("A", "A long other name", false),
            ("", "", false),
        ] {
            assert_eq!(alike(one, other) >= ALIKE, is_alike, "{one} {other}: {}", alike(one, other));
        }
    }
}
