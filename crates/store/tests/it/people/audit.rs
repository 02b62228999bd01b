//! The audit log is only added to, and what is done to it behind the program's back is found where it was done.

use serde_json::json;
use store::catalog::{Actor, AuditError, AuditOf, NewAudit};

use super::{House, machine};

/// A log of so many entries, the first of them of setting up.
async fn log(entries: u32) -> House {
    let house = House::new().await;
    let by = Actor::person(house.owner, Some("192.0.2.7".to_owned()));
    for n in 2..=entries {
        let new = NewAudit {
            organisation: Some(1),
            action: "tried".to_owned(),
            object: format!("thing {n}"),
            after: Some(json!({ "n": n })),
            ..NewAudit::default()
        };
        assert_eq!(house.catalog.note(&by, &new).await.unwrap(), n);
    }
    assert_eq!(house.catalog.check_audit().await.unwrap(), u64::from(entries));
    house
}

#[tokio::test]
async fn entries_are_neither_changed_nor_deleted() {
    let house = log(3).await;
    let raw = house.raw().await;
    for text in ["UPDATE audit SET who = 'nobody' WHERE id = 2", "DELETE FROM audit WHERE id = 2"] {
        let refused = sqlx::query(text).execute(&raw).await.unwrap_err();
        assert!(refused.to_string().contains("the audit log"), "{refused}");
    }
    assert_eq!(house.catalog.check_audit().await.unwrap(), 3);
}

#[tokio::test]
async fn what_is_done_to_the_log_is_found_where_it_was_done() {
    for (done, broken) in [
        ("UPDATE audit SET after = '{\"n\":7}' WHERE id = 4", 4),
        ("UPDATE audit SET before = '' WHERE id = 4", 4),
        ("UPDATE audit SET who = 'person 2' WHERE id = 1", 1),
        ("UPDATE audit SET organisation = 2 WHERE id = 6", 6),
        ("UPDATE audit SET address = NULL WHERE id = 5", 5),
        ("UPDATE audit SET at = '2026-01-01T00:00:00Z' WHERE id = 3", 3),
        // One part grows by what the next one loses.
        ("UPDATE audit SET action = 'triedt', object = substr(object, 2) WHERE id = 2", 2),
        ("UPDATE audit SET link = 'none' WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 1", 1),
        ("DELETE FROM audit WHERE id = 6", 6),
        ("DELETE FROM audit", 1),
        (
            "UPDATE audit SET id = 9 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 9",
            4,
        ),
    ] {
        let house = log(6).await;
        let raw = house.raw().await;
        let text = format!("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted; {done}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&raw).await.unwrap();
        let error = house.catalog.check_audit().await.unwrap_err();
        assert!(matches!(error, AuditError::Broken { id } if id == broken), "{done}: {error}");
        // Going on does not hide it.
        house.catalog.note(&machine(), &NewAudit::default()).await.unwrap();
        let error = house.catalog.check_audit().await.unwrap_err();
        assert!(matches!(error, AuditError::Broken { id } if id == broken), "{done}: {error}");
    }
}

#[tokio::test]
async fn a_long_log_is_checked_and_read_in_pages() {
    let house = log(520).await;
    let mut ids = Vec::new();
    let mut before = None;
    loop {
        let page = house.catalog.audit(AuditOf::Organisation(1), before, 200).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        ids.extend(page.iter().map(|entry| entry.id));
    }
    assert_eq!(ids, (1..=520).rev().collect::<Vec<_>>());
    let raw = house.raw().await;
    let text = "DROP TRIGGER audit_is_not_changed; UPDATE audit SET object = 'thing' WHERE id = 510";
    sqlx::raw_sql(text).execute(&raw).await.unwrap();
    assert!(matches!(house.catalog.check_audit().await, Err(AuditError::Broken { id: 510 })));
}

#[tokio::test]
async fn many_at_once_make_one_chain() {
    let house = House::new().await;
    let workspace = house.catalog.ensure_workspace("default").await.unwrap().id;
    let all = (0..30).map(|n| {
        let catalog = house.catalog.clone();
        tokio::spawn(async move {
            let new = NewAudit {
                workspace: Some(workspace),
                action: "imported".to_owned(),
                object: format!("import {n}"),
                ..NewAudit::default()
            };
            catalog.note(&machine(), &new).await.unwrap()
        })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert_eq!(house.catalog.check_audit().await.unwrap(), 31);
    let entries = house.catalog.audit(AuditOf::Workspace(workspace), None, 100).await.unwrap();
    assert_eq!(entries.len(), 30);
    assert!(entries.iter().all(|entry| entry.organisation == Some(1)), "the workspace's is added");
    assert_eq!(house.catalog.audit(AuditOf::Everything, Some(2), 5).await.unwrap()[0].action, "set_up");
}
