//! Who is erased is found nowhere any more; until then they can see all that is kept.

use people::Role;
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use store::catalog::{
    Actor, AuditOf, Identity, NewInvitation, NewSession, NewTicket, NewToken, PasskeyIn, PeopleError,
    TicketKind,
};

use super::{House, all_of, at, digest, machine};

/// In which columns of which tables any of the words stands.
async fn columns_with(raw: &SqlitePool, words: &[&str]) -> Vec<String> {
    let columns = sqlx::query(
        "SELECT t.name AS table_name, c.name AS column_name FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table'",
    );
    let mut found = Vec::new();
    for row in columns.fetch_all(raw).await.unwrap() {
        let (table, column): (String, String) = (row.get("table_name"), row.get("column_name"));
        for word in words {
            let text =
                format!("SELECT count(*) FROM \"{table}\" WHERE instr(CAST(\"{column}\" AS TEXT), ?) > 0");
            let count = sqlx::query(AssertSqlSafe(text)).bind(*word).fetch_one(raw).await.unwrap();
            if count.get::<i64, _>(0) > 0 {
                found.push(format!("{table}.{column}: {word}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn nothing_of_somebody_erased_is_left_in_any_table() {
    let house = House::new().await;
    let (catalog, by) = (&house.catalog, machine());
    let email = "zoe.quill@kranich.example";
    let invitation = |n, organisation| NewInvitation {
        digest: digest(n),
        email: email.to_owned(),
        grant: all_of(organisation, Role::Editor),
        expires_at: at(600),
    };
    catalog.invite(&by, &invitation(1, 1)).await.unwrap();
    let person =
        catalog.accept_invitation(&by, &digest(1), at(1), "Zoe Quill", "hash-of-zoe").await.unwrap().person;
    let zoe = Actor::person(person, Some("192.0.2.99".to_owned()));
    house.other_organisation().await;
    catalog.invite(&by, &invitation(2, 2)).await.unwrap();
    catalog.rename_person(&zoe, person, "Zoe Quill-Anders").await.unwrap();
    catalog.set_email(&zoe, person, "zoe.anders@kranich.example").await.unwrap();
    catalog.set_email(&zoe, person, email).await.unwrap();
    catalog.set_second_factor(&zoe, person, Some("sealed-of-zoe"), &[digest(3)]).await.unwrap();
    let session = NewSession {
        digest: digest(4),
        person,
        now: at(1),
        idle_secs: 600,
        absolute_secs: 600,
        agent: "Zoephone".to_owned(),
        address: "192.0.2.99".to_owned(),
    };
    catalog.make_session(&session).await.unwrap();
    let ticket = NewTicket {
        kind: TicketKind::Reset,
        digest: digest(5),
        person: Some(person),
        loopback_only: false,
        expires_at: at(600),
    };
    catalog.make_ticket(&ticket).await.unwrap();
    let token = NewToken {
        digest: digest(6),
        shown: "adroit_6".to_owned(),
        name: "Reports".to_owned(),
        grant: all_of(1, Role::Viewer),
        expires_at: None,
    };
    catalog.make_token(&zoe, &token).await.unwrap();
    let identity = Identity { issuer: "https://id.example", subject: "zoe-at-id", email, name: "Zoe Quill" };
    assert_eq!(catalog.by_provider(&by, &identity, at(2)).await.unwrap(), Some(person));
    let passkey = PasskeyIn {
        person,
        credential: b"key-of-zoe",
        key: b"public",
        host: "localhost",
        counter: 0,
        is_synced: true,
        name: "Zoe's phone",
    };
    catalog.add_passkey(&zoe, &passkey).await.unwrap();

    let export = catalog.export_person(person).await.unwrap();
    let kept = |what: &str| export[what].as_array().unwrap().len();
    assert_eq!(export["person"]["email"], email);
    let counts =
        ["memberships", "sessions", "tokens", "invitations", "audit", "providers", "passkeys"].map(kept);
    assert_eq!(counts, [1, 1, 1, 2, 8, 1, 1], "{export}");
    let text = export.to_string();
    let secrets = ["hash-of-zoe", "sealed-of-zoe", &"03".repeat(32), &"04".repeat(32), &"06".repeat(32)];
    assert!(!secrets.iter().any(|secret| text.contains(secret)), "{text}");

    let raw = house.raw().await;
    let codes = ["01", "02", "03", "04", "05"].map(|byte| byte.repeat(32));
    let mut words = vec!["Zoe", "zoe", "Quill", "quill"];
    words.extend(codes.iter().map(String::as_str));
    assert!(columns_with(&raw, &words).await.len() > 10, "or this test looks nowhere");
    let before = catalog.people_version();
    catalog.erase_person(&by, Some(1), person).await.unwrap();
    assert!(catalog.people_version() > before);
    assert_eq!(columns_with(&raw, &words).await, Vec::<String>::new());

    let left = catalog.person(person).await.unwrap().unwrap();
    assert!(left.person.is_erased && left.person.is_disabled && left.password.is_none());
    assert_eq!(left.person.name, format!("erased-{person}"));
    assert!(catalog.person_by_email(&left.person.email).await.unwrap().is_none(), "nobody signs in as them");
    assert_eq!(catalog.session(&digest(4), at(2)).await.unwrap(), None);
    let entries = catalog.audit(AuditOf::Organisation(1), None, 100).await.unwrap();
    assert_eq!(entries[0].action, "person_erased");
    let named = entries.iter().find(|entry| entry.who == zoe.who).unwrap();
    assert_eq!(named.who_name, Some(left.person.name), "the log says who by their number");
    assert!(catalog.check_audit().await.unwrap() > 8);
    assert!(matches!(catalog.erase_person(&by, None, person).await, Err(PeopleError::NotFound("person"))));
    assert!(matches!(catalog.rename_person(&by, person, "Zoe").await, Err(PeopleError::NotFound("person"))));
    assert!(matches!(catalog.set_password(&by, person, "x", None).await, Err(PeopleError::NotFound(_))));
    let back = catalog.add_membership(&by, person, &all_of(1, Role::Viewer)).await;
    assert!(matches!(back, Err(PeopleError::NotFound("person"))));
    // The address is free again.
    assert_ne!(house.person(email, all_of(1, Role::Viewer)).await, person);
}
