//! What is promised of rules on late conversions, over 200 histories.

use super::late::{QUIET, table};

#[test]
fn delay_alone_is_no_alert_and_a_doubling_is_one() {
    for (volume, told) in table() {
        let quiet_days = told.histories * QUIET as u32;
        assert!(told.naive_false[0] * 100 > quiet_days * 75, "the naive rule at {volume}: {told:?}");
        assert_eq!(told.false_alerts, 0, "false alerts at {volume} conversions a day: {told:?}");
        // With few conversions a doubling can't be told from luck as soon.
        if volume >= 60.0 {
            assert_eq!(
                told.in_a_week, told.histories,
                "a doubling is found within a week at {volume}: {told:?}"
            );
        }
        if volume >= 200.0 {
            assert!(
                told.in_two_days * 100 >= told.histories * 95,
                "and within two days at {volume}: {told:?}"
            );
        }
        assert!(told.borne_out <= 1, "alerts on passing luck at {volume}: {told:?}");
    }
}
