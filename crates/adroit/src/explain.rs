//! `adroit explain`: how a question is answered, with the engine's plan of its statement.

use std::process::ExitCode;

use axum::http::Method;
use web::ExplainedOut;

use crate::args::ExplainArgs;
use crate::data::DataFolder;
use crate::door::{Door, path_with};
use crate::query::parameters;

pub(crate) async fn run(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let door = Door::open(&DataFolder::of(&args.question.place, "data")?).await?;
    let mut parameters = parameters(&args.question);
    parameters.push(("run", args.run.then(|| "true".to_owned())));
    let explained: ExplainedOut =
        door.ask(Method::GET, &path_with("/local/explain", &parameters), None).await?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&explained)?);
    } else {
        tell(&explained);
    }
    door.close().await;
    Ok(ExitCode::SUCCESS)
}

fn tell(explained: &ExplainedOut) {
    let Some((sql, plan)) = explained.sql.as_ref().zip(explained.plan.as_ref()) else {
        return say!("Nothing is known that could answer this: nothing is read.");
    };
    match explained.from_memory {
        true => say!("Answered from recent days in memory. Where those do not reach, the engine is asked:"),
        false => say!("Answered by the engine:"),
    }
    say!("\n{sql}");
    match explained.bound_words {
        0 => {}
        1 => say!("with one word bound to it"),
        words => say!("with {words} words bound to it"),
    }
    say!("\n{plan}");
}
