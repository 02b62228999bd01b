//! Small export files as the platforms give them, of an invented shop.

/// Google Ads, campaigns by day, 1 to 3 June 2024, in EUR. The second campaign has no row for 2 June.
///
/// Sums: spend 186.00, impressions 11,500, clicks 230, conversions 9.5, revenue 560.
pub const GOOGLE: &str = "\
Campaign report
\"June 1, 2024 - June 3, 2024\"
Campaign type,Campaign,Day,Currency code,Cost,Clicks,Impr.,CTR,Avg. CPC,Conversions,Conv. rate,Conv. value,Cost / conv.
Search,Boots,2024-06-01,EUR,10.50,20,\"1,000\",2.00%,0.53,1.50,7.50%,100.00,7.00
Search,Boots,2024-06-02,EUR,11.50,30,\"1,500\",2.00%,0.38,2.00,6.67%,120.00,5.75
Search,Boots,2024-06-03,EUR,14.00,30,\"2,000\",1.50%,0.47, --, --, --, --
Performance Max,\"Tents, all\",2024-06-01,EUR,100.00,100,\"5,000\",2.00%,1.00,6.00,6.00%,340.00,16.67
Performance Max,\"Tents, all\",2024-06-03,EUR,50.00,50,\"2,000\",2.50%,1.00,0.00,0.00%,0.00, --
Total: Campaigns, --, --,EUR,186.00,230,\"11,500\",2.00%,0.81,9.50,4.13%,560.00,19.58
Total: Account, --, --,EUR,190.00,235,\"12,000\",1.96%,0.81,9.50,4.04%,560.00,20.00
";

/// The same account, captured later: 2 and 3 June, where Boots got more conversions and Tents was removed.
///
/// Sums: spend 26.00, impressions 3,600, clicks 61, conversions 6, revenue 350. Together with 1 June of [`GOOGLE`]: spend
/// 136.50, impressions 9,600, clicks 181, conversions 13.5, revenue 790.
pub const GOOGLE_LATER: &str = "\
Campaign report
\"June 2, 2024 - June 3, 2024\"
Campaign type,Campaign,Day,Currency code,Cost,Clicks,Impr.,CTR,Avg. CPC,Conversions,Conv. rate,Conv. value,Cost / conv.
Search,Boots,2024-06-02,EUR,12.00,31,\"1,600\",1.94%,0.39,4.00,12.90%,230.00,3.00
Search,Boots,2024-06-03,EUR,14.00,30,\"2,000\",1.50%,0.47,2.00,6.67%,120.00,7.00
";

/// The same account's ads on 1 June: fewer than its campaigns, as Performance Max has none.
///
/// Sums: spend 9.25, impressions 900, clicks 18, conversions 1.
pub const GOOGLE_ADS: &str = "\
Ad report (Jun 1, 2024-Jun 1, 2024)
Ad ID,Ad,Ad status,Ad group,Campaign,Day,Currency code,Cost,Impr.,Clicks,Conversions,Conv. value
9001,=cmd|' /C calc'!A0,Enabled,Winter,Boots,2024-06-01,EUR,4.25,400,8,1.00,60.00
9002,Warm feet,Enabled,Winter,Boots,2024-06-01,EUR,5.00,500,10,0.00,0.00
";

/// Meta Ads Manager, campaigns by day, 1 and 2 June 2024, in AUD, with its total in the first row.
///
/// Sums: spend 21.75, impressions 2,100, clicks 25, conversions 1, revenue 55.
pub const META: &str = "\u{feff}\
Day,Campaign name,Amount spent (AUD),Impressions,Reach,Link clicks,Purchases,Purchases conversion value
,,21.75,2100,1500,25,1,55
2024-06-01,Prospecting 🌞,10.5,1000,900,12,1,55
2024-06-02,Prospecting 🌞,11.25,1100,950,13,,
";

/// A Google Ads report for a whole range, without days.
pub const GOOGLE_ALL_TIME: &str = "\
Campaign report
All time
Campaign status,Campaign,Currency code,Cost,Impr.,Clicks,Conversions,Campaign type
Enabled,Boots,EUR,251.10,\"5,120\",310,12.00,Search
Total: Campaigns, --,EUR,251.10,\"5,120\",310,12.00, --
";

/// A sheet for changing campaigns, which is no report.
pub const BULK_SHEET: &str =
    "Row Type,Action,Campaign status,Campaign ID,Campaign,Budget\nCampaign,Edit,Enabled,77,Boots,8.00\n";
