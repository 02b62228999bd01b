//! No statement about people reads a growing table from end to end.

use crate::query_plans::{opened, scans, statements, steps};

const FOLDER: &str = "src/catalog/people";

#[tokio::test]
async fn no_statement_reads_a_growing_table_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let pool = opened(folder.path()).await;
    let statements = statements(FOLDER);
    assert!(statements.len() >= 60, "only {} found: is this test still looking right?", statements.len());
    for statement in statements {
        let steps = steps(&pool, &statement).await;
        assert!(scans(&steps).is_empty(), "{statement}\n{steps:?}");
    }
}

#[tokio::test]
async fn a_missing_index_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let pool = opened(folder.path()).await;
    for (index, statement_of_it) in [
        ("session_idle", "DELETE FROM session WHERE idle_until <= ?"),
        ("ticket_used", "DELETE FROM ticket WHERE used_at <= ?"),
        ("token_by_organisation", "SELECT * FROM token WHERE organisation = ? ORDER BY id DESC"),
        ("invitation_open", "AND revoked_at IS NULL ORDER BY id"),
        ("audit_by_who", "FROM audit_named WHERE who = ?"),
        ("membership_by_organisation", "ORDER BY membership.person, membership.id"),
    ] {
        let statement = statements(FOLDER).into_iter().find(|text| text.contains(statement_of_it)).unwrap();
        let with = steps(&pool, &statement).await;
        assert!(with.iter().any(|step| step.contains(index)), "{statement}\n{with:?}");
        sqlx::query(sqlx::AssertSqlSafe(format!("DROP INDEX {index}"))).execute(&pool).await.unwrap();
        let without = steps(&pool, &statement).await;
        assert!(!without.iter().any(|step| step.contains(index)), "{without:?}");
        assert!(!scans(&without).is_empty(), "{statement}\n{without:?}");
    }
}
