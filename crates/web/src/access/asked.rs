//! A request that was let in: the server's state, who asks, and what they must be allowed for it.

use std::ops::Deref;

use axum::http::StatusCode;
use people::{Permission, Role};
use store::catalog::{Actor, Workspace};

use super::{Seen, Visitor};
use crate::entrance::{self, Origin};
use crate::{AppState, WebError};

/// A request that was let in.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) app: AppState,
    pub(crate) by: Visitor,
    /// Where the request comes from.
    pub(crate) from: Origin,
    /// What they must be allowed in the workspace that it is about.
    pub(crate) needs: Permission,
}

impl Asked {
    /// The workspaces that the visitor may know of, oldest first.
    pub(crate) async fn seen(&self) -> Result<Vec<Workspace>, WebError> {
        let all = self.app.catalog().workspaces().await?;
        Ok(all.iter().filter(|workspace| self.role_in(workspace).is_some()).cloned().collect())
    }

    /// A workspace as the visitor may see it.
    pub(crate) fn sees(&self, workspace: Workspace) -> Seen {
        let accounts = self.by.sight.accounts_in(&workspace);
        Seen::new(workspace, accounts)
    }

    /// The visitor's role in a workspace.
    pub(crate) fn role_in(&self, workspace: &Workspace) -> Option<Role> {
        self.by.sight.role_in(workspace)
    }

    /// Whether the visitor may do it in a workspace.
    pub(crate) fn may(&self, permission: Permission, workspace: &Workspace) -> bool {
        self.role_in(workspace).is_some_and(|role| role.may(permission))
    }

    /// Who changes something, as the audit log names them.
    pub(crate) fn actor(&self) -> Actor {
        entrance::actor(&self.by, self.from)
    }

    /// The person who asks.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn person(&self) -> Result<u32, WebError> {
        self.by.person().ok_or_else(|| {
            let detail = "this is about the account of a person, and none signed in with this request";
            WebError::told(StatusCode::FORBIDDEN, "no-person", "Not for a program", detail)
                .remedy("sign in with a browser")
        })
    }

    /// Refuses what the visitor's role in a workspace does not allow.
    ///
    /// # Errors
    /// If it does not.
    pub(crate) fn check(&self, workspace: &Workspace) -> Result<(), WebError> {
        match self.may(self.needs, workspace) {
            true => Ok(()),
            false => Err(forbidden(self.needs)),
        }
    }
}

impl Deref for Asked {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        &self.app
    }
}

/// Who signed in may not do this.
pub(super) fn forbidden(needs: Permission) -> WebError {
    let role = needs.least();
    let detail = format!("it takes the role {role} or a higher one");
    WebError::told(StatusCode::FORBIDDEN, "role", "Your role does not allow this", detail)
        .remedy("ask an admin of the workspace")
}
