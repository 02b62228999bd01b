//! Tokens count until they are revoked or past their time, and go along when a workspace leaves.

use people::Role;
use store::catalog::{Actor, AuditOf, Grant, NewToken, PeopleError};

use super::{House, all_of, at, digest, machine};

#[tokio::test]
async fn a_token_counts_until_it_is_revoked_or_past_its_time() {
    let house = House::new().await;
    let (catalog, by) = (&house.catalog, Actor::person(house.owner, None));
    let new = |n, grant, expires_at| NewToken {
        digest: digest(n),
        shown: format!("adroit_{n}"),
        name: format!("Reports {n}"),
        grant,
        expires_at,
    };
    let client = Grant { accounts: Some(vec![]), ..all_of(1, Role::Client) };
    let short = catalog.make_token(&by, &new(1, client.clone(), Some(at(600)))).await.unwrap();
    let long = catalog.make_token(&by, &new(2, all_of(1, Role::Editor), None)).await.unwrap();
    let found = async |n, second| catalog.token(&digest(n), at(second)).await.unwrap();
    let token = found(1, 599).await.unwrap();
    assert_eq!(
        (token.id, &token.grant, token.used_at),
        (short, &client, None),
        "no account is not all of them"
    );
    assert_eq!(found(1, 600).await, None);
    assert!(found(2, 9_000_000).await.is_some() && found(3, 0).await.is_none());

    let version = catalog.people_version();
    catalog.touch_token(long, at(50)).await.unwrap();
    catalog.touch_token(long, at(40)).await.unwrap();
    assert_eq!(found(2, 60).await.unwrap().used_at, Some(at(50)));
    assert_eq!(catalog.people_version(), version);

    house.other_organisation().await;
    assert_eq!(catalog.tokens(2).await.unwrap(), []);
    assert!(matches!(catalog.revoke_token(&by, 2, long).await, Err(PeopleError::NotFound("token"))));
    catalog.revoke_token(&by, 1, long).await.unwrap();
    assert!(matches!(catalog.revoke_token(&by, 1, long).await, Err(PeopleError::NotFound("token"))));
    assert!(catalog.people_version() > version);
    assert_eq!(found(2, 60).await, None);
    let listed = catalog.tokens(1).await.unwrap();
    assert_eq!(listed.iter().map(|token| token.id).collect::<Vec<_>>(), [long, short]);
    assert!(listed[0].revoked_at.is_some() && listed[0].made_by == "person 1");
    let limited = new(4, Grant { accounts: Some(vec![1]), ..all_of(1, Role::Viewer) }, None);
    assert!(matches!(catalog.make_token(&by, &limited).await, Err(PeopleError::NotForRole(_))));
}

#[tokio::test]
async fn a_workspace_leaves_with_its_tokens_and_entries() {
    let house = House::new().await;
    let catalog = &house.catalog;
    let workspace = catalog.ensure_workspace("default").await.unwrap().id;
    let grant = Grant { workspace: Some(workspace), ..all_of(1, Role::Viewer) };
    let new = NewToken {
        digest: digest(1),
        shown: "adroit_1".to_owned(),
        name: "Reports".to_owned(),
        grant,
        expires_at: None,
    };
    catalog.make_token(&machine(), &new).await.unwrap();
    let left = catalog.everything_of(workspace).await.unwrap();
    assert_eq!(left["token"][0]["name"], "Reports");
    assert_eq!(left["audit"][0]["action"], "token_made");
    assert_eq!(catalog.audit(AuditOf::Workspace(workspace), None, 10).await.unwrap().len(), 1);
    assert_eq!(catalog.audit(AuditOf::Workspace(workspace + 1), None, 10).await.unwrap(), []);
}
