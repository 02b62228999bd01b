//! What is said of tables that are not recognised: kept by headers, counted, forgotten, in one workspace.

use store::Catalog;
use store::catalog::KeptMapping;

#[tokio::test]
async fn a_mapping_is_kept_by_headers_counted_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await.unwrap();
    let one = catalog.ensure_workspace("one").await.unwrap().id;
    let other = catalog.ensure_workspace("other").await.unwrap().id;
    let kept = |headers: &str, mapping: &str| KeptMapping {
        headers: headers.to_owned(),
        mapping: mapping.to_owned(),
    };
    catalog.keep_mapping(one, &kept("a\nb", "spend=a")).await.unwrap();
    catalog.keep_mapping(other, &kept("a\nb", "spend=b")).await.unwrap();
    catalog.count_mapping(one, "a\nb", "june.csv").await.unwrap();
    catalog.count_mapping(one, "a\nc", "june.csv").await.unwrap();
    // What is said anew stands in place of it; the count goes on.
    catalog.keep_mapping(one, &kept("a\nb", "spend=a,currency=EUR")).await.unwrap();
    catalog.count_mapping(one, "a\nb", "july.csv").await.unwrap();
    let mappings = catalog.mappings(one).await.unwrap();
    let [record] = mappings.as_slice() else { panic!("{mappings:?}") };
    assert_eq!(record.kept, kept("a\nb", "spend=a,currency=EUR"));
    assert_eq!(record.used, 2);
    assert_eq!(record.last_use.as_ref().map(|(file, _)| file.as_str()), Some("july.csv"));

    assert!(!catalog.forget_mapping(other, record.id).await.unwrap(), "it is another workspace's");
    assert!(catalog.forget_mapping(one, record.id).await.unwrap());
    assert!(!catalog.forget_mapping(one, record.id).await.unwrap());
    assert!(catalog.mappings(one).await.unwrap().is_empty());
    assert_eq!(catalog.mappings(other).await.unwrap()[0].used, 0);
    catalog.close().await;
}
