//! Roles, and what each may do. A role may do all that the roles below it may.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What somebody is in a workspace, from the least to the most that they may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody outside who pays: figures only.
    Client,
    /// Reads everything.
    Viewer,
    /// Saves views, writes notes.
    Analyst,
    /// Brings data in, plans, decides on alerts, shares views.
    Editor,
    /// Says who else may come in, where alerts go, what it looks like.
    Admin,
    /// May do everything, also make other owners.
    Owner,
}

/// What somebody may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See what was spent and what came back.
    SeeFigures,
    /// See what stands behind it: plans, imports, sources, rates, alerts, saved views.
    SeeWork,
    /// Save views, and write notes about days and campaigns.
    SaveViews,
    /// Decide: budgets, targets, exchange rates, names that belong together.
    Decide,
    /// Bring data in, and take it back.
    Import,
    /// Say what alerts are for, acknowledge and mute them.
    SetAlerts,
    /// Make links by which anybody may see a view, and revoke them.
    ShareViews,
    /// Say who comes in, where alerts are sent, what the workspace looks like; read the audit log.
    Administer,
    /// See and set right how the server itself does. Counts in the organisation that runs it.
    Operate,
    /// Make and unmake owners.
    Own,
}

impl Role {
    /// All roles, from the least on.
    pub const ALL: [Self; 6] =
        [Self::Client, Self::Viewer, Self::Analyst, Self::Editor, Self::Admin, Self::Owner];

    /// Whether somebody in this role may do it.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least()
    }

    /// The word for it, as the API and the command line say it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// What somebody in this role does, for people who choose one.
    pub fn does(self) -> &'static str {
        match self {
            Self::Client => "sees the figures of chosen accounts and nothing else",
            Self::Viewer => "sees everything, changes nothing",
            Self::Analyst => "also saves views and writes notes",
            Self::Editor => "also imports, plans, decides on alerts and shares views",
            Self::Admin => "also manages people, channels and tokens",
            Self::Owner => "may do everything",
        }
    }
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 10] = [
        Self::SeeFigures,
        Self::SeeWork,
        Self::SaveViews,
        Self::Decide,
        Self::Import,
        Self::SetAlerts,
        Self::ShareViews,
        Self::Administer,
        Self::Operate,
        Self::Own,
    ];

    /// The least role that has it.
    pub fn least(self) -> Role {
        match self {
            Self::SeeFigures => Role::Client,
            Self::SeeWork => Role::Viewer,
            Self::SaveViews => Role::Analyst,
            Self::Decide | Self::Import | Self::SetAlerts | Self::ShareViews => Role::Editor,
            Self::Administer | Self::Operate => Role::Admin,
            Self::Own => Role::Owner,
        }
    }

    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            Self::SeeFigures => "see_figures",
            Self::SeeWork => "see_work",
            Self::SaveViews => "save_views",
            Self::Decide => "decide",
            Self::Import => "import",
            Self::SetAlerts => "set_alerts",
            Self::ShareViews => "share_views",
            Self::Administer => "administer",
            Self::Operate => "operate",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.key())
    }
}

/// No role is called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use one of: client, viewer, analyst, editor, admin, owner")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.key() == word).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_all_that_the_ones_below_may() {
        for pair in Role::ALL.windows(2) {
            for permission in Permission::ALL {
                assert!(!pair[0].may(permission) || pair[1].may(permission), "{pair:?} {permission:?}");
            }
        }
        assert!(Permission::ALL.iter().all(|permission| Role::Owner.may(*permission)));
        assert_eq!(Permission::ALL.iter().filter(|permission| Role::Client.may(**permission)).count(), 1);
    }

    #[test]
    fn roles_are_read_back() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
