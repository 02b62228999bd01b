//! Second factors: no code counts twice, and of passwords the newest stays.

use store::catalog::PeopleError;

use super::{House, at, digest, machine};

#[tokio::test]
async fn a_step_counts_once_and_never_after_a_later_one() {
    let house = House::new().await;
    let (catalog, owner) = (house.catalog.clone(), house.owner);
    assert!(!catalog.use_second_factor_step(owner, 5).await.unwrap(), "there is no second factor");
    catalog.set_second_factor(&machine(), owner, Some("sealed"), &[]).await.unwrap();
    let tries = (0..20).map(|_| {
        let catalog = catalog.clone();
        tokio::spawn(async move { catalog.use_second_factor_step(owner, 7).await.unwrap() })
    });
    let mut counted = 0;
    for one in tries.collect::<Vec<_>>() {
        counted += u32::from(one.await.unwrap());
    }
    assert_eq!(counted, 1);
    assert!(!catalog.use_second_factor_step(owner, 6).await.unwrap());
    assert!(catalog.use_second_factor_step(owner, 8).await.unwrap());
    assert!(!catalog.use_second_factor_step(owner, u64::MAX).await.unwrap());
    assert_eq!(catalog.person(owner).await.unwrap().unwrap().second_factor_step, Some(8));
    catalog.set_second_factor(&machine(), owner, Some("another"), &[]).await.unwrap();
    assert!(!catalog.use_second_factor_step(owner, 8).await.unwrap(), "steps go on, whichever secret it is");
}

#[tokio::test]
async fn a_recovery_code_counts_once() {
    let House { catalog, owner, .. } = &House::new().await;
    let codes = [digest(1), digest(2)];
    catalog.set_second_factor(&machine(), *owner, Some("sealed"), &codes).await.unwrap();
    assert!(catalog.use_recovery_code(*owner, &digest(1), at(0)).await.unwrap());
    assert!(!catalog.use_recovery_code(*owner, &digest(1), at(0)).await.unwrap());
    assert!(!catalog.use_recovery_code(*owner + 1, &digest(2), at(0)).await.unwrap(), "somebody else's");
    assert_eq!(catalog.left_recovery_codes(*owner).await.unwrap(), 1);
    catalog.set_second_factor(&machine(), *owner, None, &[]).await.unwrap();
    assert_eq!(catalog.left_recovery_codes(*owner).await.unwrap(), 0);
    assert!(!catalog.use_recovery_code(*owner, &digest(2), at(0)).await.unwrap());
    assert!(!catalog.person(*owner).await.unwrap().unwrap().person.has_second_factor);
    let nobody = catalog.set_second_factor(&machine(), 99, None, &[]).await;
    assert!(matches!(nobody, Err(PeopleError::NotFound("person"))));
}

#[tokio::test]
async fn a_stronger_hash_never_brings_an_old_password_back() {
    let House { catalog, owner, .. } = &House::new().await;
    let entries = catalog.check_audit().await.unwrap();
    assert!(catalog.rehash_password(*owner, "hash-0", "stronger-0").await.unwrap());
    assert_eq!(catalog.check_audit().await.unwrap(), entries, "the same password is no change");
    catalog.set_password(&machine(), *owner, "hash-2", None).await.unwrap();
    assert!(!catalog.rehash_password(*owner, "stronger-0", "stronger-1").await.unwrap());
    let record = catalog.person_by_email("ada@kranich.example").await.unwrap().unwrap();
    assert_eq!(record.password.as_deref(), Some("hash-2"));
}
