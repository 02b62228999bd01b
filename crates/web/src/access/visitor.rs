//! Who asks, and what they may see.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use insight::Accounts;
use people::{Permission, Role};
use store::WorkspaceId;
use store::catalog::{Grant, Workspace};
use xxhash_rust::xxh3::Xxh3Default;

/// The organisation that runs the server: who administers it, administers the server.
pub(crate) use store::catalog::HOST;

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who it is.
    pub who: Who,
    /// What they may see.
    pub sight: Arc<Sight>,
    /// Whether they see nothing of an organisation until they set a second factor, as it demands one.
    pub lacks_factor: bool,
}

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// Nobody who signed in.
    Nobody,
    /// Somebody of whom can't be found out who it is, as the catalog does not answer.
    Unknown,
    /// Anybody, on a server that was told to let everybody in.
    Anybody,
    /// Who may open the data folder, over its socket.
    Machine,
    /// A person, in a session.
    Person {
        /// Their number.
        person: u32,
        /// The session's number.
        session: u32,
    },
    /// A program with a token.
    Token(u32),
}

/// What somebody may see: two with equal sights see the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Sight {
    /// The role everywhere, for who needs no membership.
    pub everywhere: Option<Role>,
    /// What they hold in all workspaces of an organisation.
    pub organisations: Vec<(u32, Held)>,
    /// What they hold in single workspaces.
    pub workspaces: Vec<(WorkspaceId, Held)>,
    /// The one workspace that is there at all, under its own host: nothing else is, whatever the roles.
    pub only: Option<WorkspaceId>,
}

/// A role somewhere, and the accounts whose figures it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The role.
    pub role: Role,
    /// The accounts.
    pub accounts: Accounts,
}

impl Held {
    /// A role with all accounts.
    pub fn whole(role: Role) -> Self {
        Self { role, accounts: Accounts::All }
    }

    /// What a grant gives: a client sees the accounts that were chosen, everybody else all of them.
    pub fn of(grant: &Grant) -> Self {
        let accounts = match grant.role {
            Role::Client => Accounts::only(grant.accounts.iter().flatten().copied()),
            _ => Accounts::All,
        };
        Self { role: grant.role, accounts }
    }
}

static OWNER: LazyLock<Arc<Sight>> =
    LazyLock::new(|| Arc::new(Sight { everywhere: Some(Role::Owner), ..Sight::default() }));
static NOTHING: LazyLock<Arc<Sight>> = LazyLock::new(Arc::default);

impl Sight {
    /// The role in a workspace, the highest if there are several; `None` if it is not to be known that there is such a workspace.
    pub fn role_in(&self, workspace: &Workspace) -> Option<Role> {
        if self.only.is_some_and(|only| only != workspace.id) {
            return None;
        }
        self.held_in(workspace).map(|held| held.role).chain(self.everywhere).max()
    }

    /// The accounts of a workspace whose figures may be seen: those that any of their roles there shows.
    pub fn accounts_in(&self, workspace: &Workspace) -> Accounts {
        if self.only.is_some_and(|only| only != workspace.id) {
            return Accounts::none();
        }
        let everywhere = if self.everywhere.is_some() { Accounts::All } else { Accounts::none() };
        self.held_in(workspace).fold(everywhere, |seen, held| seen.or(&held.accounts))
    }

    fn held_in(&self, workspace: &Workspace) -> impl Iterator<Item = &Held> {
        let (organisation, id) = (workspace.organisation, workspace.id);
        let organisations = self.organisations.iter().filter(move |(of, _)| *of == organisation);
        let workspaces = self.workspaces.iter().filter(move |(of, _)| *of == id);
        organisations.chain(workspaces).map(|(_, held)| held)
    }

    /// The role in an organisation as a whole.
    pub fn role_over(&self, organisation: u32) -> Option<Role> {
        if self.only.is_some() {
            return None;
        }
        let own = self.organisations.iter().filter(|(id, _)| *id == organisation);
        own.map(|(_, held)| held.role).chain(self.everywhere).max()
    }

    /// Whether it is allowed in some workspace, or for the server itself.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        if permission == Permission::Operate {
            return self.role_over(HOST).is_some_and(|role| role.may(permission));
        }
        let organisations = self.organisations.iter().map(|(_, held)| held.role);
        let workspaces = self.workspaces.iter().map(|(_, held)| held.role);
        organisations.chain(workspaces).chain(self.everywhere).any(|role| role.may(permission))
    }

    /// What tells it from others: equal sights have equal marks.
    pub fn mark(&self) -> u64 {
        let mut hasher = Xxh3Default::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl Visitor {
    /// Nobody who signed in.
    pub fn nobody() -> Self {
        Self { who: Who::Nobody, sight: NOTHING.clone(), lacks_factor: false }
    }

    /// Somebody of whom can't be found out who it is.
    pub fn unknown() -> Self {
        Self { who: Who::Unknown, sight: NOTHING.clone(), lacks_factor: false }
    }

    /// Anybody, on a server that was told to let everybody in.
    pub fn anybody() -> Self {
        Self { who: Who::Anybody, sight: OWNER.clone(), lacks_factor: false }
    }

    /// Who may open the data folder.
    pub fn machine() -> Self {
        Self { who: Who::Machine, sight: OWNER.clone(), lacks_factor: false }
    }

    /// The same, to whom nothing but one workspace is there.
    #[must_use]
    pub fn only_in(mut self, workspace: WorkspaceId) -> Self {
        self.sight = Arc::new(Sight { only: Some(workspace), ..(*self.sight).clone() });
        self
    }

    /// Somebody who sees the same, and is nobody in particular: what is made for them may be shown to all who see the same.
    pub fn alike(&self) -> Self {
        Self { who: Who::Anybody, sight: self.sight.clone(), lacks_factor: self.lacks_factor }
    }

    /// How the audit log and the history of plans name them.
    pub fn name(&self) -> String {
        match self.who {
            Who::Nobody | Who::Unknown => "nobody".to_owned(),
            Who::Anybody | Who::Machine => "local".to_owned(),
            Who::Person { person, .. } => format!("person {person}"),
            Who::Token(token) => format!("token {token}"),
        }
    }

    /// The person, if it is one.
    pub fn person(&self) -> Option<u32> {
        match self.who {
            Who::Person { person, .. } => Some(person),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(id: WorkspaceId, organisation: u32) -> Workspace {
        Workspace {
            id,
            name: format!("w{id}"),
            currency: None,
            is_sample: false,
            logo: None,
            brand: Default::default(),
            data_version: 0,
            organisation,
        }
    }

    #[test]
    fn the_highest_role_counts_and_other_workspaces_are_not_there() {
        let sight = Sight {
            everywhere: None,
            organisations: vec![(2, Held::whole(Role::Viewer))],
            workspaces: vec![(7, Held::whole(Role::Editor)), (9, Held::whole(Role::Client))],
            only: None,
        };
        for (asked, role) in [
            (workspace(7, 2), Some(Role::Editor)),
            (workspace(8, 2), Some(Role::Viewer)),
            (workspace(9, 2), Some(Role::Viewer)),
            (workspace(9, 3), Some(Role::Client)),
            (workspace(1, 1), None),
        ] {
            assert_eq!(sight.role_in(&asked), role, "{asked:?}");
        }
        assert!(sight.may_somewhere(Permission::Import) && !sight.may_somewhere(Permission::Administer));
    }

    #[test]
    fn a_client_sees_the_accounts_that_were_chosen_where_they_were_chosen() {
        let client = |accounts: &[u32]| Held {
            role: Role::Client,
            accounts: Accounts::only(accounts.iter().copied()),
        };
        let sight = Sight {
            everywhere: None,
            organisations: vec![(2, client(&[5]))],
            workspaces: vec![(7, client(&[1, 3])), (8, client(&[])), (9, Held::whole(Role::Viewer))],
            only: None,
        };
        for (asked, accounts) in [
            (workspace(7, 2), Accounts::only([1, 3, 5])),
            (workspace(8, 2), Accounts::only([5])),
            // What was chosen for one workspace is nothing in another.
            (workspace(8, 3), Accounts::none()),
            (workspace(9, 2), Accounts::All),
            (workspace(6, 3), Accounts::none()),
        ] {
            assert_eq!(sight.accounts_in(&asked), accounts, "{asked:?}");
        }
        let other = Sight { organisations: vec![(2, client(&[6]))], ..sight.clone() };
        assert_ne!(sight.mark(), other.mark());
        let nothing = Grant { role: Role::Client, organisation: 2, workspace: None, accounts: None };
        assert_eq!(Held::of(&nothing), client(&[]));
        // A list beside another role would be no limit, so it is taken for none.
        let viewer = Grant { role: Role::Viewer, accounts: Some(vec![1]), ..nothing };
        assert_eq!(Held::of(&viewer), Held::whole(Role::Viewer));
        assert_eq!(OWNER.accounts_in(&workspace(1, 1)), Accounts::All);
        assert_eq!(NOTHING.accounts_in(&workspace(1, 1)), Accounts::none());
    }

    #[test]
    fn only_the_host_operates_the_server() {
        let of = |organisation| Sight {
            organisations: vec![(organisation, Held::whole(Role::Owner))],
            ..Sight::default()
        };
        assert!(of(HOST).may_somewhere(Permission::Operate));
        assert!(!of(2).may_somewhere(Permission::Operate));
        let single = Sight { workspaces: vec![(1, Held::whole(Role::Owner))], ..Sight::default() };
        assert!(!single.may_somewhere(Permission::Operate));
        assert_ne!(of(HOST).mark(), of(2).mark());
        assert_eq!(of(2).mark(), of(2).mark());
    }
}
