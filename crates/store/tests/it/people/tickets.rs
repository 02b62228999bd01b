//! One-time secrets count once.

use store::catalog::{NewTicket, PeopleError, TicketKind};

use super::{House, at, digest, machine};

fn new(kind: TicketKind, n: u8, person: Option<u32>) -> NewTicket {
    NewTicket { kind, digest: digest(n), person, loopback_only: true, expires_at: at(600) }
}

#[tokio::test]
async fn of_twenty_who_use_a_ticket_at_once_one_gets_it() {
    let House { catalog, owner, folder } = House::new().await;
    let id = catalog.make_ticket(&new(TicketKind::SignIn, 1, Some(owner))).await.unwrap();
    let tries = (0..20).map(|_| {
        let catalog = catalog.clone();
        tokio::spawn(async move { catalog.use_ticket(&digest(1), TicketKind::SignIn, at(1)).await.unwrap() })
    });
    let mut got = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        got.extend(one.await.unwrap());
    }
    assert_eq!(got.len(), 1);
    assert!(got[0].id == id && got[0].person == Some(owner) && got[0].loopback_only);
    catalog.close().await;
    let again = store::Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    assert_eq!(again.use_ticket(&digest(1), TicketKind::SignIn, at(1)).await.unwrap(), None, "it was kept");
}

#[tokio::test]
async fn a_ticket_counts_for_its_kind_and_time() {
    let House { catalog, owner, .. } = &House::new().await;
    catalog.make_ticket(&new(TicketKind::SecondStep, 1, Some(*owner))).await.unwrap();
    let peek = async |kind, second| catalog.ticket(&digest(1), kind, at(second)).await.unwrap().is_some();
    assert!(peek(TicketKind::SecondStep, 599).await && peek(TicketKind::SecondStep, 599).await);
    assert!(!peek(TicketKind::SecondStep, 600).await && !peek(TicketKind::SignIn, 1).await);
    let used = async |kind, second| catalog.use_ticket(&digest(1), kind, at(second)).await.unwrap().is_some();
    assert!(!used(TicketKind::Reset, 1).await && !used(TicketKind::SecondStep, 600).await);
    assert!(used(TicketKind::SecondStep, 599).await && !peek(TicketKind::SecondStep, 1).await);
    assert_eq!(catalog.tidy_people(at(598)).await.unwrap(), 0);
    assert_eq!(catalog.tidy_people(at(599)).await.unwrap(), 1, "used ones go");
    catalog.make_ticket(&new(TicketKind::SetUp, 2, None)).await.unwrap();
    assert_eq!(catalog.tidy_people(at(600)).await.unwrap(), 1, "old ones go");
    let nobody = catalog.make_ticket(&new(TicketKind::Reset, 3, Some(99))).await;
    assert!(matches!(nobody, Err(PeopleError::NotFound("person"))));
}

#[tokio::test]
async fn another_password_voids_what_was_sent_before() {
    let House { catalog, owner, .. } = &House::new().await;
    catalog.make_ticket(&new(TicketKind::Reset, 1, Some(*owner))).await.unwrap();
    catalog.make_ticket(&new(TicketKind::SetUp, 2, None)).await.unwrap();
    catalog.set_password(&machine(), *owner, "hash-2", None).await.unwrap();
    assert_eq!(catalog.use_ticket(&digest(1), TicketKind::Reset, at(1)).await.unwrap(), None);
    assert!(catalog.use_ticket(&digest(2), TicketKind::SetUp, at(1)).await.unwrap().is_some());
}
