//! Everything that is kept about somebody, for themselves.

use serde_json::{Value, json};
use sqlx::Row;

use super::{PeopleError, audit, memberships, passkeys, provider_links, sessions, tokens};
use crate::catalog::{Catalog, notes, shared_links};

impl Catalog {
    /// Everything that is kept about somebody, but for secrets: who they are, what they may do, their sessions, the tokens and
    /// shared links that they made, the notes that they wrote, invitations to their address, and what the audit log says of them.
    ///
    /// # Errors
    /// If there is no such person, or the catalog fails.
    pub async fn export_person(&self, id: u32) -> Result<Value, PeopleError> {
        let person = self.person(id).await?.ok_or(PeopleError::NotFound("person"))?.person;
        let who = format!("person {id}");
        let mut tables = self.reading().acquire().await.map_err(PeopleError::from)?;
        let memberships = memberships::of(&mut tables, id).await?;
        let sessions = sessions::of(&mut tables, id).await?;
        let providers = provider_links::of(&mut tables, id).await?;
        let passkeys = passkeys::of(&mut tables, id).await?;
        drop(tables);
        let invitations = sqlx::query("SELECT * FROM invitation WHERE email = ? ORDER BY id")
            .bind(&person.email)
            .fetch_all(self.reading())
            .await?;
        let invitations = invitations.iter().map(|row| -> Result<Value, PeopleError> {
            let grant = super::Grant::from_row(row)?.told();
            let (id, made_by): (u32, String) = (row.try_get("id")?, row.try_get("made_by")?);
            let (made_at, expires_at) = (super::seconds(row, "made_at")?, super::seconds(row, "expires_at")?);
            Ok(json!({ "id": id, "grant": grant, "made_by": made_by, "made_at": made_at, "expires_at": expires_at }))
        });
        let tokens = tokens::made_by(self, &who).await?;
        let shared = shared_links::made_by(self, &who).await?;
        let notes = notes::made_by(self, &who).await?;
        let entries = audit::about(self, &who).await?;
        Ok(json!({
            "person": {
                "id": person.id, "email": person.email, "name": person.name, "made_at": person.made_at,
                "has_password": person.has_password, "has_second_factor": person.has_second_factor,
                "is_disabled": person.is_disabled, "is_erased": person.is_erased,
            },
            "memberships": memberships.iter().map(|membership| {
                json!({ "id": membership.id, "grant": membership.grant.told() })
            }).collect::<Vec<_>>(),
            "sessions": sessions.iter().map(|session| json!({
                "id": session.id, "made_at": session.made_at, "seen_at": session.seen_at,
                "idle_until": session.idle_until, "expires_at": session.expires_at,
                "agent": session.agent, "address": session.address,
            })).collect::<Vec<_>>(),
            "providers": providers.iter().map(|link| json!({
                "id": link.id, "issuer": link.issuer, "email": link.email, "made_at": link.made_at, "used_at": link.used_at,
            })).collect::<Vec<_>>(),
            "passkeys": passkeys.iter().map(|key| json!({
                "id": key.id, "name": key.name, "host": key.host, "is_synced": key.is_synced, "made_at": key.made_at,
                "used_at": key.used_at,
            })).collect::<Vec<_>>(),
            "tokens": tokens.iter().map(|token| json!({
                "id": token.id, "shown": token.shown, "name": token.name, "grant": token.grant.told(),
                "made_at": token.made_at, "expires_at": token.expires_at, "used_at": token.used_at,
                "revoked_at": token.revoked_at,
            })).collect::<Vec<_>>(),
            "shared_links": shared.iter().map(|link| json!({
                "id": link.id, "workspace": link.workspace, "shown": link.shown, "name": link.name, "address": link.address,
                "has_password": link.password.is_some(), "origins": link.origins, "made_at": link.made_at,
                "expires_at": link.expires_at, "revoked_at": link.revoked_at, "opens": link.opens, "opened_at": link.opened_at,
            })).collect::<Vec<_>>(),
            "notes": notes.iter().map(|note| json!({
                "id": note.id, "from": note.days.map(domain::Period::from), "to": note.days.map(domain::Period::to),
                "campaign": note.campaign.map(|(campaign, _)| campaign), "text": note.text, "made_at": note.made_at,
                "changed_at": note.changed_at,
            })).collect::<Vec<_>>(),
            "invitations": invitations.collect::<Result<Vec<_>, _>>()?,
            "audit": entries.iter().map(|entry| json!({
                "id": entry.id, "at": entry.at, "organisation": entry.organisation, "workspace": entry.workspace,
                "who": entry.who, "action": entry.action, "object": entry.object, "before": entry.before,
                "after": entry.after, "address": entry.address,
            })).collect::<Vec<_>>(),
        }))
    }
}
