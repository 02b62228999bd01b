//! The campaign list, searched by text.

use std::sync::Arc;

use domain::{Metric, Period};
use insight::campaigns::CampaignQuery;
use insight::{Asker, Bound, Filter, Insight, Sort};

use crate::figures::{DAYS, WORKSPACE, day, open};

#[test]
fn a_text_is_searched_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let insight = Insight::new(Arc::new(open(&folder)));
    let asker = Asker { bound: Bound::whole(WORKSPACE), lead_currency: None, convert: None };
    let found = |text: &str| {
        let query = CampaignQuery {
            period: Period::new(day(0), day(DAYS - 1)).unwrap(),
            filter: Filter::All,
            text: Some(text.to_owned()),
            compare: None,
            sort: Sort::descending(Metric::Spend),
            limit: 500,
            after: None,
            as_of: None,
            with_course: false,
        };
        insight.campaigns(&asker, &query).unwrap().count
    };
    // Four accounts have six campaigns each, named like 'Campaign_2 Shop'.
    assert_eq!(found("Campaign"), 24);
    assert_eq!(found("campaign_2 shop"), 2, "whatever the case");
    assert_eq!(found("ampaign_2 Shop"), 2, "'_' is a letter like others");
    for none in ["Campaign%2", "Campaign2", "Campaign__", "\\"] {
        assert_eq!(found(none), 0, "{none}");
    }
}
