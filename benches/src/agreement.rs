//! Whether a scan by hand found what the API answers: only equal work may be compared.

use anyhow::bail;
use domain::{Additive, Sums};
use serde_json::Value;
use store::facts::currency_number;

use crate::by_hand::Found;

/// The names of figures in answers. Conversions are written as decimals.
const FIELDS: [(Additive, &str); 5] = [
    (Additive::Spend, "spend_micros"),
    (Additive::Revenue, "revenue_micros"),
    (Additive::Impressions, "impressions"),
    (Additive::Clicks, "clicks"),
    (Additive::Conversions, "conversions"),
];

/// Compares totals, the number of rows and the largest campaigns.
pub(crate) fn check(what: &str, found: &Found, answer: &Value) -> anyhow::Result<()> {
    let totals = &answer["totals"];
    let mut differences = of_totals(&found.totals, totals, totals);
    if !found.compared.is_empty() {
        differences.extend(of_totals(&found.compared, &totals["compared"], totals));
    }
    if let (Some(ours), Some(theirs)) = (found.row_count, answer["row_count"].as_u64())
        && ours != theirs
    {
        differences.push(format!("rows: {ours} by hand, {theirs} answered"));
    }
    if let Some(ours) = &found.top {
        let theirs = answer["top_campaigns"].as_array().into_iter().flatten();
        let theirs: Vec<u64> = theirs.filter_map(|row| row["campaign_id"].as_u64()).collect();
        if !ours.iter().map(|id| u64::from(*id)).eq(theirs.iter().copied()) {
            differences.push(format!("largest campaigns: {ours:?} by hand, {theirs:?} answered"));
        }
    }
    if !differences.is_empty() {
        bail!("{what}: THE FIGURES DIFFER, so that times can't be compared\n  {}", differences.join("\n  "));
    }
    Ok(())
}

/// Money of the leading currency only, everything else over all currencies.
fn of_totals(found: &[(u16, Sums)], answered: &Value, totals: &Value) -> Vec<String> {
    let lead = totals["currency"].as_str().and_then(|code| code.parse().ok()).map(currency_number);
    let differs = |(what, field): (Additive, &str)| {
        let theirs = answered.get(field)?;
        let is_money = matches!(what, Additive::Spend | Additive::Revenue);
        let counted = found.iter().filter(|(currency, _)| !is_money || Some(*currency) == lead);
        let ours = counted.filter_map(|(_, sums)| sums.get(what)).reduce(i64::wrapping_add);
        let same = match (ours, theirs.as_i64(), theirs.as_f64()) {
            (None, ..) => theirs.is_null(),
            (Some(ours), _, Some(theirs)) if what == Additive::Conversions => theirs == ours as f64 / 1e6,
            (Some(ours), theirs, _) => theirs == Some(ours),
        };
        (!same).then(|| format!("{field}: {ours:?} by hand, {theirs} answered"))
    };
    FIELDS.into_iter().filter_map(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told() {
        let sums = Sums { spend_micros: Some(5), conversions_e6: Some(1_500_000), ..Sums::NONE };
        let found =
            Found { totals: vec![(currency_number("EUR".parse().unwrap()), sums)], ..Found::default() };
        let answer = |spend: i64| serde_json::json!({"totals": {"currency": "EUR", "spend_micros": spend, "conversions": 1.5}});
        assert!(check("it", &found, &answer(5)).is_ok());
        assert!(
            check("it", &found, &answer(6)).unwrap_err().to_string().contains("Some(5) by hand, 6 answered")
        );
    }
}
