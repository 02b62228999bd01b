//! Notes: found by campaign and by days, with whom they name, and nowhere any more once deleted.

use domain::Period;
use jiff::civil::date;
use serde_json::json;
use store::Catalog;
use store::catalog::{Actor, AuditOf, NewNote, NoteError};

fn period(from: i8, to: i8) -> Period {
    Period::new(date(2026, 11, from), date(2026, 11, to)).unwrap()
}

fn note(text: &str, days: Option<Period>, campaign: Option<(u32, u32)>, mentions: &[u32]) -> NewNote {
    NewNote { days, campaign, text: text.to_owned(), mentions: mentions.to_vec() }
}

#[tokio::test]
async fn notes_are_found_by_what_they_are_about() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let by = Actor::this_machine();
    let ada = catalog.set_up(&by, "Kranich", "ada@kranich.example", "Ada", "hash").await.unwrap();
    let workspace = catalog.ensure_workspace("one").await.unwrap();
    let other = catalog.ensure_workspace("two").await.unwrap().id;
    let who = format!("person {ada}");
    let mut ids = Vec::new();
    for new in [
        note("sale", Some(period(3, 5)), None, &[ada]),
        note("bid", None, Some((7, 2)), &[]),
        note("both", Some(period(9, 9)), Some((7, 2)), &[ada, ada]),
        note("other", None, Some((8, 3)), &[]),
    ] {
        ids.push(catalog.make_note(&by, workspace.id, &who, &new).await.unwrap());
    }
    catalog.make_note(&by, other, &who, &note("elsewhere", Some(period(3, 3)), None, &[])).await.unwrap();
    let texts = |notes: Vec<store::catalog::Note>| -> Vec<String> {
        notes.into_iter().map(|note| note.text).collect()
    };
    assert_eq!(texts(catalog.notes(workspace.id, None, 10).await.unwrap()), ["other", "both", "bid", "sale"]);
    assert_eq!(texts(catalog.notes(workspace.id, Some(ids[2]), 1).await.unwrap()), ["bid"]);
    let of_campaign = catalog.notes_of_campaign(workspace.id, 7, None, 10).await.unwrap();
    assert_eq!((of_campaign[0].mentions.clone(), of_campaign[0].campaign), (vec![ada], Some((7, 2))));
    assert_eq!(texts(of_campaign), ["both", "bid"]);
    for (from, to, found) in [
        (1, 2, vec![]),
        (1, 3, vec!["sale"]),
        (5, 8, vec!["sale"]),
        (4, 9, vec!["sale", "both"]),
        (6, 8, vec![]),
    ] {
        let annotations = catalog.annotations(workspace.id, period(from, to), 10).await.unwrap();
        assert_eq!(texts(annotations), found, "{from} to {to}");
    }
    // Pages show them, so each moves the workspace on.
    let version = |name: &'static str| {
        let catalog = catalog.clone();
        async move { catalog.ensure_workspace(name).await.unwrap().data_version }
    };
    let before = version("one").await;
    catalog.change_note(&by, workspace.id, ids[0], "sale ends", &[]).await.unwrap();
    assert_eq!(version("one").await, before + 1);
    let changed = catalog.one_note(workspace.id, ids[0]).await.unwrap().unwrap();
    assert_eq!((changed.text.as_str(), changed.mentions.len()), ("sale ends", 0));
    assert!(changed.changed_at.is_some());
    let missing = catalog.change_note(&by, other, ids[0], "not there", &[]).await;
    assert!(matches!(missing, Err(NoteError::NotFound)), "a number of another workspace is none");
    assert!(matches!(catalog.delete_note(&by, other, ids[0]).await, Err(NoteError::NotFound)));
    catalog.delete_note(&by, workspace.id, ids[2]).await.unwrap();
    assert_eq!(catalog.one_note(workspace.id, ids[2]).await.unwrap(), None);
    let left = catalog.everything_of(workspace.id).await.unwrap();
    assert_eq!(left["mention"], json!([]), "whom it named went with it");

    // The log says that there was one, and not what it said.
    let log = catalog.audit(AuditOf::Workspace(workspace.id), None, 20).await.unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).take(3).collect();
    assert_eq!(actions, ["note_deleted", "note_changed", "note_made"]);
    assert!(log.iter().all(|entry| !format!("{entry:?}").contains("sale")));
    // It is among what is kept about whoever wrote it.
    let export = catalog.export_person(ada).await.unwrap();
    let own: Vec<&str> =
        export["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(own, ["sale ends", "bid", "other", "elsewhere"]);
}
