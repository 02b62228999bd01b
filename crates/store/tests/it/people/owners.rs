//! The first owner comes in once, and no organisation is left without one.

use people::Role;
use store::Catalog;
use store::catalog::{AuditOf, Grant, PeopleError};

use super::{House, all_of, machine};

#[tokio::test]
async fn of_many_who_set_up_at_once_one_becomes_the_owner() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    assert!(!catalog.has_people().await.unwrap());
    let tries = (0..10).map(|n| {
        let catalog = catalog.clone();
        tokio::spawn(async move {
            let email = format!("{n}@kranich.example");
            catalog.set_up(&machine(), &format!("Kranich {n}"), &email, "Ada", "hash").await.map(|id| (id, n))
        })
    });
    let mut owners = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(owner) => owners.push(owner),
            Err(error) => assert!(matches!(error, PeopleError::AlreadySetUp), "{error}"),
        }
    }
    let [(id, n)] = owners[..] else { panic!("{owners:?}") };
    assert!(catalog.has_people().await.unwrap());
    let organisations = catalog.organisations().await.unwrap();
    assert_eq!((organisations.len(), organisations[0].is_host), (1, true));
    assert_eq!(organisations[0].name, format!("Kranich {n}"));
    assert_eq!(catalog.memberships(id).await.unwrap()[0].grant, all_of(1, Role::Owner));
    assert_eq!(catalog.ensure_workspace("default").await.unwrap().organisation, 1);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let house = House::new().await;
    let (catalog, owner, by) = (&house.catalog, house.owner, machine());
    let workspace = catalog.ensure_workspace("default").await.unwrap().id;
    let mine = catalog.memberships(owner).await.unwrap()[0].id;
    // Neither who owns one workspace only, nor who may not sign in, can put things right.
    let of_one = Grant { workspace: Some(workspace), ..all_of(1, Role::Owner) };
    house.person("bo@kranich.example", of_one).await;
    let second = house.person("cy@kranich.example", all_of(1, Role::Owner)).await;
    catalog.disable_person(&by, Some(1), second, true).await.unwrap();
    let (people, entries) = (catalog.people(1).await.unwrap(), catalog.check_audit().await.unwrap());
    let is_last = |result: Result<(), PeopleError>| assert!(matches!(result, Err(PeopleError::LastOwner)));
    is_last(catalog.set_role(&by, 1, (mine, Role::Owner), Role::Admin, None).await);
    is_last(catalog.remove_membership(&by, 1, (mine, Role::Owner)).await);
    is_last(catalog.disable_person(&by, Some(1), owner, true).await);
    is_last(catalog.erase_person(&by, Some(1), owner).await);
    is_last(catalog.erase_person(&by, None, owner).await);
    assert_eq!(catalog.people(1).await.unwrap(), people, "nothing was changed");
    assert_eq!(catalog.check_audit().await.unwrap(), entries, "and nothing is said to have been");

    catalog.disable_person(&by, Some(1), second, false).await.unwrap();
    let version = catalog.people_version();
    catalog.set_role(&by, 1, (mine, Role::Owner), Role::Admin, None).await.unwrap();
    assert_eq!(catalog.people_version(), version + 1);
    let theirs = catalog.memberships(second).await.unwrap()[0].id;
    is_last(catalog.remove_membership(&by, 1, (theirs, Role::Owner)).await);
    // Who was seen as an owner is one no more: what was decided by that is not done.
    let late = catalog.remove_membership(&by, 1, (mine, Role::Owner)).await;
    assert!(matches!(late, Err(PeopleError::Meanwhile)));
    let late = catalog.set_role(&by, 1, (mine, Role::Owner), Role::Viewer, None).await;
    assert!(matches!(late, Err(PeopleError::Meanwhile)));
    assert_eq!(catalog.memberships(owner).await.unwrap()[0].grant.role, Role::Admin);
    catalog.remove_membership(&by, 1, (mine, Role::Admin)).await.unwrap();
    assert_eq!(catalog.memberships(owner).await.unwrap(), []);
}

#[tokio::test]
async fn of_two_owners_who_demote_each_other_at_once_one_stays() {
    let house = House::new().await;
    let (catalog, by) = (&house.catalog, machine());
    let other = house.person("cy@kranich.example", all_of(1, Role::Owner)).await;
    let mine = catalog.memberships(house.owner).await.unwrap()[0].id;
    let theirs = catalog.memberships(other).await.unwrap()[0].id;
    let demote = |id| catalog.set_role(&by, 1, (id, Role::Owner), Role::Viewer, None);
    let (one, two) = tokio::join!(demote(mine), demote(theirs));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|done| **done).count(), 1, "{one:?} {two:?}");
    let people = catalog.people(1).await.unwrap();
    let owners = people.iter().filter(|member| member.memberships[0].grant.role == Role::Owner);
    assert_eq!(owners.count(), 1);
}

#[tokio::test]
async fn another_organisation_decides_nothing() {
    let house = House::new().await;
    let (catalog, owner, by) = (&house.catalog, house.owner, machine());
    let theirs = house.other_organisation().await;
    let other = house.person("dee@others.example", all_of(2, Role::Owner)).await;
    let mine = catalog.memberships(owner).await.unwrap()[0].id;
    let found = |result: Result<(), PeopleError>| !matches!(result, Err(PeopleError::NotFound(_)));
    assert!(!found(catalog.set_role(&by, 2, (mine, Role::Owner), Role::Viewer, None).await));
    assert!(!found(catalog.remove_membership(&by, 2, (mine, Role::Owner)).await));
    assert!(!found(catalog.disable_person(&by, Some(1), other, true).await));
    assert!(!found(catalog.erase_person(&by, Some(1), other).await));
    let crossed = Grant { workspace: Some(theirs), ..all_of(1, Role::Viewer) };
    assert!(!found(catalog.add_membership(&by, owner, &crossed).await.map(|_| ())));
    assert!(!found(catalog.add_membership(&by, owner, &all_of(3, Role::Viewer)).await.map(|_| ())));

    // Whom two organisations rely on, neither keeps out alone.
    let there = Grant { workspace: Some(theirs), ..all_of(2, Role::Viewer) };
    catalog.add_membership(&by, owner, &there).await.unwrap();
    let alone = catalog.disable_person(&by, Some(2), owner, true).await;
    assert!(matches!(alone, Err(PeopleError::Elsewhere)));
    assert!(matches!(catalog.erase_person(&by, Some(2), owner).await, Err(PeopleError::Elsewhere)));
    let members = catalog.people(2).await.unwrap();
    let ids: Vec<_> = members.iter().map(|member| (member.person.id, member.memberships.len())).collect();
    assert_eq!(ids, [(owner, 1), (other, 1)], "and of the first organisation it sees nothing");
    let entries = catalog.audit(AuditOf::Organisation(2), None, 100).await.unwrap();
    assert!(entries.iter().all(|entry| entry.organisation == Some(2)) && entries.len() == 2, "{entries:?}");
}

#[tokio::test]
async fn somebody_is_a_member_of_the_same_once() {
    let house = House::new().await;
    let (catalog, owner, by) = (&house.catalog, house.owner, machine());
    let workspace = catalog.ensure_workspace("default").await.unwrap().id;
    let again = catalog.add_membership(&by, owner, &all_of(1, Role::Viewer)).await;
    assert!(matches!(again, Err(PeopleError::AlreadyMember)));
    let client = Grant { workspace: Some(workspace), accounts: Some(vec![3, 5]), ..all_of(1, Role::Client) };
    let id = catalog.add_membership(&by, owner, &client).await.unwrap();
    assert_eq!(catalog.memberships(owner).await.unwrap()[1].grant, client);
    assert!(matches!(catalog.add_membership(&by, owner, &client).await, Err(PeopleError::AlreadyMember)));
    let limited = catalog.set_role(&by, 1, (id, Role::Client), Role::Viewer, Some(&[3])).await;
    assert!(matches!(limited, Err(PeopleError::NotForRole(Role::Viewer))), "it would be taken for a limit");
    catalog.set_role(&by, 1, (id, Role::Client), Role::Viewer, None).await.unwrap();
    assert_eq!(catalog.memberships(owner).await.unwrap()[1].grant.accounts, None);
    let taken = catalog.set_email(
        &by,
        house.person("bo@kranich.example", all_of(1, Role::Viewer)).await,
        "ada@kranich.example",
    );
    assert!(matches!(taken.await, Err(PeopleError::Taken)));
    assert!(matches!(catalog.rename_person(&by, 99, "Nobody").await, Err(PeopleError::NotFound("person"))));
}
