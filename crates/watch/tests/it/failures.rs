//! What failed, in groups: counted over restarts, resolved, and open again when it recurs.

use std::time::Duration;

use watch::{Failure, Watch};

const FAILURE: Failure<'_> = Failure {
    kind: "internal",
    route: "/campaigns/{id}",
    origin: "facts",
    message: "no column 'Anna Müller'",
    error_id: "5f-001",
    request_id: "60-002",
};

#[tokio::test]
async fn groups_count_over_restarts_and_open_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("watch.sqlite3");
    let watch = Watch::open(&path).await.unwrap();
    for n in 0..20 {
        watch.failed(&Failure { error_id: &format!("id-{n}"), ..FAILURE });
    }
    watch.failed(&Failure { origin: "catalog", ..FAILURE });
    watch.close().await;

    let watch = Watch::open(&path).await.unwrap();
    watch.failed(&FAILURE);
    let groups = watch.failures(10).await.unwrap();
    assert_eq!(groups.len(), 2);
    let group = groups.iter().find(|group| group.origin == "facts").unwrap();
    assert_eq!((group.count, group.samples.len(), group.reopened), (21, 5, 0));
    assert_eq!(group.samples[0].error_id, "5f-001", "the newest first");
    assert_eq!(group.samples[1].error_id, "id-19");
    assert_eq!(group.message, "no column '…'", "nobody's name is kept");
    assert!(group.first_seen <= group.last_seen && !group.first_release.is_empty());

    assert!(watch.resolve(group.id, true).await.unwrap());
    assert!(!watch.resolve(99, true).await.unwrap());
    let groups = watch.failures(10).await.unwrap();
    assert_eq!(
        (groups[0].origin.as_str(), groups[1].origin.as_str()),
        ("catalog", "facts"),
        "open ones first"
    );
    assert!(groups[1].resolved_at.is_some());
    tokio::time::sleep(Duration::from_millis(5)).await;
    watch.failed(&FAILURE);
    let groups = watch.failures(10).await.unwrap();
    assert_eq!((groups[0].origin.as_str(), groups[0].resolved_at, groups[0].reopened), ("facts", None, 1));
    assert!(watch.resolve(groups[0].id, true).await.unwrap());
    assert!(watch.resolve(groups[0].id, false).await.unwrap());
    assert!(watch.failures(10).await.unwrap().iter().all(|group| group.resolved_at.is_none()));
}

#[tokio::test]
async fn a_storm_of_failures_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::open(&folder.path().join("watch.sqlite3")).await.unwrap();
    for _ in 0..2 {
        for n in 0..2000 {
            watch.failed(&Failure {
                origin: &format!("place {n}"),
                message: &"long ".repeat(10_000),
                ..FAILURE
            });
        }
        watch.tick(jiff::Timestamp::now()).await.unwrap();
    }
    let groups = watch.failures(10_000).await.unwrap();
    assert!(groups.len() <= 500, "{}", groups.len());
    assert!(groups.iter().all(|group| group.message.len() <= 400 && group.samples.len() <= 5));
}

#[tokio::test]
async fn without_a_memory_they_are_told_until_the_end() {
    let watch = Watch::forgetful();
    watch.failed(&FAILURE);
    watch.failed(&FAILURE);
    watch.tick(jiff::Timestamp::now()).await.unwrap();
    let groups = watch.failures(10).await.unwrap();
    assert_eq!((groups.len(), groups[0].count), (1, 2));
    assert!(!watch.resolve(groups[0].id, true).await.unwrap());
}
