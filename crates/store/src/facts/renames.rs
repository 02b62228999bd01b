//! Campaigns that go on under another name: what people decided of pairs that look like it.

use duckdb::{Connection, params};
use jiff::Timestamp;

use super::{EntityId, Facts, FactsError, locked};
use crate::WorkspaceId;

/// A decision about a pair of campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rename {
    /// The campaign whose name ended.
    pub old: EntityId,
    /// The one that began.
    pub new: EntityId,
    /// Whether they are one; else the pair is not proposed again.
    pub is_accepted: bool,
    /// When it was decided.
    pub decided_at: Timestamp,
}

impl Facts {
    /// Keeps a decision, in place of one about the same pair. Figures stay as they were reported; who reads puts them together.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn decide_rename(&self, workspace: WorkspaceId, rename: &Rename) -> Result<(), FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| {
            forget(writer, workspace, rename.old, rename.new)?;
            writer.execute(
                "INSERT INTO campaign_rename VALUES (?, ?, ?, ?, make_timestamp(?))",
                params![
                    workspace,
                    rename.old,
                    rename.new,
                    rename.is_accepted,
                    rename.decided_at.as_microsecond()
                ],
            )?;
            Ok(())
        })
    }

    /// Takes a decision about a pair back; whether there was one.
    ///
    /// # Errors
    /// If the engine fails; nothing was changed then.
    pub fn forget_rename(
        &self,
        workspace: WorkspaceId,
        old: EntityId,
        new: EntityId,
    ) -> Result<bool, FactsError> {
        let writer = locked(&self.writer);
        self.commit(&writer, |writer| Ok(forget(writer, workspace, old, new)? > 0))
    }
}

fn forget(
    writer: &Connection,
    workspace: WorkspaceId,
    old: EntityId,
    new: EntityId,
) -> Result<usize, FactsError> {
    Ok(writer.execute(
        "DELETE FROM campaign_rename WHERE workspace = ? AND old_campaign = ? AND new_campaign = ?",
        params![workspace, old, new],
    )?)
}

/// The decisions of a workspace, oldest first.
///
/// # Errors
/// If the engine fails.
pub fn renames_of(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<Rename>, FactsError> {
    let mut statement = connection.prepare_cached(
        "SELECT old_campaign, new_campaign, is_accepted, epoch_us(decided_at) FROM campaign_rename
         WHERE workspace = ? ORDER BY decided_at, old_campaign",
    )?;
    let mut rows = statement.query(params![workspace])?;
    let mut renames = Vec::new();
    while let Some(row) = rows.next()? {
        let decided_at = Timestamp::from_microsecond(row.get(3)?).unwrap_or_default();
        renames.push(Rename { old: row.get(0)?, new: row.get(1)?, is_accepted: row.get(2)?, decided_at });
    }
    Ok(renames)
}
