//! Who may come in, and who decides about whom. All rules about that are here, for pages and API alike.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use people::{Digest, Email, INVITATION, Permission, Role, Secret};
use serde::{Deserialize, Serialize};
use store::WorkspaceId;
use store::catalog::{Grant, Invitation, Member, Membership, NewInvitation, Organisation, Workspace};
use store::facts::AccountId;
use utoipa::ToSchema;

use super::client_accounts;
use crate::access::Asked;
use crate::entrance::{invite as mailed, refused};
use crate::questions::who::name_of;
use crate::{AppState, WebError};

/// For so long an invitation counts.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a role counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// In the workspace that the request is about.
    Workspace,
    /// In all workspaces of its organisation.
    Organisation,
}

/// About whom somebody decides, seen from a workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    organisation: u32,
    workspace: WorkspaceId,
    /// Their role in the workspace.
    here: Option<Role>,
    /// Their role over the whole organisation.
    over: Option<Role>,
}

/// An invitation that was made.
pub(crate) struct Invited {
    pub(crate) invitation: Invitation,
    /// Where it is accepted, to be handed over; none if it is on its way by e-mail.
    pub(crate) link: Option<String>,
}

/// What somebody or something is to be given.
pub(crate) struct WantedGrant {
    pub(crate) role: Role,
    pub(crate) scope: Scope,
    /// The accounts that a client is to see.
    pub(crate) accounts: Vec<AccountId>,
}

/// What people, tokens and workspaces are called.
#[derive(Default)]
pub(crate) struct Names {
    persons: HashMap<u32, Option<String>>,
    tokens: HashMap<u32, String>,
    workspaces: Arc<[Workspace]>,
}

impl Scope {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Workspace, Self::Organisation];

    /// The word for it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Organisation => "organisation",
        }
    }

    /// Where a grant counts.
    pub(crate) fn of(grant: &Grant) -> Self {
        if grant.workspace.is_some() { Self::Workspace } else { Self::Organisation }
    }

    /// The workspace that it is held to, seen from one.
    pub(crate) fn place(self, workspace: &Workspace) -> Option<WorkspaceId> {
        (self == Self::Workspace).then_some(workspace.id)
    }
}

impl std::str::FromStr for Scope {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, &'static str> {
        Self::ALL.into_iter().find(|scope| scope.key() == word).ok_or("use workspace or organisation")
    }
}

impl Reach {
    /// How far whoever asks reaches from a workspace.
    pub(crate) fn of(asked: &Asked, workspace: &Workspace) -> Self {
        Self {
            organisation: workspace.organisation,
            workspace: workspace.id,
            here: asked.role_in(workspace),
            over: asked.by.sight.role_over(workspace.organisation),
        }
    }

    /// Their role over the organisation, if it lets them decide there.
    fn over_all(self) -> Option<Role> {
        self.over.filter(|role| role.may(Permission::Administer))
    }

    /// Whether all of the organisation is theirs to look after, not only the workspace.
    pub(crate) fn is_over_all(self) -> bool {
        self.over_all().is_some()
    }

    /// The highest role about which they decide in a workspace, or with none for the whole organisation. Owners are the business
    /// of the organisation's owners, wherever they own.
    pub(crate) fn highest(self, place: Option<WorkspaceId>) -> Option<Role> {
        let own = self.here.filter(|role| role.may(Permission::Administer));
        let role = match place {
            Some(id) if id == self.workspace => own.max(self.over_all()),
            _ => self.over_all(),
        }?;
        let owns = self.over.is_some_and(|role| role.may(Permission::Own));
        Some(if owns { role } else { role.min(Role::Admin) })
    }

    /// Whether it is to be known that there is this grant.
    pub(crate) fn sees(self, grant: &Grant) -> bool {
        let is_here = grant.workspace == Some(self.workspace);
        grant.organisation == self.organisation && (is_here || self.is_over_all())
    }

    /// Whether they may give or take away a role in a workspace, or with none in the whole organisation.
    pub(crate) fn decides(self, role: Role, place: Option<WorkspaceId>) -> bool {
        self.highest(place).is_some_and(|highest| role <= highest)
    }

    /// Whether they may change or take away what a grant allows.
    pub(crate) fn may_change(self, grant: &Grant) -> bool {
        self.sees(grant) && self.decides(grant.role, grant.workspace)
    }

    /// Whether somebody's whole account is theirs to close: all that the person may do here is within their reach.
    pub(crate) fn may_disable(self, memberships: &[Membership]) -> bool {
        self.is_over_all() && memberships.iter().all(|membership| self.may_change(&membership.grant))
    }

    /// The roles that they may give in a workspace, or with none in the whole organisation.
    pub(crate) fn roles(self, place: Option<WorkspaceId>) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| self.decides(*role, place)).collect()
    }

    /// Refuses a role that is not theirs to give.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn give(self, role: Role, place: Option<WorkspaceId>) -> Result<(), WebError> {
        if self.decides(role, place) { Ok(()) } else { Err(self.beyond(place)) }
    }

    /// Refuses a grant that is not theirs to change. What they do not see is not there.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn change(self, grant: &Grant, what: &str, id: u32) -> Result<(), WebError> {
        match self.sees(grant) {
            false => Err(missing(what, id)),
            true => self.give(grant.role, grant.workspace),
        }
    }

    fn beyond(self, place: Option<WorkspaceId>) -> WebError {
        let (detail, remedy) = match self.highest(place) {
            None => (
                "who belongs to the whole organisation is decided by its admins".to_owned(),
                "ask an admin of the organisation",
            ),
            Some(highest) => (
                format!("you decide about roles up to {highest} there"),
                "ask somebody whose role is higher, or an owner of the organisation",
            ),
        };
        WebError::told(StatusCode::FORBIDDEN, "role", "Your role does not allow this", detail).remedy(remedy)
    }
}

impl Names {
    /// Those of the workspaces and of the organisation's tokens; those of people are looked up when they are asked for.
    pub(crate) async fn of(state: &AppState, organisation: u32) -> Result<Self, WebError> {
        let tokens = state.catalog().tokens(organisation).await?;
        Ok(Self {
            persons: HashMap::new(),
            tokens: tokens.into_iter().map(|token| (token.id, token.name)).collect(),
            workspaces: state.catalog().workspaces().await?,
        })
    }

    /// What somebody or something is called now that the audit log writes as `person 3` or `token 2`.
    pub(crate) async fn called(&mut self, state: &AppState, who: &str) -> Result<Option<String>, WebError> {
        let Some((kind, Ok(id))) = who.split_once(' ').map(|(kind, id)| (kind, id.parse::<u32>())) else {
            return Ok(None);
        };
        Ok(match kind {
            "person" => match self.persons.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let name = name_of(state, id).await?;
                    self.persons.insert(id, name.clone());
                    name
                }
            },
            "token" => self.tokens.get(&id).cloned(),
            _ => None,
        })
    }

    /// The same, or as it is written where it has no name.
    pub(crate) async fn shown(&mut self, state: &AppState, who: &str) -> Result<String, WebError> {
        Ok(self.called(state, who).await?.unwrap_or_else(|| who.to_owned()))
    }

    /// A workspace's name.
    pub(crate) fn workspace(&self, id: WorkspaceId) -> String {
        let known = self.workspaces.iter().find(|workspace| workspace.id == id);
        known.map_or_else(|| format!("workspace {id}"), |workspace| workspace.name.clone())
    }
}

/// The organisation that a workspace belongs to.
pub(crate) async fn organisation(state: &AppState, workspace: &Workspace) -> Result<Organisation, WebError> {
    let all = state.catalog().organisations().await?;
    let own = all.into_iter().find(|organisation| organisation.id == workspace.organisation);
    own.ok_or_else(|| WebError::internal("a workspace without an organisation"))
}

/// The people whom the visitor may know of from a workspace, with what they may do.
pub(crate) async fn members(state: &Asked, workspace: &Workspace) -> Result<Vec<Member>, WebError> {
    let reach = Reach::of(state, workspace);
    let mut members = state.catalog().people(workspace.organisation).await?;
    for member in &mut members {
        member.memberships.retain(|membership| reach.sees(&membership.grant));
    }
    members.retain(|member| !member.memberships.is_empty());
    Ok(members)
}

/// A membership that the visitor may know of from a workspace.
pub(crate) async fn membership(
    state: &Asked,
    workspace: &Workspace,
    id: u32,
) -> Result<Membership, WebError> {
    let members = members(state, workspace).await?;
    let mut all = members.into_iter().flat_map(|member| member.memberships);
    all.find(|membership| membership.id == id).ok_or_else(|| missing("membership", id))
}

/// Gives a member another role, or a client other accounts. Without accounts those that were chosen stay.
pub(crate) async fn set_role(
    state: &Asked,
    workspace: &Workspace,
    id: u32,
    role: Role,
    accounts: Option<Vec<AccountId>>,
) -> Result<Membership, WebError> {
    let mut membership = membership(state, workspace, id).await?;
    let reach = Reach::of(state, workspace);
    reach.change(&membership.grant, "membership", id)?;
    reach.give(role, membership.grant.workspace)?;
    let accounts = match (role, accounts) {
        (Role::Client, None) => Some(membership.grant.accounts.take().unwrap_or_default()),
        (role, accounts) => {
            let place = (membership.grant.organisation, membership.grant.workspace);
            client_accounts::chosen(state, role, place, accounts.unwrap_or_default()).await?
        }
    };
    let (by, seen) = (state.actor(), (id, membership.grant.role));
    let set = state.catalog().set_role(&by, workspace.organisation, seen, role, accounts.as_deref());
    set.await.map_err(refused)?;
    membership.grant = Grant { role, accounts, ..membership.grant };
    Ok(membership)
}

/// Takes a membership away.
pub(crate) async fn remove(state: &Asked, workspace: &Workspace, id: u32) -> Result<(), WebError> {
    let membership = membership(state, workspace, id).await?;
    Reach::of(state, workspace).change(&membership.grant, "membership", id)?;
    let (by, seen) = (state.actor(), (id, membership.grant.role));
    state.catalog().remove_membership(&by, workspace.organisation, seen).await.map_err(refused)
}

/// Keeps somebody of the organisation out, or lets them in again.
pub(crate) async fn disable(
    state: &Asked,
    workspace: &Workspace,
    person: u32,
    is_disabled: bool,
) -> Result<(), WebError> {
    let (members, reach) = (members(state, workspace).await?, Reach::of(state, workspace));
    let member = members.iter().find(|member| member.person.id == person);
    let member = member.ok_or_else(|| missing("person", person))?;
    if !reach.may_disable(&member.memberships) {
        return Err(reach.beyond(None));
    }
    if is_disabled && state.by.person() == Some(person) {
        let detail = "nobody closes the door on themselves";
        return Err(WebError::told(StatusCode::CONFLICT, "conflict", "That can't be", detail)
            .remedy("ask another admin of the organisation"));
    }
    let (by, within) = (state.actor(), Some(workspace.organisation));
    state.catalog().disable_person(&by, within, person, is_disabled).await.map_err(refused)
}

/// The invitations that are open and that the visitor may know of from a workspace.
pub(crate) async fn invitations(state: &Asked, workspace: &Workspace) -> Result<Vec<Invitation>, WebError> {
    let (reach, now) = (Reach::of(state, workspace), Timestamp::now());
    let mut invitations = state.catalog().invitations(workspace.organisation).await?;
    invitations.retain(|invitation| reach.sees(&invitation.grant) && invitation.expires_at > now);
    Ok(invitations)
}

/// Invites somebody: by e-mail, or where none can be sent by a link that is shown this once.
pub(crate) async fn invite(
    state: &Asked,
    workspace: &Workspace,
    email: &str,
    wanted: WantedGrant,
) -> Result<Invited, WebError> {
    let email: Email = email.parse().map_err(|error: people::EmailError| {
        let detail = error.to_string();
        let (detail, remedy) = detail.split_once("; ").unwrap_or((&detail, "use one as anna@example.com"));
        WebError::parameter("email", detail, remedy)
    })?;
    let grant = grant(state, workspace, wanted).await?;
    let secret = Secret::new(INVITATION);
    let new = NewInvitation {
        digest: *Digest::of(secret.text()).as_bytes(),
        email: email.text().to_owned(),
        grant: grant.clone(),
        expires_at: Timestamp::now().saturating_add(INVITED).unwrap_or(Timestamp::MAX),
    };
    let by = state.actor();
    let id = state.catalog().invite(&by, &new).await.map_err(refused)?;
    let NewInvitation { email, expires_at, .. } = new;
    let invitation = Invitation { id, email, grant, made_by: by.who, made_at: Timestamp::now(), expires_at };
    let organisation = organisation(state, workspace).await?;
    let is_sent = mailed(state, &invitation.email, &organisation.name, &secret);
    let home = state.telling.home.clone().unwrap_or_default();
    let link = (!is_sent).then(|| format!("{home}/invitations/{}", secret.text()));
    Ok(Invited { invitation, link })
}

/// Takes an invitation back.
pub(crate) async fn revoke_invitation(state: &Asked, workspace: &Workspace, id: u32) -> Result<(), WebError> {
    let invitations = state.catalog().invitations(workspace.organisation).await?;
    let invitation = invitations.iter().find(|invitation| invitation.id == id);
    let invitation = invitation.ok_or_else(|| missing("invitation", id))?;
    Reach::of(state, workspace).change(&invitation.grant, "invitation", id)?;
    let by = state.actor();
    state.catalog().revoke_invitation(&by, workspace.organisation, id).await.map_err(refused)
}

/// What is to be given, if it may be.
pub(super) async fn grant(
    state: &Asked,
    workspace: &Workspace,
    WantedGrant { role, scope, accounts }: WantedGrant,
) -> Result<Grant, WebError> {
    let (organisation, place) = (workspace.organisation, scope.place(workspace));
    Reach::of(state, workspace).give(role, place)?;
    let accounts = client_accounts::chosen(state, role, (organisation, place), accounts).await?;
    Ok(Grant { role, organisation, workspace: place, accounts })
}

/// There is none, or it is not to be known that there is.
pub(super) fn missing(what: &str, id: u32) -> WebError {
    WebError::not_found(format!("there is no {what} {id} here")).remedy("load the list again")
}

/// A number in an address.
pub(crate) fn number(what: &str, id: &str) -> Result<u32, WebError> {
    id.parse().map_err(|_| {
        WebError::not_found(format!("there is no {what} {id} here")).remedy("load the list again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: WorkspaceId = 7;
    const ELSEWHERE: WorkspaceId = 8;

    fn reach(here: Option<Role>, over: Option<Role>) -> Reach {
        // Whoever has a role over the organisation has it here too.
        Reach { organisation: 2, workspace: HERE, here: here.max(over), over }
    }

    fn grant(role: Role, workspace: Option<WorkspaceId>) -> Grant {
        Grant { role, organisation: 2, workspace, accounts: None }
    }

    #[test]
    fn nobody_gives_more_than_they_have_and_owners_make_owners() {
        use Role::{Admin, Analyst, Editor, Owner, Viewer};
        for (here, over, place, highest) in [
            (Some(Admin), None, Some(HERE), Some(Admin)),
            (Some(Admin), None, Some(ELSEWHERE), None),
            (Some(Admin), None, None, None),
            (Some(Admin), Some(Viewer), None, None),
            (Some(Admin), Some(Viewer), Some(HERE), Some(Admin)),
            // Who owns a workspace only makes no owners.
            (Some(Owner), None, Some(HERE), Some(Admin)),
            (Some(Owner), Some(Admin), Some(HERE), Some(Admin)),
            (None, Some(Admin), None, Some(Admin)),
            (None, Some(Admin), Some(ELSEWHERE), Some(Admin)),
            (None, Some(Owner), None, Some(Owner)),
            (None, Some(Owner), Some(ELSEWHERE), Some(Owner)),
            (Some(Editor), None, Some(HERE), None),
            (Some(Analyst), Some(Editor), None, None),
            (None, None, Some(HERE), None),
        ] {
            assert_eq!(reach(here, over).highest(place), highest, "{here:?} {over:?} {place:?}");
            let roles = reach(here, over).roles(place);
            assert_eq!(roles.last().copied(), highest);
            assert!(roles.iter().all(|role| reach(here, over).give(*role, place).is_ok()));
        }
    }

    #[test]
    fn a_workspaces_admin_knows_of_that_workspace_only() {
        let admin = reach(Some(Role::Admin), None);
        assert!(admin.may_change(&grant(Role::Admin, Some(HERE))));
        for hidden in [grant(Role::Viewer, Some(ELSEWHERE)), grant(Role::Viewer, None)] {
            assert!(!admin.sees(&hidden));
            assert_eq!(admin.change(&hidden, "membership", 1).unwrap_err().problem().status, 404);
        }
        // An owner is seen there and not touched.
        let owner = grant(Role::Owner, Some(HERE));
        assert!(admin.sees(&owner));
        assert_eq!(admin.change(&owner, "membership", 1).unwrap_err().problem().status, 403);
        assert_eq!(admin.give(Role::Viewer, None).unwrap_err().problem().status, 403);
    }

    #[test]
    fn an_organisations_admin_knows_of_all_of_it_and_of_no_other() {
        let admin = reach(None, Some(Role::Admin));
        for place in [None, Some(HERE), Some(ELSEWHERE)] {
            assert!(admin.may_change(&grant(Role::Admin, place)));
            assert!(admin.sees(&grant(Role::Owner, place)) && !admin.may_change(&grant(Role::Owner, place)));
            assert!(reach(None, Some(Role::Owner)).may_change(&grant(Role::Owner, place)));
        }
        let foreign = Grant { organisation: 3, ..grant(Role::Viewer, None) };
        assert!(!admin.sees(&foreign) && !reach(None, Some(Role::Owner)).may_change(&foreign));
    }

    #[test]
    fn closing_an_account_takes_the_whole_organisation_and_every_role_of_theirs() {
        let of = |role, place| Membership { id: 1, person: 5, grant: grant(role, place) };
        let (editor, owner) = (of(Role::Editor, Some(HERE)), of(Role::Owner, None));
        assert!(!reach(Some(Role::Admin), None).may_disable(std::slice::from_ref(&editor)));
        assert!(reach(None, Some(Role::Admin)).may_disable(std::slice::from_ref(&editor)));
        assert!(!reach(None, Some(Role::Admin)).may_disable(&[editor.clone(), owner.clone()]));
        assert!(reach(None, Some(Role::Owner)).may_disable(&[editor, owner]));
    }
}
