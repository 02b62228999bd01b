//! The ways in which a server is broken, one file each, and what they have in common.

mod beacons;
mod clients;
mod clock;
mod full;
mod hang;
mod kill;
mod locked;
mod mail;
mod readonly;
mod sending;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::bail;

use crate::figures::{Figures, Sent, believed, of_ours, torn};
use crate::ground::Ground;
use crate::load::Load;
use crate::outcome::Outcome;
use crate::telling::failures;

pub(crate) use sending::Sending;

/// Readers that ask while something is broken, and their pause.
const READERS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(10);

/// A way in which a server is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scenario {
    Kill,
    Full,
    Readonly,
    Hang,
    Locked,
    Clock,
    Clients,
    Mail,
    Beacons,
}

const ALL: [Scenario; 9] = [
    Scenario::Kill,
    Scenario::Full,
    Scenario::Readonly,
    Scenario::Hang,
    Scenario::Locked,
    Scenario::Clock,
    Scenario::Clients,
    Scenario::Mail,
    Scenario::Beacons,
];

/// Those of these names, or all.
pub(crate) fn chosen(names: &[String]) -> anyhow::Result<Vec<Scenario>> {
    let known = ALL.map(Scenario::name);
    if let Some(strange) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no '{strange}'; use some of {}", known.join(", "));
    }
    let is_chosen =
        |scenario: &Scenario| names.is_empty() || names.iter().any(|name| name == scenario.name());
    Ok(ALL.into_iter().filter(is_chosen).collect())
}

impl Scenario {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Full => "full",
            Self::Readonly => "readonly",
            Self::Hang => "hang",
            Self::Locked => "locked",
            Self::Clock => "clock",
            Self::Clients => "clients",
            Self::Mail => "mail",
            Self::Beacons => "beacons",
        }
    }

    /// What is done, in words.
    pub fn what(self) -> &'static str {
        match self {
            Self::Kill => "Killed (-9) under load, with imports going on",
            Self::Full => "The disk is full",
            Self::Readonly => "The facts file can't be written",
            Self::Hang => "The facts engine hangs",
            Self::Locked => "Another process holds the catalog",
            Self::Clock => "The clock jumps 26 h ahead and back",
            Self::Clients => "Slow, stalled and half-open clients",
            Self::Mail => "The mail server is down",
            Self::Beacons => "10,000 malformed beacons",
        }
    }

    /// Does it. What fails on the way is not as expected either.
    pub async fn run(self, ground: &Ground) -> Outcome {
        let mut outcome = Outcome::of(self.what());
        let done = match self {
            Self::Kill => kill::run(ground, &mut outcome).await,
            Self::Full => full::run(ground, &mut outcome).await,
            Self::Readonly => readonly::run(ground, &mut outcome).await,
            Self::Hang => hang::run(ground, &mut outcome).await,
            Self::Locked => locked::run(ground, &mut outcome).await,
            Self::Clock => clock::run(ground, &mut outcome).await,
            Self::Clients => clients::run(ground, &mut outcome).await,
            Self::Mail => mail::run(ground, &mut outcome).await,
            Self::Beacons => beacons::run(ground, &mut outcome).await,
        };
        if let Err(error) = done {
            outcome.wrong.push(format!("{error:#}"));
        }
        outcome
    }
}

/// What a server believed and told before it was broken, and who reads meanwhile.
struct Trial {
    address: SocketAddr,
    before: Figures,
    failures: BTreeMap<String, u64>,
    readers: Load,
}

impl Trial {
    /// Remembers what is so, and lets readers begin.
    async fn begin(address: SocketAddr) -> anyhow::Result<Self> {
        let (before, failures) = (believed(address).await?, failures(address).await);
        Ok(Self { address, before, failures, readers: Load::begin(address, READERS, PAUSE) })
    }

    /// Lets the readers end, and says whether what was believed before still is, with each import since wholly or not at all.
    async fn end(self, sent: &[Sent], outcome: &mut Outcome) -> anyhow::Result<()> {
        outcome.seen.0.extend(self.readers.end().await.0);
        let (after, ours) = (believed(self.address).await?, of_ours(self.address).await?);
        let wrong = torn(sent, &ours);
        let is_kept = after == self.before && wrong.is_empty();
        outcome.kept = format!(
            "{}: {} imports, {} rows, all sums{}",
            if is_kept { "equal" } else { "NOT EQUAL" },
            after.imports,
            web::format::count(after.rows),
            match sent.len() {
                0 => String::new(),
                _ => {
                    let taken = sent.iter().filter(|sent| sent.is_taken).count();
                    format!("; {taken} of {} uploads were taken, {} count", sent.len(), ours.len())
                }
            }
        );
        outcome.expect(after == self.before, || format!("before {:?}, after {after:?}", self.before));
        outcome.wrong.extend(wrong);
        Ok(())
    }
}

impl Outcome {
    /// Nobody may have seen another status than these.
    fn only(&mut self, known: &[u16]) {
        let others = self.seen.count(|status| !known.contains(&status));
        let words = self.seen.words();
        self.expect(others == 0, || format!("readers saw {words}"));
        let good = self.seen.count(|status| status == 200);
        self.expect(good > 0, || "nobody was answered".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap(), ALL);
        let names = ["beacons", "kill"].map(str::to_owned);
        assert_eq!(chosen(&names).unwrap(), [Scenario::Kill, Scenario::Beacons]);
        let told = chosen(&["flood".to_owned()]).unwrap_err().to_string();
        assert!(told.contains("'flood'") && told.contains("readonly"), "{told}");
    }
}
