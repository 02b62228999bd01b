//! The kinds of alert rules that can be made on the pages.

use std::str::FromStr;

use alert::Condition;
use domain::UnknownWord;

/// What a rule is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    #[default]
    Change,
    Threshold,
    NoConversions,
    Tracking,
    Pacing,
    StaleSource,
    Disk,
    Burn,
    ErrorRate,
    Latency,
    Vitals,
    Check,
    FailedImports,
}

impl Kind {
    /// Those of a workspace, and those of the server itself.
    const OF_WORKSPACES: [Self; 7] = [
        Self::Change,
        Self::Threshold,
        Self::NoConversions,
        Self::Tracking,
        Self::Pacing,
        Self::StaleSource,
        Self::Disk,
    ];
    const OF_SERVER: [Self; 8] = [
        Self::Burn,
        Self::ErrorRate,
        Self::Latency,
        Self::Vitals,
        Self::Check,
        Self::FailedImports,
        Self::StaleSource,
        Self::Disk,
    ];

    /// Those that a workspace, or the server, may have.
    pub(super) fn offered(is_server: bool) -> &'static [Self] {
        if is_server { &Self::OF_SERVER } else { &Self::OF_WORKSPACES }
    }

    fn all() -> impl Iterator<Item = Self> {
        let more = Self::OF_SERVER.into_iter().filter(|kind| !Self::OF_WORKSPACES.contains(kind));
        Self::OF_WORKSPACES.into_iter().chain(more)
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Threshold => "threshold",
            Self::NoConversions => "no_conversions",
            Self::Tracking => "tracking",
            Self::Pacing => "pacing",
            Self::StaleSource => "stale_source",
            Self::Disk => "disk",
            Self::Burn => "burn",
            Self::ErrorRate => "error_rate",
            Self::Latency => "latency",
            Self::Vitals => "vitals",
            Self::Check => "check",
            Self::FailedImports => "failed_imports",
        }
    }

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Change => "A change against the days before",
            Self::Threshold => "A metric beyond a value",
            Self::NoConversions => "Spend without conversions",
            Self::Tracking => "Tracking that broke",
            Self::Pacing => "A budget that is missed",
            Self::StaleSource => "A platform that was not reported",
            Self::Disk => "A disk that fills up",
            Self::Burn => "An error budget spent too fast",
            Self::ErrorRate => "Requests that fail",
            Self::Latency => "A route that is slow",
            Self::Vitals => "A page that visitors wait for",
            Self::Check => "A self-check that fails",
            Self::FailedImports => "Imports that fail",
        }
    }

    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Change => {
                "for example a CPA half as high again as in the four weeks before, days of the same age compared."
            }
            Self::Threshold => "for example a ROAS below 2 over the last week.",
            Self::NoConversions => {
                "money is spent that should have brought conversions by now, and none came."
            }
            Self::Tracking => "clicks come as before, conversions have stopped.",
            Self::Pacing => "the month leads to more, or less, than a plan's budget.",
            Self::StaleSource => "no report of a platform was imported for some days.",
            Self::Disk => "little room is left where the data is kept.",
            Self::Burn => {
                "over a longer time and still over a shorter one, an objective is missed so many times over."
            }
            Self::ErrorRate => "more than a share of the requests to pages and API are answered with 5xx.",
            Self::Latency => "95 of 100 requests that read from it took longer.",
            Self::Vitals => "for a quarter of the visits a vital was above a value.",
            Self::Check => "a part that requests need does not do its work.",
            Self::FailedImports => "files could not be imported for a reason of the server's.",
        }
    }

    pub(super) fn is(self, other: &str) -> bool {
        self.key() == other
    }

    /// Whether it looks at minutes, and whether a single case is not enough for it.
    pub(super) fn has_minutes(self) -> bool {
        matches!(self, Self::Burn | Self::ErrorRate | Self::Latency | Self::FailedImports)
    }

    /// What has to be there so many times; empty for kinds that ask for nothing like it.
    pub(super) fn least_of(self) -> &'static str {
        match self {
            Self::Burn => "bad requests",
            Self::ErrorRate => "failed requests",
            Self::Latency => "requests",
            Self::Vitals => "visits",
            Self::FailedImports => "failed imports",
            _ => "",
        }
    }

    /// What it may be only about, as it is typed; empty for nothing.
    pub(super) fn only_of(self) -> &'static str {
        match self {
            Self::Latency => "Only route",
            Self::Vitals => "Only page",
            Self::Check => "Only check",
            _ => "",
        }
    }

    pub(super) fn of(condition: &Condition) -> Self {
        match condition {
            Condition::Change { .. } => Self::Change,
            Condition::Threshold { .. } => Self::Threshold,
            Condition::NoConversions { .. } => Self::NoConversions,
            Condition::Tracking { .. } => Self::Tracking,
            Condition::Pacing { .. } => Self::Pacing,
            Condition::StaleSource { .. } => Self::StaleSource,
            Condition::Disk { .. } => Self::Disk,
            Condition::Burn { .. } => Self::Burn,
            Condition::ErrorRate { .. } => Self::ErrorRate,
            Condition::Latency { .. } => Self::Latency,
            Condition::Vitals { .. } => Self::Vitals,
            Condition::Check { .. } => Self::Check,
            Condition::FailedImports { .. } => Self::FailedImports,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let words: Vec<&str> = Self::all().map(Self::key).collect();
        Self::all().find(|kind| kind.key() == word).ok_or_else(|| UnknownWord::new("kind", word, words))
    }
}
