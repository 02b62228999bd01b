//! Sessions end when they should, and a rotated secret counts no longer than requests under way need it.

use people::Role;
use store::catalog::{MOST_SESSIONS, NewSession, PeopleError};

use super::{House, all_of, at, digest, machine};

fn new(person: u32, n: u8, second: i64) -> NewSession {
    NewSession {
        digest: digest(n),
        person,
        now: at(second),
        idle_secs: 600,
        absolute_secs: 3600,
        agent: "Firefox".to_owned(),
        address: "192.0.2.7".to_owned(),
    }
}

#[tokio::test]
async fn the_secret_before_a_rotation_counts_for_a_minute() {
    let House { catalog, owner, .. } = &House::new().await;
    let id = catalog.make_session(&new(*owner, 1, 0)).await.unwrap();
    let version = catalog.people_version();
    assert!(!catalog.session(&digest(1), at(99)).await.unwrap().unwrap().is_rotated);
    assert!(catalog.rotate_session(id, &digest(1), &digest(2), at(100)).await.unwrap());
    assert!(catalog.people_version() > version, "what was known of the old secret is of the past");
    assert!(!catalog.rotate_session(id, &digest(1), &digest(3), at(101)).await.unwrap(), "only once");
    let old = catalog.session(&digest(1), at(159)).await.unwrap().unwrap();
    assert!(old.is_rotated && old.id == id && old.rotated_at == at(100));
    assert_eq!(catalog.session(&digest(1), at(160)).await.unwrap(), None);
    assert!(!catalog.session(&digest(2), at(160)).await.unwrap().unwrap().is_rotated);
    assert_eq!(catalog.session(&digest(3), at(160)).await.unwrap(), None);
    assert!(catalog.rotate_session(id, &digest(2), &digest(4), at(161)).await.unwrap());
    assert_eq!(catalog.session(&digest(1), at(161)).await.unwrap(), None, "the one before the one before");
    assert!(catalog.session(&digest(2), at(162)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old() {
    let House { catalog, owner, .. } = &House::new().await;
    let id = catalog.make_session(&new(*owner, 1, 0)).await.unwrap();
    let counts = async |second| catalog.session(&digest(1), at(second)).await.unwrap().is_some();
    assert!(counts(599).await && !counts(600).await);
    let version = catalog.people_version();
    catalog.touch_session(id, at(500), at(1100)).await.unwrap();
    assert!(counts(1099).await && !counts(1100).await);
    catalog.touch_session(id, at(1100), at(1700)).await.unwrap();
    assert!(!counts(1100).await, "one that is over stays so");
    catalog.touch_session(id, at(1000), at(9000)).await.unwrap();
    catalog.touch_session(id, at(900), at(1500)).await.unwrap();
    assert!(counts(3599).await && !counts(3600).await, "at last it is too old, and no late note shortens it");
    assert_eq!(catalog.people_version(), version, "that it was seen changes nothing");
    assert_eq!(catalog.sessions(*owner, at(3599)).await.unwrap().len(), 1);
    assert_eq!(catalog.sessions(*owner, at(3600)).await.unwrap(), []);
    assert!(!catalog.rotate_session(id, &digest(1), &digest(2), at(3600)).await.unwrap());
    assert_eq!(catalog.tidy_people(at(3599)).await.unwrap(), 0);
    assert_eq!(catalog.tidy_people(at(3600)).await.unwrap(), 1);
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_goes() {
    let house = House::new().await;
    let (catalog, owner) = (&house.catalog, house.owner);
    let other = house.person("bo@kranich.example", all_of(1, Role::Viewer)).await;
    catalog.make_session(&new(other, 200, 0)).await.unwrap();
    // Over when the others begin: it takes nobody's place.
    catalog.make_session(&NewSession { idle_secs: 1, ..new(owner, 201, 0) }).await.unwrap();
    for n in 1..=20 {
        catalog.make_session(&new(owner, n, i64::from(n))).await.unwrap();
    }
    assert!(catalog.session(&digest(1), at(30)).await.unwrap().is_some());
    let version = catalog.people_version();
    catalog.make_session(&new(owner, 21, 30)).await.unwrap();
    assert!(catalog.people_version() > version);
    assert_eq!(catalog.session(&digest(1), at(30)).await.unwrap(), None);
    assert!(catalog.session(&digest(2), at(30)).await.unwrap().is_some());
    assert!(catalog.session(&digest(200), at(30)).await.unwrap().is_some(), "somebody else's");
    assert_eq!(catalog.sessions(owner, at(30)).await.unwrap().len(), MOST_SESSIONS as usize);
}

#[tokio::test]
async fn sessions_are_ended_by_their_own_person() {
    let house = House::new().await;
    let (catalog, owner, by) = (&house.catalog, house.owner, machine());
    let other = house.person("bo@kranich.example", all_of(1, Role::Viewer)).await;
    let mut ids = Vec::new();
    for n in 1..=3 {
        ids.push(catalog.make_session(&new(owner, n, 0)).await.unwrap());
    }
    catalog.make_session(&new(other, 9, 0)).await.unwrap();
    assert!(matches!(catalog.end_session(&by, other, ids[0]).await, Err(PeopleError::NotFound("session"))));
    catalog.end_session(&by, owner, ids[0]).await.unwrap();
    let left = async || {
        let sessions = catalog.sessions(owner, at(1)).await.unwrap();
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(left().await, [ids[2], ids[1]]);
    let version = catalog.people_version();
    catalog.set_password(&by, owner, "hash-2", Some(ids[1])).await.unwrap();
    assert_eq!(left().await, [ids[1]], "another password ends the others");
    assert!(catalog.people_version() > version);
    assert_eq!(catalog.end_sessions(&by, owner, Some(ids[1])).await.unwrap(), 0);
    assert_eq!(catalog.end_sessions(&by, owner, None).await.unwrap(), 1);
    assert!(catalog.session(&digest(9), at(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn whoever_is_kept_out_has_no_session() {
    let house = House::new().await;
    let (catalog, by) = (&house.catalog, machine());
    let other = house.person("bo@kranich.example", all_of(1, Role::Viewer)).await;
    catalog.make_session(&new(other, 1, 0)).await.unwrap();
    let version = catalog.people_version();
    catalog.disable_person(&by, Some(1), other, true).await.unwrap();
    assert!(catalog.people_version() > version);
    assert_eq!(catalog.session(&digest(1), at(1)).await.unwrap(), None);
    assert!(matches!(catalog.make_session(&new(other, 2, 0)).await, Err(PeopleError::NotFound("person"))));
    catalog.disable_person(&by, Some(1), other, false).await.unwrap();
    assert_eq!(catalog.session(&digest(1), at(1)).await.unwrap(), None, "what was ended stays so");
    catalog.make_session(&new(other, 2, 0)).await.unwrap();
    // Also if something left the session where it was.
    let raw = house.raw().await;
    sqlx::query("UPDATE person SET is_disabled = 1 WHERE id = ?").bind(other).execute(&raw).await.unwrap();
    assert_eq!(catalog.session(&digest(2), at(1)).await.unwrap(), None);
}
