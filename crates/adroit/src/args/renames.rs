//! What `adroit renames` takes.

use std::fmt;
use std::str::FromStr;

use clap::Subcommand;

use super::Place;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RenamesArgs {
    #[command(subcommand)]
    pub command: Option<RenamesCommand>,
    #[command(flatten)]
    pub listed: RenamesListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RenamesCommand {
    /// List what is proposed and what was decided; also without a word
    List(RenamesListArgs),
    /// The two are one campaign: its figures are read as one, under the newer name
    Accept(RenameArgs),
    /// They are two, and are not proposed again
    Reject(RenameArgs),
    /// Take back what was decided
    Undo(RenameArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RenamesListArgs {
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RenameArgs {
    /// The two campaigns, as `adroit renames` lists them, for example 12-40
    #[arg(value_name = "ID")]
    pub id: Pair,
    #[command(flatten)]
    pub place: Place,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Two campaigns by their numbers: the one whose name ended, and the one that began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    pub old: u32,
    pub new: u32,
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.old, self.new)
    }
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pair = text.split_once('-').and_then(|(old, new)| {
            Some(Self { old: old.trim().parse().ok()?, new: new.trim().parse().ok()? })
        });
        pair.ok_or_else(|| {
            "write the numbers of both campaigns, as `adroit renames` lists them: 12-40".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_written_as_they_are_read() {
        assert_eq!("12-40".parse::<Pair>().unwrap().to_string(), "12-40");
        for wrong in ["", "12", "12-", "-12", "a-b", "12-40-3"] {
            assert!(wrong.parse::<Pair>().is_err(), "{wrong}");
        }
    }
}
