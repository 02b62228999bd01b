//! What is wrong with how ads are tagged, by comparing them with their campaign's name and with one another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::str::FromStr;

use domain::UnknownWord;

use super::tags::{Named, Parameter, Tags, filled, is_dynamic};
use crate::spelling::{is_near, plain};

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// A parameter is not there without which a visit can't be assigned to a campaign, or none is.
    Missing,
    /// None is there, only what the platform itself recognises the click by.
    ClickIdOnly,
    /// A value or a parameter's name is nearly another one.
    Misspelt,
    /// The same value in another case, which analytics count as another one.
    Case,
    /// Ads of one campaign say different things, or one address does.
    Several,
}

impl Problem {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [Self::Missing, Self::ClickIdOnly, Self::Misspelt, Self::Case, Self::Several];

    /// The word for it in addresses and answers.
    pub fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ClickIdOnly => "click_id_only",
            Self::Misspelt => "misspelt",
            Self::Case => "case",
            Self::Several => "several",
        }
    }

    /// The name a person reads.
    pub fn label(self) -> &'static str {
        match self {
            Self::Missing => "Missing",
            Self::ClickIdOnly => "Click id only",
            Self::Misspelt => "Misspelt",
            Self::Case => "Another case",
            Self::Several => "Several values",
        }
    }

    /// What it means, in a line.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Missing => "utm_source, utm_medium or utm_campaign is not in the address",
            Self::ClickIdOnly => {
                "No utm parameter, only one by which the platform itself recognises the click"
            }
            Self::Misspelt => "Nearly the campaign's name, or nearly what most ads of the campaign say",
            Self::Case => "Another case than elsewhere: analytics count Facebook and facebook as two",
            Self::Several => "Ads of one campaign say different things, or one address says two",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for Problem {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|problem| problem.key() == word)
            .ok_or_else(|| UnknownWord::new("problem", word, Self::ALL.map(Self::key)))
    }
}

/// Something that is wrong with an ad's address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// What.
    pub problem: Problem,
    /// Of which parameter; `None` if of all.
    pub parameter: Option<Parameter>,
    /// What stands there.
    pub value: Option<String>,
    /// What was probably meant.
    pub expected: Option<String>,
    /// The same in words.
    pub detail: String,
}

/// An ad, or what else addresses stand at, with what its addresses tell.
#[derive(Debug, Clone)]
pub struct Tagged {
    /// Its campaign.
    pub campaign: u32,
    /// What each of its addresses tells.
    pub tags: Vec<Tags>,
    /// What was spent on it, in micros: where values are equally frequent, that of the larger spend is taken for right.
    pub spend_micros: i64,
}

/// How often a value is used, and what was spent with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Weight {
    ads: u64,
    spend_micros: i64,
}

impl Weight {
    fn add(&mut self, spend_micros: i64) {
        self.ads += 1;
        self.spend_micros = self.spend_micros.saturating_add(spend_micros);
    }
}

/// Ways to write one thing.
#[derive(Debug, Default)]
struct Spellings {
    ways: BTreeMap<String, Weight>,
}

impl Spellings {
    fn add(&mut self, value: &str, spend_micros: i64) {
        self.ways.entry(value.to_owned()).or_default().add(spend_micros);
    }

    fn weight(&self) -> Weight {
        let add = |sum: Weight, way: &Weight| Weight {
            ads: sum.ads + way.ads,
            spend_micros: sum.spend_micros.saturating_add(way.spend_micros),
        };
        self.ways.values().fold(Weight::default(), add)
    }

    /// The one that is used most, by ads and then by spend; where all is equal, one in lower case.
    fn leading(&self) -> &str {
        let order = |(value, weight): &(&String, &Weight)| {
            (**weight, **value == value.to_lowercase(), Reverse((*value).clone()))
        };
        self.ways.iter().max_by_key(order).map_or("", |(value, _)| value.as_str())
    }
}

/// What the ads of one campaign say under one parameter, by its plain form.
type Said = BTreeMap<String, Spellings>;

/// What is wrong with each of `ads`, in their order.
pub fn audit(ads: &[Tagged], campaigns: &HashMap<u32, Named<'_>>) -> Vec<Vec<Found>> {
    let named = |ad: &Tagged| {
        campaigns.get(&ad.campaign).copied().unwrap_or(Named { platform: None, name: "", id: None })
    };
    let mut everywhere: HashMap<(Parameter, String), Spellings> = HashMap::new();
    let mut within: HashMap<(u32, Parameter), Said> = HashMap::new();
    for ad in ads {
        for (parameter, value) in ad.tags.iter().flat_map(|tags| needed(tags, named(ad))) {
            if parameter != Parameter::Campaign {
                let folded = (parameter, value.to_lowercase());
                everywhere.entry(folded).or_default().add(&value, ad.spend_micros);
            }
            let said = within.entry((ad.campaign, parameter)).or_default();
            said.entry(plain(&value)).or_default().add(&value, ad.spend_micros);
        }
    }
    let right: HashMap<(u32, Parameter), String> = within
        .iter()
        .map(|(place @ (campaign, parameter), said)| {
            let campaign = campaigns.get(campaign).filter(|_| *parameter == Parameter::Campaign);
            (*place, leading(said, campaign))
        })
        .collect();
    let of = |ad: &Tagged| {
        let campaign = named(ad);
        let mut found: Vec<Found> = Vec::new();
        for tags in &ad.tags {
            found.extend(by_itself(tags));
            for (parameter, value) in needed(tags, campaign) {
                if let Some(spellings) = everywhere.get(&(parameter, value.to_lowercase())) {
                    found.extend(case(parameter, &value, spellings.leading()));
                }
                let right = right.get(&(ad.campaign, parameter)).map_or("", String::as_str);
                let beside = beside_others(parameter, &value, right);
                let is_misspelt = beside.as_ref().is_some_and(|found| found.problem == Problem::Misspelt);
                found.extend(beside);
                if parameter == Parameter::Campaign && !is_misspelt {
                    found.extend(beside_name(&value, campaign));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    };
    ads.iter().map(of).collect()
}

/// What stands under the needed parameters, with what is known of the campaign filled in.
fn needed<'t>(tags: &'t Tags, campaign: Named<'t>) -> impl Iterator<Item = (Parameter, String)> + 't {
    Parameter::NEEDED
        .into_iter()
        .filter_map(move |parameter| Some((parameter, filled(tags.get(parameter)?, campaign))))
}

/// What ads of a campaign should say: its name or id if one of them does, else what most say.
fn leading(said: &Said, campaign: Option<&Named<'_>>) -> String {
    let names = campaign.into_iter().flat_map(|campaign| [Some(campaign.name), campaign.id]).flatten();
    let mut names = names.map(plain).filter(|name| !name.is_empty());
    let best =
        || said.iter().max_by_key(|(value, spellings)| (spellings.weight(), Reverse((*value).clone())));
    let right = names.find_map(|name| said.get(&name)).or_else(|| best().map(|(_, spellings)| spellings));
    right.map_or(String::new(), |spellings| spellings.leading().to_owned())
}

/// What is wrong with an address whatever others say.
fn by_itself(tags: &Tags) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, meant) in &tags.misnamed {
        found.push(Found {
            problem: Problem::Misspelt,
            parameter: Some(*meant),
            value: Some(name.clone()),
            expected: Some(meant.key().to_owned()),
            detail: format!("‘{name}’ is no parameter that analytics know; {meant} was probably meant"),
        });
    }
    for (parameter, value) in &tags.repeated {
        let first = tags.get(*parameter).unwrap_or_default();
        found.push(Found {
            problem: Problem::Several,
            parameter: Some(*parameter),
            value: Some(value.clone()),
            expected: Some(first.to_owned()),
            detail: format!("{parameter} stands there twice, as ‘{first}’ and ‘{value}’"),
        });
    }
    let bare = |problem, parameter, detail| Found { problem, parameter, value: None, expected: None, detail };
    if tags.are_none() && tags.misnamed.is_empty() {
        let detail = match (&tags.click_id, tags.behind_hash.is_empty()) {
            (Some(click_id), true) => {
                let detail = format!("no utm parameter, only {click_id}, which the platform itself reads");
                found.push(bare(Problem::ClickIdOnly, None, detail));
                return found;
            }
            (_, true) => "no utm parameter",
            (_, false) => "the utm parameters stand behind #, where most analytics do not look",
        };
        found.push(bare(Problem::Missing, None, detail.to_owned()));
        return found;
    }
    for parameter in Parameter::NEEDED {
        let is_misnamed = tags.misnamed.iter().any(|(_, meant)| *meant == parameter);
        if tags.get(parameter).is_some() || is_misnamed {
            continue;
        }
        let detail = match tags.behind_hash.contains(&parameter) {
            true => format!("{parameter} stands behind #, where most analytics do not look"),
            false => format!("{parameter} is missing"),
        };
        found.push(bare(Problem::Missing, Some(parameter), detail));
    }
    found
}

/// The same word in another case than most use.
fn case(parameter: Parameter, value: &str, usual: &str) -> Option<Found> {
    (value != usual).then(|| Found {
        problem: Problem::Case,
        parameter: Some(parameter),
        value: Some(value.to_owned()),
        expected: Some(usual.to_owned()),
        detail: format!("{parameter} is ‘{value}’, elsewhere ‘{usual}’"),
    })
}

/// A value beside what ads of its campaign should say.
fn beside_others(parameter: Parameter, value: &str, right: &str) -> Option<Found> {
    if value == right {
        return None;
    }
    let (one, other) = (plain(value), plain(right));
    if value.to_lowercase() == right.to_lowercase() {
        // Of source and medium it was told by what all campaigns say.
        return case(parameter, value, right).filter(|_| parameter == Parameter::Campaign);
    }
    let is_fixed = !is_dynamic(value) && !is_dynamic(right);
    let (problem, detail) = match is_fixed && (one == other || is_near(&one, &other)) {
        true => {
            (Problem::Misspelt, format!("{parameter} is ‘{value}’, nearly ‘{right}’ as most of its campaign"))
        }
        false => (Problem::Several, format!("{parameter} is ‘{value}’, in others of its campaign ‘{right}’")),
    };
    let (value, expected) = (Some(value.to_owned()), Some(right.to_owned()));
    Some(Found { problem, parameter: Some(parameter), value, expected, detail })
}

/// A campaign's value beside its name.
fn beside_name(value: &str, campaign: Named<'_>) -> Option<Found> {
    // Letters that addresses hardly hold are written in several ways there, none of which is a slip.
    let is_spelt_alike = campaign.name.chars().all(|letter| letter.is_ascii() || !letter.is_alphabetic());
    let is_misspelt = is_spelt_alike && !is_dynamic(value) && is_near(&plain(value), &plain(campaign.name));
    is_misspelt.then(|| Found {
        problem: Problem::Misspelt,
        parameter: Some(Parameter::Campaign),
        value: Some(value.to_owned()),
        expected: Some(campaign.name.to_owned()),
        detail: format!("utm_campaign is ‘{value}’, nearly the campaign’s name ‘{}’", campaign.name),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tags::tags;
    use super::*;

    const NAMES: [(u32, &str); 4] =
        [(1, "Summer Sale"), (2, "DE | Brand"), (3, "Tents"), (4, "Größen – Mäntel")];

    fn named() -> HashMap<u32, Named<'static>> {
        let of = |(campaign, name): (u32, &'static str)| {
            (campaign, Named { platform: None, name, id: Some("99") })
        };
        NAMES.into_iter().map(of).collect()
    }

    /// Ads as their campaign and the query of their address, and what is found of each.
    fn found(ads: &[(u32, &str)]) -> Vec<Vec<(Problem, Option<Parameter>)>> {
        let tagged = |(campaign, query): &(u32, &str)| Tagged {
            campaign: *campaign,
            tags: vec![tags(Some(&format!("https://shop.example/?{query}")), None, None)],
            spend_micros: 1,
        };
        let ads: Vec<Tagged> = ads.iter().map(tagged).collect();
        let kind = |found: &Found| (found.problem, found.parameter);
        audit(&ads, &named()).iter().map(|of| of.iter().map(kind).collect()).collect()
    }

    fn query(source: &str, medium: &str, campaign: &str) -> String {
        format!("utm_source={source}&utm_medium={medium}&utm_campaign={campaign}")
    }

    #[test]
    fn an_address_is_judged_by_itself() {
        use Parameter::{Campaign, Medium, Source};
        use Problem::{ClickIdOnly, Missing, Misspelt, Several};
        for (query, expected) in [
            ("utm_source=a&utm_medium=b&utm_campaign=summer-sale", vec![]),
            ("", vec![(Missing, None)]),
            ("gclid=x", vec![(ClickIdOnly, None)]),
            ("gclid=x&utm_source=a&utm_medium=b", vec![(Missing, Some(Campaign))]),
            (
                "utm_content=x",
                vec![(Missing, Some(Source)), (Missing, Some(Medium)), (Missing, Some(Campaign))],
            ),
            ("utm_source=a&utm_medium=b&utm_campain=x", vec![(Misspelt, Some(Campaign))]),
            ("utm_source=a&utm_source=c&utm_medium=b&utm_campaign=x", vec![(Several, Some(Source))]),
            ("x=1#utm_source=a&utm_medium=b", vec![(Missing, None)]),
        ] {
            assert_eq!(found(&[(1, query)]), [expected], "{query}");
        }
    }

    #[test]
    fn a_value_is_held_against_the_name_and_against_others() {
        use Parameter::{Campaign, Medium, Source};
        use Problem::{Case, Misspelt, Several};
        let usual = query("google", "cpc", "summer-sale");
        for (campaign, value, expected) in [
            (1, query("google", "cpc", "Summer+Sale"), vec![(Misspelt, Some(Campaign))]),
            (1, query("google", "cpc", "sumer-sale"), vec![(Misspelt, Some(Campaign))]),
            (1, query("google", "cpc", "Summer-Sale"), vec![(Case, Some(Campaign))]),
            (1, query("google", "cpc", "winter"), vec![(Several, Some(Campaign))]),
            (1, query("google", "cpc", "summer-sale-2"), vec![(Several, Some(Campaign))]),
            (1, query("Google", "cpc", "summer-sale"), vec![(Case, Some(Source))]),
            (1, query("gogle", "cpc", "summer-sale"), vec![(Misspelt, Some(Source))]),
            (1, query("google", "paid", "summer-sale"), vec![(Several, Some(Medium))]),
            (
                1,
                query("google", "CPC", "{{campaign.name}}"),
                vec![(Misspelt, Some(Campaign)), (Case, Some(Medium))],
            ),
            (1, query("google", "cpc", "{{ad.name}}"), vec![(Several, Some(Campaign))]),
            // Another campaign, which alone uses these words.
            (3, query("google", "cpc", "camping"), vec![]),
            (3, query("google", "cpc", "tennts"), vec![(Misspelt, Some(Campaign))]),
            (3, query("google", "cpc", "{campaignid}"), vec![]),
            (3, query("Google", "cpc", "tents"), vec![(Case, Some(Source))]),
            (4, query("google", "cpc", "grossen-mantel"), vec![]),
        ] {
            let ads = [(1, usual.as_str()), (1, usual.as_str()), (campaign, value.as_str())];
            assert_eq!(found(&ads), [vec![], vec![], expected], "{value}");
        }
    }

    #[test]
    fn what_says_the_name_is_right_however_few_say_it() {
        let (wrong, right) = (query("a", "b", "sumer-sale"), query("a", "b", "summer_sale"));
        let misspelt = vec![(Problem::Misspelt, Some(Parameter::Campaign))];
        let ads = [(1, wrong.as_str()), (1, wrong.as_str()), (1, right.as_str())];
        assert_eq!(found(&ads), [misspelt.clone(), misspelt, vec![]]);
    }

    #[test]
    fn where_values_are_equally_frequent_the_larger_spend_is_right() {
        let ad = |value: &str, spend_micros| Tagged {
            campaign: 2,
            tags: vec![tags(None, Some(&query("a", "b", value)), None)],
            spend_micros,
        };
        let found = audit(&[ad("autumn", 5), ad("winter", 7)], &named());
        assert_eq!((found[0].len(), found[1].len()), (1, 0));
        assert_eq!(found[0][0].expected.as_deref(), Some("winter"));
        assert_eq!(found[0][0].detail, "utm_campaign is ‘autumn’, in others of its campaign ‘winter’");
        // An ad with several addresses is told of each thing once.
        let several = Tagged { tags: vec![Tags::default(), Tags::default()], ..ad("x", 1) };
        assert_eq!(audit(&[several], &named())[0].len(), 1);
    }

    #[test]
    fn problems_are_told_by_their_words() {
        for problem in Problem::ALL {
            assert_eq!(problem.key().parse::<Problem>().ok(), Some(problem));
        }
        assert!("untagged".parse::<Problem>().is_err());
    }
}
