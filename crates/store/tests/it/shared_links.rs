//! Shared links count until they are revoked or past their time, are found by their digest, and leave with their workspace.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use store::Catalog;
use store::catalog::{Actor, AuditOf, NewSharedLink, Opens, SharedLinkError};

use crate::query_plans::{opened, statements, steps};

fn at(second: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(second)
}

fn new(n: u8, expires_at: Timestamp) -> NewSharedLink {
    NewSharedLink {
        digest: [n; 32],
        shown: format!("adh_{n}"),
        name: format!("Link {n}"),
        address: "/campaigns?sort=-roas".to_owned(),
        password: (n == 2).then(|| "$argon2id$hash".to_owned()),
        origins: vec!["https://www.example.com".to_owned()],
        expires_at,
    }
}

async fn catalog(folder: &tempfile::TempDir) -> (Catalog, u32, u32) {
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let north = catalog.ensure_workspace("north").await.unwrap().id;
    let south = catalog.ensure_workspace("south").await.unwrap().id;
    (catalog, north, south)
}

#[tokio::test]
async fn a_link_is_found_by_its_digest_and_ended_in_its_workspace_only() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, north, south) = catalog(&folder).await;
    let by = Actor::person(3, None);
    let version = catalog.shared_links_version();
    let id = catalog.make_shared_link(&by, north, &new(1, at(3600))).await.unwrap();
    assert!(catalog.shared_links_version() > version, "who remembers links reads them again");
    let link = catalog.shared_link(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((link.id, link.workspace, link.made_by.as_str()), (id, north, "person 3"));
    assert_eq!(
        (link.origins.as_slice(), link.revoked_at),
        (&["https://www.example.com".to_owned()][..], None)
    );
    assert_eq!(catalog.shared_link(&[2; 32]).await.unwrap(), None);

    let version = catalog.shared_links_version();
    let refused = catalog.revoke_shared_link(&by, south, id).await;
    assert!(matches!(refused, Err(SharedLinkError::NotFound)), "{refused:?}");
    catalog.revoke_shared_link(&by, north, id).await.unwrap();
    assert!(matches!(catalog.revoke_shared_link(&by, north, id).await, Err(SharedLinkError::NotFound)));
    assert!(catalog.shared_links_version() > version);
    assert!(catalog.shared_link(&[1; 32]).await.unwrap().unwrap().revoked_at.is_some());
    let entries = catalog.audit(AuditOf::Workspace(north), None, 10).await.unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.action.as_str(), entry.object.as_str(), entry.organisation))
        .collect();
    let object = format!("shared link {id}");
    assert_eq!(
        told,
        [("shared_link_revoked", object.as_str(), Some(1)), ("shared_link_made", object.as_str(), Some(1))]
    );
    assert_eq!(catalog.audit(AuditOf::Workspace(south), None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn opens_add_up_and_lists_are_paged() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, north, south) = catalog(&folder).await;
    let by = Actor::this_machine();
    let mut ids = Vec::new();
    for n in 1..=5 {
        ids.push(catalog.make_shared_link(&by, north, &new(n, at(3600))).await.unwrap());
    }
    catalog.make_shared_link(&by, south, &new(9, at(3600))).await.unwrap();
    let (early, late) = (at(-100), at(-50));
    let version = catalog.shared_links_version();
    for (count, last) in [(3, late), (2, early)] {
        catalog.add_opens(&HashMap::from([(ids[0], Opens { count, last })])).await.unwrap();
    }
    assert_eq!(catalog.shared_links_version(), version, "that it was opened changes nothing of a link");
    let first = catalog.shared_link(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((first.opens, first.opened_at.map(Timestamp::as_second)), (5, Some(late.as_second())));

    let numbers = async |before, limit| -> Vec<u32> {
        let links = catalog.shared_links(north, before, limit).await.unwrap();
        links.iter().map(|link| link.id).collect()
    };
    assert_eq!(numbers(None, 2).await, [ids[4], ids[3]]);
    assert_eq!(numbers(Some(ids[3]), 9).await, [ids[2], ids[1], ids[0]]);
    assert_eq!(catalog.shared_links(south, None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_expired_long_ago_goes_and_a_workspace_leaves_with_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, north, south) = catalog(&folder).await;
    let by = Actor::person(1, None);
    catalog.make_shared_link(&by, north, &new(1, at(-31 * 24 * 3600))).await.unwrap();
    catalog.make_shared_link(&by, north, &new(2, at(-29 * 24 * 3600))).await.unwrap();
    assert_eq!(catalog.tidy_shared_links(Timestamp::now()).await.unwrap(), 1);
    assert_eq!(catalog.shared_link(&[1; 32]).await.unwrap(), None);
    let left = catalog.everything_of(north).await.unwrap();
    assert_eq!(left["shared_link"][0]["name"], "Link 2");
    let fields = left["shared_link"][0].as_object().unwrap();
    assert!(!fields.contains_key("digest") && !fields.contains_key("password"), "{fields:?}");
    assert_eq!(catalog.everything_of(south).await.unwrap()["shared_link"].as_array().unwrap().len(), 0);

    let owner =
        catalog.set_up(&Actor::this_machine(), "North", "ada@example.org", "Ada", "hash-0").await.unwrap();
    assert_eq!(owner, 1);
    let about = catalog.export_person(owner).await.unwrap();
    assert_eq!(about["shared_links"][0]["name"], "Link 2");
    assert_eq!(about["shared_links"][0]["has_password"], true);
    assert!(!about.to_string().contains("argon2id"), "{about}");
}

#[tokio::test]
async fn opening_a_link_reads_one_row() {
    let folder = tempfile::tempdir().unwrap();
    let pool = opened(folder.path()).await;
    for (statement_of_it, index) in [
        ("FROM shared_link WHERE digest = ?", "sqlite_autoindex_shared_link_1"),
        ("FROM shared_link WHERE workspace = ? AND id < ?", "shared_link_newest"),
        ("FROM shared_link WHERE expires_at <= ?", "shared_link_expired"),
        ("FROM shared_link WHERE made_by = ?", "shared_link_by_maker"),
    ] {
        let all = statements("src/catalog");
        let statement = all.iter().find(|text| text.contains(statement_of_it)).unwrap();
        let steps = steps(&pool, statement).await;
        assert!(steps.iter().any(|step| step.starts_with("SEARCH") && step.contains(index)), "{steps:?}");
    }
}
