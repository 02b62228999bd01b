//! What `adroit duplicates` takes.

use std::fmt;
use std::str::FromStr;

use clap::Subcommand;

use super::Place;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct DuplicatesArgs {
    #[command(subcommand)]
    pub command: Option<DuplicatesCommand>,
    #[command(flatten)]
    pub listed: DuplicatesListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DuplicatesCommand {
    /// List what is proposed and what was decided; also without a word
    List(DuplicatesListArgs),
    /// The two are one account: days of the second that the first tells too are set aside
    Accept(DuplicateArgs),
    /// They are two, and are not proposed again
    Reject(DuplicateArgs),
    /// Take back what was decided; what was set aside counts again
    Undo(DuplicateArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DuplicatesListArgs {
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DuplicateArgs {
    /// The two accounts, as `adroit duplicates` lists them, for example 3-7; the first is the one whose figures count
    #[arg(value_name = "ID")]
    pub id: Twins,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Two accounts by their numbers: the one whose figures count, and the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Twins {
    pub kept: u32,
    pub other: u32,
}

impl fmt::Display for Twins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kept, self.other)
    }
}

impl FromStr for Twins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let twins = text.split_once('-').and_then(|(kept, other)| {
            Some(Self { kept: kept.trim().parse().ok()?, other: other.trim().parse().ok()? })
        });
        let twins = twins.ok_or_else(|| {
            "write the numbers of both accounts, as `adroit duplicates` lists them: 3-7".to_owned()
        })?;
        match twins.kept == twins.other {
            true => Err("an account is no duplicate of itself; write two numbers, such as 3-7".to_owned()),
            false => Ok(twins),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_written_as_they_are_read() {
        assert_eq!("3-7".parse::<Twins>().unwrap().to_string(), "3-7");
        for wrong in ["", "3", "3-", "-3", "a-b", "3-7-9", "3-3"] {
            assert!(wrong.parse::<Twins>().is_err(), "{wrong}");
        }
    }
}
