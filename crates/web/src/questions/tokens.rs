//! Tokens: secrets by which programs ask. Who may make and end which is said in [`super::people`].

use jiff::{SignedDuration, Timestamp};
use people::{Digest, Secret, TOKEN, shown};
use store::catalog::{NewToken, TokenRecord, Workspace};

use super::people::{Reach, WantedGrant, grant, missing};
use crate::WebError;
use crate::access::Asked;
use crate::entrance::refused;

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;
/// Most days for which a token that expires counts: ten years.
const MOST_DAYS: u32 = 3650;

/// A token that is to be made, as it was typed or sent.
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) grant: WantedGrant,
    /// After how many days it expires; none for never.
    pub(crate) days: Option<u32>,
}

/// A token that was made, with the secret that is shown this once.
pub(crate) struct Made {
    pub(crate) token: TokenRecord,
    pub(crate) secret: Secret,
}

/// How a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Counts,
    Expired,
    Revoked,
}

impl Standing {
    pub(crate) fn of(token: &TokenRecord, now: Timestamp) -> Self {
        Self::at(token.revoked_at, token.expires_at, now)
    }

    /// Of what was revoked or not, and expires or not.
    pub(crate) fn at(revoked_at: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        match (revoked_at, expires_at) {
            (Some(_), _) => Self::Revoked,
            (None, Some(end)) if end <= now => Self::Expired,
            _ => Self::Counts,
        }
    }

    /// The word for it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// The tokens that the visitor may know of from a workspace, newest first.
pub(crate) async fn tokens(state: &Asked, workspace: &Workspace) -> Result<Vec<TokenRecord>, WebError> {
    let reach = Reach::of(state, workspace);
    let mut tokens = state.catalog().tokens(workspace.organisation).await?;
    tokens.retain(|token| reach.sees(&token.grant));
    Ok(tokens)
}

/// Makes a token.
pub(crate) async fn make(state: &Asked, workspace: &Workspace, wanted: Wanted) -> Result<Made, WebError> {
    let name = wanted.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(WebError::parameter("name", "it can't name a token", "use 1 to 60 letters"));
    }
    let now = Timestamp::now();
    let expires_at = wanted.days.map(|days| expiry(now, days)).transpose()?;
    let grant = grant(state, workspace, wanted.grant).await?;
    let secret = Secret::new(TOKEN);
    let new = NewToken {
        digest: *Digest::of(secret.text()).as_bytes(),
        shown: shown(secret.text()),
        name,
        grant,
        expires_at,
    };
    let by = state.actor();
    let id = state.catalog().make_token(&by, &new).await.map_err(refused)?;
    let NewToken { shown, name, grant, expires_at, .. } = new;
    let token = TokenRecord {
        id,
        shown,
        name,
        grant,
        made_by: by.who,
        made_at: now,
        expires_at,
        used_at: None,
        revoked_at: None,
    };
    Ok(Made { token, secret })
}

/// Ends a token.
pub(crate) async fn revoke(state: &Asked, workspace: &Workspace, id: u32) -> Result<(), WebError> {
    let tokens = tokens(state, workspace).await?;
    let token = tokens.iter().find(|token| token.id == id).ok_or_else(|| missing("token", id))?;
    Reach::of(state, workspace).change(&token.grant, "token", id)?;
    state.catalog().revoke_token(&state.actor(), workspace.organisation, id).await.map_err(refused)
}

fn expiry(now: Timestamp, days: u32) -> Result<Timestamp, WebError> {
    if !(1..=MOST_DAYS).contains(&days) {
        let remedy = "use 1 to 3650 days, or leave it out for a token that never expires";
        return Err(WebError::parameter("expires_in_days", "that is no time to expire in", remedy));
    }
    let after = SignedDuration::from_hours(i64::from(days) * 24);
    Ok(now.saturating_add(after).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use people::Role;
    use store::catalog::Grant;

    use super::*;

    #[test]
    fn a_token_counts_until_it_expires_or_is_revoked() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let token = TokenRecord {
            id: 1,
            shown: "adt_abcdef".to_owned(),
            name: "Nightly".to_owned(),
            grant: Grant { role: Role::Viewer, organisation: 1, workspace: None, accounts: None },
            made_by: "person 1".to_owned(),
            made_at: at(0),
            expires_at: Some(at(100)),
            used_at: None,
            revoked_at: None,
        };
        assert_eq!(Standing::of(&token, at(99)), Standing::Counts);
        assert_eq!(Standing::of(&token, at(100)), Standing::Expired);
        let revoked = TokenRecord { revoked_at: Some(at(50)), ..token.clone() };
        assert_eq!(Standing::of(&revoked, at(200)), Standing::Revoked);
        assert_eq!(Standing::of(&TokenRecord { expires_at: None, ..token }, at(1 << 32)), Standing::Counts);
    }

    #[test]
    fn it_expires_in_a_number_of_days() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(expiry(now, 1).unwrap().as_second(), 86_400);
        for wrong in [0, 3651, u32::MAX] {
            assert_eq!(
                expiry(now, wrong).unwrap_err().problem().parameter.as_deref(),
                Some("expires_in_days")
            );
        }
    }
}
