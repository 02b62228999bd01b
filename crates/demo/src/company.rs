//! The company: fifteen accounts, 400 days, exported nine times while late conversions arrive; at the smaller platforms
//! three times. Three shops tell what was sold.

use std::path::Path;

use domain::Platform;
use domain::period::days_between;
use jiff::ToSpan;
use jiff::civil::Date;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::account::Account;
use crate::ad::{ad_groups, ads};
use crate::campaign::{Campaign, Day, End, Life};
use crate::capture::Capture;
use crate::figures::Figures;
use crate::line::iso;
use crate::share::{Weight, divide, mix};
use crate::sheet::Form;
use crate::term::{Term, has_terms, keywords, searched};
use crate::{Plan, Written, google, maturity, meta, name, others, shop};

/// Days in all, and days of them for which there is more than the campaigns.
const DAYS: i32 = 400;
const DAYS_OF_ADS: i32 = 120;
/// Days that every export but the first covers.
const WINDOW: i32 = 30;
/// How long before the last day each export was made. The first covers everything until then.
const EXPORTED: [i32; 9] = [56, 49, 42, 35, 28, 21, 14, 7, 0];
/// The same at the smaller platforms.
const EXPORTED_SMALLER: [i32; 3] = [56, 28, 0];
/// The share of an ad group's delivery whose search terms are told, in thousandths.
const TOLD: u64 = 720;

type Each<'a> = &'a mut dyn FnMut(&Written) -> anyhow::Result<()>;

pub(crate) fn write(plan: &Plan, folder: &Path, each: Each) -> anyhow::Result<()> {
    let accounts = Account::company();
    let histories: Vec<Vec<History>> = (1..)
        .zip(&accounts)
        .map(|(stream, account)| {
            let mut rng = ChaCha8Rng::seed_from_u64(plan.seed);
            rng.set_stream(stream);
            invent(account, plan.until, &mut rng)
        })
        .collect();
    for before in EXPORTED {
        let to = back(plan.until, before);
        let first = before == EXPORTED[0];
        let window = back(to, WINDOW - 1);
        let (from, from_ads) = match first {
            true => (back(plan.until, DAYS - 1), back(plan.until, DAYS_OF_ADS - 1)),
            false => (window, window),
        };
        for (account, histories) in accounts.iter().zip(&histories) {
            let capture = |from| Capture::new(folder, account, from, to);
            match account.platform {
                Platform::MetaAds => {
                    each(&meta_campaigns(&capture(from), histories)?)?;
                    each(&meta_ads(&capture(from_ads), histories)?)?;
                }
                Platform::GoogleAds => {
                    each(&google_campaigns(&capture(from), histories)?)?;
                    each(&google_ad_groups(&capture(from_ads), histories)?)?;
                    if before == 0 {
                        // One file as Google's "Excel .csv" has it, so that this form is always walked through.
                        let form = if account.currency == "GBP" { Form::ExcelCsv } else { Form::Csv };
                        each(&google_terms(&capture(window), histories, google::Report::Keywords, form)?)?;
                        each(&google_terms(
                            &capture(window),
                            histories,
                            google::Report::SearchTerms,
                            Form::Csv,
                        )?)?;
                    }
                }
                _ if EXPORTED_SMALLER.contains(&before) => {
                    let capture = capture(from);
                    // Nobody downloads a report of days on which nothing ran.
                    if delivers(&capture, histories) {
                        each(&smaller_campaigns(&capture, histories)?)?;
                    }
                }
                _ => {}
            }
        }
        for shop in &shop::shops() {
            each(&sales(&Capture::new(folder, shop, from, to), &accounts, &histories)?)?;
        }
    }
    Ok(())
}

fn back(day: Date, days: i32) -> Date {
    day.saturating_sub(days.days())
}

/// A campaign and what each of its days brought in the end.
struct History {
    campaign: Campaign,
    start: Date,
    days: Vec<Figures>,
}

impl History {
    /// The day's number and what the export shows of it, if the campaign delivered.
    fn seen(&self, capture: &Capture, date: Date) -> Option<(u64, Figures)> {
        let number = usize::try_from(days_between(self.start, date)).ok()?;
        let last = *self.days.get(number)?;
        let luck = mix(self.campaign.id ^ (number as u64) << 40);
        let seen = maturity::seen(last, days_between(date, capture.to), capture.account.counting(), luck);
        (!seen.is_empty()).then_some((number as u64, seen))
    }
}

/// What happened in an account.
fn invent(account: &Account, until: Date, rng: &mut ChaCha8Rng) -> Vec<History> {
    let start = back(until, DAYS - 1);
    let mut campaigns: Vec<Campaign> = Vec::new();
    for name in name::of(account, until.year(), rng) {
        let text = name.text.clone();
        let mut campaign = Campaign::invent(rng, name, until, DAYS - 1);
        if text == name::PAUSED {
            campaign.life = Life { first: start, last: Some((back(until, 22), End::Paused)) };
        } else if text == name::BRAND_NEW {
            campaign.life = Life { first: back(until, 4), last: None };
        } else if text == name::RENAMED[0] {
            campaign.life = Life { first: start, last: Some((back(until, 200), End::Ended)) };
        } else if text == name::RENAMED[1]
            && let Some(old) = campaigns.iter().find(|campaign| campaign.name == name::RENAMED[0])
        {
            campaign = old.clone();
            campaign.name = text;
            campaign.life = Life { first: back(until, 199), last: None };
        }
        campaigns.push(campaign);
    }
    let history = |mut campaign: Campaign| {
        let deliver = |(number, date)| {
            let figures = campaign.deliver(rng, Day::new(number, date), account.counting());
            if campaign.life.includes(date) { figures } else { Figures::default() }
        };
        let days = (0..DAYS).zip(start.series(1.day())).map(deliver).collect();
        History { campaign, start, days }
    };
    campaigns.into_iter().map(history).collect()
}

/// The days of an export, each with its text.
fn days<'a>(capture: &'a Capture) -> impl Iterator<Item = (Date, Vec<u8>)> + 'a {
    capture.from.series(1.day()).take_while(|date| *date <= capture.to).map(|date| (date, iso(date)))
}

fn google_campaigns(capture: &Capture, histories: &[History]) -> anyhow::Result<Written> {
    let report = google::Report::TaggedCampaigns;
    let mut sheet = report.begin(capture, Form::Csv)?;
    let leads: Vec<_> =
        histories.iter().map(|h| google::tagged_campaign_lead(capture, &h.campaign)).collect();
    let mut total = Figures::default();
    for (date, text) in days(capture) {
        for (history, lead) in histories.iter().zip(&leads) {
            if let Some((_, seen)) = history.seen(capture, date) {
                google::row(&mut sheet, lead, &text, capture.account.currency, &seen)?;
                total += seen;
            }
        }
    }
    report.end(&mut sheet, capture.account.currency, total, total)?;
    capture.written(sheet)
}

fn google_ad_groups(capture: &Capture, histories: &[History]) -> anyhow::Result<Written> {
    let report = google::Report::AdGroups;
    let mut sheet = report.begin(capture, Form::Csv)?;
    let groups: Vec<_> = histories.iter().map(|history| ad_groups(&history.campaign)).collect();
    let (mut listed, mut account) = (Figures::default(), Figures::default());
    for (date, text) in days(capture) {
        for (history, groups) in histories.iter().zip(&groups) {
            let Some((day, seen)) = history.seen(capture, date) else { continue };
            account += seen;
            for (part, group) in parts(capture, seen, day, groups, |group| &group.weight) {
                let lead = google::ad_group_lead(capture, &history.campaign, &group.name, group.id);
                google::row(&mut sheet, &lead, &text, capture.account.currency, &part)?;
                listed += part;
            }
        }
    }
    report.end(&mut sheet, capture.account.currency, listed, account)?;
    capture.written(sheet)
}

/// Keywords or search terms. Rare terms are withheld: the rows sum to less than the account.
fn google_terms(
    capture: &Capture,
    histories: &[History],
    report: google::Report,
    form: Form,
) -> anyhow::Result<Written> {
    let mut sheet = report.begin(capture, form)?;
    let (mut listed, mut account) = (Figures::default(), Figures::default());
    let terms_told = report == google::Report::SearchTerms;
    let groups: Vec<_> = histories.iter().map(|history| ad_groups(&history.campaign)).collect();
    let terms = |campaign: &Campaign, group| {
        if terms_told { searched(campaign, group) } else { keywords(campaign, group) }
    };
    for (date, text) in days(capture) {
        for (history, groups) in histories.iter().zip(&groups) {
            let Some((day, seen)) = history.seen(capture, date) else { continue };
            account += seen;
            if !has_terms(&history.campaign) {
                continue;
            }
            for (of_group, group) in parts(capture, seen, day, groups, |group| &group.weight) {
                let told = if terms_told { of_group.told() } else { of_group };
                let terms = terms(&history.campaign, group.id);
                for (part, term) in parts(capture, told, day, &terms, |term: &Term| &term.weight) {
                    let mut lead = sheet.form().line();
                    lead.text(&capture.account.name);
                    match terms_told {
                        true => lead.text(&term.text).text(term.match_type).text("None"),
                        false => lead.text("Enabled").text(&term.text).text(term.match_type),
                    };
                    lead.text(history.campaign.kind.google_type()).text(&history.campaign.name);
                    lead.integer(history.campaign.id).text(&group.name).integer(group.id);
                    if terms_told {
                        lead.text(&term.keyword);
                    }
                    google::row(&mut sheet, &lead, &text, capture.account.currency, &part)?;
                    listed += part;
                }
            }
        }
    }
    report.end(&mut sheet, capture.account.currency, listed, account)?;
    capture.written(sheet)
}

fn meta_campaigns(capture: &Capture, histories: &[History]) -> anyhow::Result<Written> {
    let report = meta::Report::Campaigns;
    let mut sheet = report.begin(capture)?;
    let leads: Vec<_> =
        histories.iter().map(|h| meta::Lead::new(report, capture, &h.campaign, &[])).collect();
    for (date, text) in days(capture) {
        for (history, lead) in histories.iter().zip(&leads) {
            if let Some((_, seen)) = history.seen(capture, date) {
                meta::row(&mut sheet, lead, &text, &seen)?;
            }
        }
    }
    capture.written(sheet)
}

fn meta_ads(capture: &Capture, histories: &[History]) -> anyhow::Result<Written> {
    let report = meta::Report::Ads;
    let mut sheet = report.begin(capture)?;
    let ads: Vec<_> = histories.iter().map(|history| ads(&history.campaign)).collect();
    for (date, text) in days(capture) {
        for (history, ads) in histories.iter().zip(&ads) {
            let Some((day, seen)) = history.seen(capture, date) else { continue };
            for (part, ad) in parts(capture, seen, day, ads, |ad| &ad.weight) {
                let within = [ad.ad_set, ad.name, &ad.website, &ad.parameters];
                let lead = meta::Lead::new(report, capture, &history.campaign, &within);
                meta::row(&mut sheet, &lead, &text, &part)?;
            }
        }
    }
    capture.written(sheet)
}

/// Whether any campaign delivered on the days of an export.
fn delivers(capture: &Capture, histories: &[History]) -> bool {
    days(capture).any(|(date, _)| histories.iter().any(|history| history.seen(capture, date).is_some()))
}

fn smaller_campaigns(capture: &Capture, histories: &[History]) -> anyhow::Result<Written> {
    let mut sheet = others::begin(capture)?;
    let (mut total, mut rows) = (Figures::default(), 0);
    for (date, _) in days(capture) {
        for history in histories {
            if let Some((_, seen)) = history.seen(capture, date) {
                others::row(&mut sheet, capture, &history.campaign, date, &seen)?;
                total += seen;
                rows += 1;
            }
        }
    }
    others::end(&mut sheet, capture, rows, total)?;
    capture.written(sheet)
}

/// What a shop sold, near to what all accounts in its currency claim of it.
fn sales(capture: &Capture, accounts: &[Account], histories: &[Vec<History>]) -> anyhow::Result<Written> {
    let mut sheet = shop::begin(capture)?;
    for (date, _) in days(capture) {
        let (mut value, mut conversions) = (0, 0);
        let own = accounts
            .iter()
            .zip(histories)
            .filter(|(account, _)| account.currency == capture.account.currency);
        for history in own.flat_map(|(_, histories)| histories) {
            let number = usize::try_from(days_between(history.start, date)).ok();
            let last = number.and_then(|number| history.days.get(number).copied()).unwrap_or_default();
            value += last.value;
            conversions += last.conversions;
        }
        shop::row(&mut sheet, capture, date, value, conversions)?;
    }
    capture.written(sheet)
}

/// What each of `things` had of `whole` on a day, those with nothing left out.
fn parts<'a, T>(
    capture: &Capture,
    whole: Figures,
    day: u64,
    things: &'a [T],
    weight: impl Fn(&T) -> &Weight + Clone,
) -> Vec<(Figures, &'a T)> {
    let mut parts = Vec::with_capacity(things.len());
    divide(whole, day, capture.account.counting(), things.iter().map(weight), |number, part| {
        if !part.is_empty() {
            parts.push((part, &things[number]));
        }
    });
    parts
}

impl Figures {
    /// What is left when rare search terms are withheld.
    fn told(self) -> Self {
        let part = |figure: u64| figure * TOLD / 1000;
        Self {
            cost: part(self.cost),
            clicks: part(self.clicks),
            impressions: part(self.impressions),
            conversions: part(self.conversions),
            value: part(self.value),
        }
    }
}
