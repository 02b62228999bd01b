//! Who asks, and what they may see.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use people::{Permission, Role};
use store::WorkspaceId;
use store::catalog::Workspace;
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
    /// The role in all workspaces of an organisation.
    pub organisations: Vec<(u32, Role)>,
    /// The role in single workspaces.
    pub workspaces: Vec<(WorkspaceId, Role)>,
    /// The one workspace that is there at all, under its own host: nothing else is, whatever the roles.
    pub only: Option<WorkspaceId>,
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
        let organisations = self.organisations.iter().filter(|(id, _)| *id == workspace.organisation);
        let workspaces = self.workspaces.iter().filter(|(id, _)| *id == workspace.id);
        let roles = organisations.map(|(_, role)| *role).chain(workspaces.map(|(_, role)| *role));
        roles.chain(self.everywhere).max()
    }

    /// The role in an organisation as a whole.
    pub fn role_over(&self, organisation: u32) -> Option<Role> {
        if self.only.is_some() {
            return None;
        }
        let own = self.organisations.iter().filter(|(id, _)| *id == organisation);
        own.map(|(_, role)| *role).chain(self.everywhere).max()
    }

    /// Whether it is allowed in some workspace, or for the server itself.
    pub fn may_somewhere(&self, permission: Permission) -> bool {
        if permission == Permission::Operate {
            return self.role_over(HOST).is_some_and(|role| role.may(permission));
        }
        let organisations = self.organisations.iter().map(|(_, role)| *role);
        let workspaces = self.workspaces.iter().map(|(_, role)| *role);
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
        Self { who: Who::Nobody, sight: NOTHING.clone() }
    }

    /// Somebody of whom can't be found out who it is.
    pub fn unknown() -> Self {
        Self { who: Who::Unknown, sight: NOTHING.clone() }
    }

    /// Anybody, on a server that was told to let everybody in.
    pub fn anybody() -> Self {
        Self { who: Who::Anybody, sight: OWNER.clone() }
    }

    /// Who may open the data folder.
    pub fn machine() -> Self {
        Self { who: Who::Machine, sight: OWNER.clone() }
    }

    /// The same, to whom nothing but one workspace is there.
    #[must_use]
    pub fn only_in(mut self, workspace: WorkspaceId) -> Self {
        self.sight = Arc::new(Sight { only: Some(workspace), ..(*self.sight).clone() });
        self
    }

    /// Somebody who sees the same, and is nobody in particular: what is made for them may be shown to all who see the same.
    pub fn alike(&self) -> Self {
        Self { who: Who::Anybody, sight: self.sight.clone() }
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
            organisations: vec![(2, Role::Viewer)],
            workspaces: vec![(7, Role::Editor), (9, Role::Client)],
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
    fn only_the_host_operates_the_server() {
        let of =
            |organisation| Sight { organisations: vec![(organisation, Role::Owner)], ..Sight::default() };
        assert!(of(HOST).may_somewhere(Permission::Operate));
        assert!(!of(2).may_somewhere(Permission::Operate));
        let single = Sight { workspaces: vec![(1, Role::Owner)], ..Sight::default() };
        assert!(!single.may_somewhere(Permission::Operate));
        assert_ne!(of(HOST).mark(), of(2).mark());
        assert_eq!(of(2).mark(), of(2).mark());
    }
}
