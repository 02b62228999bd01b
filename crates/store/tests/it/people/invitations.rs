//! An invitation lets somebody in once, and changes nobody who is here already.

use people::Role;
use store::catalog::{Accepted, Actor, Grant, NewInvitation, PeopleError};

use super::{House, all_of, at, digest, machine};

fn new(n: u8, email: &str, grant: Grant) -> NewInvitation {
    NewInvitation { digest: digest(n), email: email.to_owned(), grant, expires_at: at(600) }
}

#[tokio::test]
async fn of_twenty_who_accept_at_once_one_comes_in() {
    let house = House::new().await;
    let (catalog, owner) = (house.catalog.clone(), house.owner);
    let by = Actor::person(owner, Some("192.0.2.7".to_owned()));
    catalog.invite(&by, &new(1, "bo@kranich.example", all_of(1, Role::Editor))).await.unwrap();
    let open = catalog.invitation(&digest(1), at(599)).await.unwrap().unwrap();
    assert_eq!((open.email.as_str(), open.made_by.as_str()), ("bo@kranich.example", "person 1"));
    let tries = (0..20).map(|n| {
        let catalog = catalog.clone();
        tokio::spawn(async move {
            let hash = format!("hash-{n}");
            catalog.accept_invitation(&machine(), &digest(1), at(1), "Bo", &hash).await.map(|who| (who, hash))
        })
    });
    let mut came = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(who) => came.push(who),
            Err(error) => assert!(matches!(error, PeopleError::NotFound("invitation")), "{error}"),
        }
    }
    let [(Accepted { person, is_new: true }, hash)] = &came[..] else { panic!("{came:?}") };
    let bo = catalog.person_by_email("bo@kranich.example").await.unwrap().unwrap();
    assert_eq!((bo.person.id, bo.person.name.as_str(), bo.password.as_ref()), (*person, "Bo", Some(hash)));
    assert_eq!(catalog.memberships(*person).await.unwrap()[0].grant, all_of(1, Role::Editor));
    assert_eq!(catalog.invitation(&digest(1), at(1)).await.unwrap(), None);
    assert_eq!(catalog.invitations(1).await.unwrap(), []);
}

#[tokio::test]
async fn whoever_is_here_already_becomes_a_member_and_stays_who_they_are() {
    let house = House::new().await;
    let (catalog, owner, by) = (&house.catalog, house.owner, machine());
    house.other_organisation().await;
    let grant = all_of(2, Role::Admin);
    catalog.invite(&by, &new(1, "ada@kranich.example", grant.clone())).await.unwrap();
    let accepted = catalog.accept_invitation(&by, &digest(1), at(1), "Eve", "hash-of-eve").await.unwrap();
    assert_eq!(accepted, Accepted { person: owner, is_new: false });
    let ada = catalog.person(owner).await.unwrap().unwrap();
    assert_eq!((ada.person.name.as_str(), ada.password.as_deref()), ("Ada Kranich", Some("hash-0")));
    assert_eq!(catalog.memberships(owner).await.unwrap()[1].grant, grant);
    let again = catalog.invite(&by, &new(2, "ada@kranich.example", all_of(1, Role::Viewer))).await;
    assert!(matches!(again, Err(PeopleError::AlreadyMember)));

    // Invited before they became a member: what they are is neither taken nor raised by an old link.
    catalog.invite(&by, &new(3, "bo@kranich.example", all_of(1, Role::Owner))).await.unwrap();
    let bo = house.person("bo@kranich.example", all_of(1, Role::Viewer)).await;
    let accepted = catalog.accept_invitation(&by, &digest(3), at(1), "Eve", "hash-of-eve").await.unwrap();
    assert_eq!(accepted, Accepted { person: bo, is_new: false });
    assert_eq!(catalog.memberships(bo).await.unwrap()[0].grant.role, Role::Viewer);
}

#[tokio::test]
async fn an_invitation_counts_until_its_time_or_until_it_is_taken_back() {
    let house = House::new().await;
    let (catalog, by) = (&house.catalog, machine());
    let theirs = house.other_organisation().await;
    let crossed = Grant { workspace: Some(theirs), ..all_of(1, Role::Viewer) };
    let crossed = catalog.invite(&by, &new(1, "bo@kranich.example", crossed)).await;
    assert!(matches!(crossed, Err(PeopleError::NotFound("workspace"))));
    let limited = Grant { accounts: Some(vec![1]), ..all_of(1, Role::Editor) };
    let limited = catalog.invite(&by, &new(1, "bo@kranich.example", limited)).await;
    assert!(matches!(limited, Err(PeopleError::NotForRole(Role::Editor))));

    let grant = all_of(1, Role::Viewer);
    let id = catalog.invite(&by, &new(1, "bo@kranich.example", grant.clone())).await.unwrap();
    let late = catalog.accept_invitation(&by, &digest(1), at(600), "Bo", "hash").await;
    assert!(matches!(late, Err(PeopleError::NotFound("invitation"))));
    assert!(matches!(catalog.revoke_invitation(&by, 2, id).await, Err(PeopleError::NotFound(_))));
    assert_eq!(catalog.invitations(1).await.unwrap().len(), 1);
    assert_eq!(catalog.invitations(2).await.unwrap(), []);
    catalog.revoke_invitation(&by, 1, id).await.unwrap();
    assert!(matches!(catalog.revoke_invitation(&by, 1, id).await, Err(PeopleError::NotFound(_))));
    let revoked = catalog.accept_invitation(&by, &digest(1), at(1), "Bo", "hash").await;
    assert!(matches!(revoked, Err(PeopleError::NotFound("invitation"))));
    assert!(catalog.person_by_email("bo@kranich.example").await.unwrap().is_none());
    assert_eq!(catalog.tidy_people(at(599)).await.unwrap(), 0);
    assert_eq!(catalog.tidy_people(at(600)).await.unwrap(), 1);
}
