//! What is kept for some time only goes after that, is noted, and leaves the chain of the audit log whole.

use jiff::{SignedDuration, Timestamp};
use people::Role;
use store::Catalog;
use store::catalog::{Actor, AuditOf, Grant, Keeping, NewAudit, NewToken, Retention};

async fn open(folder: &tempfile::TempDir) -> Catalog {
    Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

async fn done(catalog: &Catalog, what: &str) {
    let entry = NewAudit {
        organisation: Some(1),
        action: what.to_owned(),
        object: "something".to_owned(),
        ..NewAudit::default()
    };
    catalog.note(&Actor::this_machine(), &entry).await.unwrap();
}

#[tokio::test]
async fn the_audit_log_is_shortened_from_its_beginning_and_its_chain_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(&folder).await;
    for what in ["one", "two", "three", "four", "five"] {
        done(&catalog, what).await;
    }
    let now = Timestamp::now();
    assert_eq!(catalog.carry_out_retention(now).await.unwrap(), [], "nothing is said, so everything is kept");
    let wanted = [Retention { kind: Keeping::AuditLog, days: Some(30) }];
    catalog.set_retention(&Actor::this_machine(), 1, &wanted).await.unwrap();
    assert_eq!(catalog.carry_out_retention(now).await.unwrap(), [], "all of it is young");
    assert_eq!(catalog.check_audit().await.unwrap(), 6);

    // A clock that jumps ahead by years is followed by a day at a time.
    let far = now + days(3_650);
    let mut calls = 0;
    let removed = loop {
        calls += 1;
        let removed = catalog.carry_out_retention(far).await.unwrap();
        if !removed.is_empty() {
            break removed;
        }
        assert_eq!(catalog.check_audit().await.unwrap(), 6);
        assert!(calls < 60, "it is never carried out");
    };
    assert!(calls >= 30, "{calls}");
    assert_eq!(removed, [(Keeping::AuditLog, 5)], "the newest stays");
    assert_eq!(catalog.audit_start().await.unwrap().map(|start| start.id), Some(5));
    let left = catalog.audit(AuditOf::Everything, None, 10).await.unwrap();
    let actions: Vec<&str> = left.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["retention_carried_out", "retention_changed"]);
    done(&catalog, "six").await;
    assert_eq!(catalog.check_audit().await.unwrap(), 3);
    let always = [Retention { kind: Keeping::AuditLog, days: None }];
    catalog.set_retention(&Actor::this_machine(), 1, &always).await.unwrap();
    assert_eq!(catalog.carry_out_retention(far).await.unwrap(), []);
    assert_eq!(catalog.check_audit().await.unwrap(), 4);
}

#[tokio::test]
async fn tokens_that_count_no_more_go_after_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(&folder).await;
    let (by, now) = (Actor::this_machine(), Timestamp::now());
    let token = |n: u8, expires_at: Option<Timestamp>| NewToken {
        digest: [n; 32],
        shown: format!("adt_{n}"),
        name: format!("token {n}"),
        grant: Grant { role: Role::Viewer, organisation: 1, workspace: None, accounts: None },
        expires_at,
    };
    let old = catalog.make_token(&by, &token(1, Some(now - days(40)))).await.unwrap();
    let recent = catalog.make_token(&by, &token(2, Some(now - days(20)))).await.unwrap();
    let good = catalog.make_token(&by, &token(3, None)).await.unwrap();
    assert_eq!((old, recent, good), (1, 2, 3));
    let wanted = [Retention { kind: Keeping::Tokens, days: Some(30) }];
    catalog.set_retention(&by, 1, &wanted).await.unwrap();
    assert_eq!(catalog.carry_out_retention(now).await.unwrap(), [(Keeping::Tokens, 1)]);
    let left: Vec<u32> = catalog.tokens(1).await.unwrap().iter().map(|token| token.id).collect();
    assert_eq!(left, [3, 2]);
    assert_eq!(catalog.make_token(&by, &token(4, None)).await.unwrap(), 4, "no number comes again");
}
