//! Saved views: one name each, and a deleted one can come back.

use store::Catalog;
use store::catalog::ViewError;

#[tokio::test]
async fn views_are_saved_named_deleted_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let (one, two) = (
        catalog.ensure_workspace("one").await.unwrap().id,
        catalog.ensure_workspace("two").await.unwrap().id,
    );
    let id = catalog.save_view(one, "Losers", "/campaigns?filter=roas+%3C+1").await.unwrap();
    assert!(matches!(catalog.save_view(one, "Losers", "/").await, Err(ViewError::Taken(_))));
    catalog.save_view(two, "Losers", "/").await.unwrap();
    catalog.rename_view(one, id, "Losing money").await.unwrap();
    assert!(matches!(catalog.rename_view(two, id, "Mine").await, Err(ViewError::NotFound)));
    let names = async || {
        let views = catalog.views(one).await.unwrap();
        views.into_iter().map(|view| view.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Losing money"]);
    assert!(matches!(catalog.delete_view(two, id, true).await, Err(ViewError::NotFound)));
    let version = catalog.workspace("one").await.unwrap().unwrap().data_version;
    catalog.delete_view(one, id, true).await.unwrap();
    assert_eq!(catalog.workspace("one").await.unwrap().unwrap().data_version, version + 1);
    assert!(names().await.is_empty());
    let other = catalog.save_view(one, "Losing money", "/").await.unwrap();
    assert!(matches!(catalog.delete_view(one, id, false).await, Err(ViewError::Taken(_))));
    catalog.delete_view(one, other, true).await.unwrap();
    catalog.delete_view(one, id, false).await.unwrap();
    assert_eq!(names().await, ["Losing money"]);
}
