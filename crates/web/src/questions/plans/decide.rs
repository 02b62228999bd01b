//! What is decided, read from JSON field by field, so that what is wrong with one can be told under its name.

use domain::{Decision, PlanAbout};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::catalog::PlanState;

use crate::WebError;

/// The fields of a decision as they are written in JSON.
pub(crate) const FIELDS: [&str; 9] = [
    "monthly_budget_micros",
    "currency",
    "target_cpa_micros",
    "target_roas",
    "from",
    "to",
    "labels",
    "owner",
    "notes",
];

/// The fields that say what a plan is about; a new plan has one of them.
const ABOUT: [&str; 3] = ["campaign", "label", "planned"];

/// Reads a JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, WebError> {
    serde_json::from_slice(body).map_err(|error| {
        let remedy =
            "send a JSON object, such as {\"monthly_budget_micros\": 500000000, \"currency\": \"EUR\"}";
        WebError::body(format!("the body is no JSON object: {error}")).remedy(remedy)
    })
}

/// Takes what a new plan is about out of an object.
pub(crate) fn about(given: &mut Map<String, Value>) -> Result<PlanAbout, WebError> {
    let remedy =
        "give one of campaign (its number), label, or planned (an object with platform, account and name)";
    let mut found: Vec<(&str, Value)> = ABOUT
        .iter()
        .filter_map(|name| Some((*name, given.remove(*name).filter(|value| !value.is_null())?)))
        .collect();
    let (name, value) = match (found.pop(), found.pop()) {
        (Some(one), None) => one,
        (None, _) => {
            return Err(WebError::parameter("campaign", "it is not said what the plan is about", remedy));
        }
        (Some((name, _)), Some(_)) => {
            return Err(WebError::parameter(name, "a plan is about one thing", remedy));
        }
    };
    let about = Value::Object(Map::from_iter([(name.to_owned(), value)]));
    Ok(serde_json::from_value::<PlanAbout>(about)
        .map_err(|error| WebError::parameter(name, &format!("it can't be read: {error}"), remedy))?
        .tidy())
}

/// Puts what an object has into a decision. What it does not have stays as it is; null takes a field away.
pub(crate) fn put(mut decision: Decision, given: Map<String, Value>) -> Result<Decision, WebError> {
    let amount = "use an integer count of micros, such as 500000000 for 500.00, or null";
    let day = "use a day such as 2026-11-22, or null";
    let text = "use a text or null";
    for (name, value) in given {
        match name.as_str() {
            "monthly_budget_micros" => decision.monthly_budget_micros = read(&name, value, amount)?,
            "currency" => {
                decision.currency = read(&name, value, "use a three-letter code such as EUR, or null")?
            }
            "target_cpa_micros" => decision.target_cpa_micros = read(&name, value, amount)?,
            // The ratio's own way of reading stands in the decision.
            "target_roas" => {
                let one = Value::Object(Map::from_iter([(name.clone(), value)]));
                decision.target_roas =
                    read::<Decision>(&name, one, "use a number such as 4.5, or null")?.target_roas;
            }
            "from" => decision.from = read(&name, value, day)?,
            "to" => decision.to = read(&name, value, day)?,
            "labels" => {
                let labels: Option<_> = read(&name, value, "use a list of texts, or null")?;
                decision.labels = labels.unwrap_or_default();
            }
            "owner" => decision.owner = read(&name, value, text)?,
            "notes" => decision.notes = read(&name, value, text)?,
            _ => {
                let remedy = format!("leave it out or use one of: {}", FIELDS.join(", "));
                return Err(WebError::parameter(&name, "it is not known here", &remedy));
            }
        }
    }
    checked(decision)
}

/// The decision in its one form, if it can be decided like this.
pub(crate) fn checked(decision: Decision) -> Result<Decision, WebError> {
    let decision = decision.tidy();
    decision.check()?;
    Ok(decision)
}

/// A plan's state as one flat object.
pub(crate) fn flat(state: &PlanState) -> Result<Map<String, Value>, WebError> {
    let mut fields = Map::new();
    for part in [serde_json::to_value(&state.about), serde_json::to_value(&state.decision)] {
        if let Value::Object(part) = part.map_err(WebError::internal)? {
            fields.extend(part);
        }
    }
    Ok(fields)
}

fn read<T: DeserializeOwned>(name: &str, value: Value, remedy: &str) -> Result<T, WebError> {
    serde_json::from_value(value)
        .map_err(|error| WebError::parameter(name, &format!("it can't be read: {error}"), remedy))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn put_json(value: Value) -> Result<Decision, String> {
        let Value::Object(given) = value else { panic!("no object") };
        put(Decision::default(), given).map_err(|error| error.problem().parameter.unwrap_or_default())
    }

    #[test]
    fn each_field_is_read_and_what_is_wrong_is_named() {
        let whole = json!({
            "monthly_budget_micros": 5_000_000, "currency": "EUR", "target_cpa_micros": null, "target_roas": 4.5,
            "from": "2026-11-01", "to": null, "labels": ["a", " a "], "owner": "Ada", "notes": null,
        });
        let decision = put_json(whole.clone()).unwrap();
        assert_eq!((decision.target_roas, decision.labels.len()), (Some(4_500_000), 1));
        let again = serde_json::to_value(&decision).unwrap();
        assert_eq!((again["target_roas"].as_f64(), &again["from"]), (Some(4.5), &whole["from"]));
        for (field, value) in [
            ("monthly_budget_micros", json!("5")),
            ("monthly_budget_micros", json!(0.5)),
            ("currency", json!("EURO")),
            ("target_roas", json!("four")),
            ("target_roas", json!(1e300)),
            ("from", json!("tomorrow")),
            ("labels", json!("brand")),
            ("owner", json!(7)),
            ("status", json!("paused")),
        ] {
            assert_eq!(put_json(json!({ field: value })), Err(field.to_owned()));
        }
        assert_eq!(put_json(json!({"monthly_budget_micros": 5})), Err("currency".to_owned()));
    }

    #[test]
    fn a_plan_is_about_one_thing() {
        let about_json = |value: Value| {
            let Value::Object(mut given) = value else { panic!("no object") };
            about(&mut given).map_err(|error| error.problem().parameter.unwrap_or_default())
        };
        assert_eq!(about_json(json!({"campaign": 7})), Ok(PlanAbout::Campaign(7)));
        assert_eq!(about_json(json!({"label": " a  b "})), Ok(PlanAbout::Label("a b".to_owned())));
        for (wrong, field) in [
            (json!({}), "campaign"),
            (json!({"campaign": 7, "label": "a"}), "label"),
            (json!({"campaign": "seven"}), "campaign"),
            (json!({"planned": {"platform": "fax", "name": "x"}}), "planned"),
        ] {
            assert_eq!(about_json(wrong), Err(field.to_owned()));
        }
    }
}
