//! A source that is run as a program: how it is described, and how it is asked in its protocol.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ConnectError;
use crate::choose::choose;
use crate::intake::StreamPlan;
use crate::log::Log;
use crate::message::{self, Message, Protocol};
use crate::names;
use crate::process::{self, Program};
use crate::warehouse::TableReport;

/// Longest list of streams that is read.
const LONGEST_CATALOG: usize = 64 << 20;

/// How a source is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceDefinition {
    /// What it speaks.
    pub protocol: Protocol,
    /// The program and its first arguments.
    pub command: Vec<String>,
    /// The folder that it is run in.
    pub folder: PathBuf,
    /// Its configuration, which may hold secrets: only its place is kept.
    pub config: Option<PathBuf>,
    /// Its streams and how they are read (Airbyte: a configured catalog); without one they are asked for.
    pub catalog: Option<PathBuf>,
    /// Longest time in which it may say nothing, in seconds.
    pub silence_seconds: u64,
}

/// What a run is given.
pub(crate) struct Asked {
    pub program: Program,
    pub plans: HashMap<String, StreamPlan>,
    /// Streams that it has and that are not asked for.
    pub refused: Vec<TableReport>,
    /// Whether there is anything to ask for.
    pub is_wanted: bool,
    /// Holds the files it is given until it has ended.
    pub _files: TempDir,
}

impl SourceDefinition {
    /// A command as it is typed, in parts.
    ///
    /// # Errors
    /// If it is empty or a quote is not closed.
    pub fn parts(command: &str) -> Result<Vec<String>, ConnectError> {
        shlex::split(command).filter(|parts| !parts.is_empty()).ok_or_else(|| {
            ConnectError::Source(format!(
                "'{command}' is no command; give a program and its arguments, with quotes closed"
            ))
        })
    }

    /// What to run, with the source's own files. Asks the source for its streams if need be.
    pub(crate) fn asked(
        &self,
        states: &[(String, String)],
        log: &Arc<Log>,
        stopped: &AtomicBool,
    ) -> Result<Asked, ConnectError> {
        let files = tempfile::tempdir()
            .map_err(|source| ConnectError::Unreadable { path: std::env::temp_dir(), source })?;
        let mut asked = Asked {
            program: self.program(),
            plans: HashMap::new(),
            refused: Vec::new(),
            is_wanted: true,
            _files: files,
        };
        let folder = asked._files.path().to_owned();
        match self.protocol {
            Protocol::Singer => {
                self.add_file(&mut asked.program, "--config", self.config.as_deref());
                self.add_file(&mut asked.program, "--catalog", self.catalog.as_deref());
                if let Some((_, state)) = states.iter().find(|(stream, _)| stream.is_empty()) {
                    let state = write(&folder, "state.json", state)?;
                    self.add_file(&mut asked.program, "--state", Some(&state));
                }
            }
            Protocol::Airbyte => {
                let catalog = match &self.catalog {
                    Some(path) => read_json(path)?,
                    None => {
                        let (catalog, refused) = self.discovered(log, stopped)?;
                        asked.refused = refused;
                        catalog
                    }
                };
                asked.plans = plans(&catalog);
                asked.is_wanted = !asked.plans.is_empty();
                let catalog = write(&folder, "catalog.json", &catalog.to_string())?;
                asked.program.command.push("read".to_owned());
                self.add_file(&mut asked.program, "--config", self.config.as_deref());
                self.add_file(&mut asked.program, "--catalog", Some(&catalog));
                if let Some(state) = airbyte_state(states, &asked.plans) {
                    let state = write(&folder, "state.json", &state)?;
                    self.add_file(&mut asked.program, "--state", Some(&state));
                }
            }
        }
        Ok(asked)
    }

    fn program(&self) -> Program {
        Program {
            command: self.command.clone(),
            folder: self.folder.clone(),
            silence: Duration::from_secs(self.silence_seconds.max(1)),
        }
    }

    fn add_file(&self, program: &mut Program, flag: &str, path: Option<&Path>) {
        if let Some(path) = path {
            program.command.extend([flag.to_owned(), path.display().to_string()]);
        }
    }

    /// Asks an Airbyte source for its streams: those that are read, as a configured catalog, and those that are not.
    fn discovered(
        &self,
        log: &Arc<Log>,
        stopped: &AtomicBool,
    ) -> Result<(Value, Vec<TableReport>), ConnectError> {
        let mut program = self.program();
        program.command.push("discover".to_owned());
        self.add_file(&mut program, "--config", self.config.as_deref());
        let mut said = Vec::new();
        process::run(&program, log, stopped, |piece| {
            if said.len() + piece.len() > LONGEST_CATALOG {
                return Err(ConnectError::Source("the source's list of streams is too long".to_owned()));
            }
            said.extend_from_slice(piece);
            Ok(())
        })?;
        let said = String::from_utf8_lossy(&said);
        let mut found = None;
        for line in said.lines().filter(|line| line.trim_start().starts_with('{')) {
            match message::read(Protocol::Airbyte, line) {
                Ok(Message::Catalog(catalog)) => found = Some(catalog.to_owned()),
                Ok(Message::Log(text)) => log.add(&text),
                Ok(Message::Failed { why, .. }) => {
                    return Err(ConnectError::Source(format!(
                        "the source can't say which streams it has: {why}"
                    )));
                }
                _ => {}
            }
        }
        let Some(found) = found else {
            return Err(ConnectError::Source(
                "the source did not say which streams it has when asked to discover them; name a configured catalog with --catalog"
                    .to_owned(),
            ));
        };
        Ok(configured(&serde_json::from_str(&found)?))
    }
}

/// From the streams that there are to those that are asked for: as far as possible only what has changed.
fn configured(catalog: &Value) -> (Value, Vec<TableReport>) {
    let mut wanted = Vec::new();
    let mut refused = Vec::new();
    for stream in catalog["streams"].as_array().into_iter().flatten() {
        let Some(name) = stream["name"].as_str() else { continue };
        let fields: BTreeSet<String> =
            message::fields(&stream["json_schema"]).iter().map(|field| names::normal(field)).collect();
        if let Err(why) = choose(name, &fields) {
            refused.push(TableReport {
                name: name.to_owned(),
                refused: Some(why.why),
                needed: Some(why.needed),
                ..TableReport::default()
            });
            continue;
        }
        let has_cursor = stream["source_defined_cursor"] == true
            || stream["default_cursor_field"].as_array().is_some_and(|cursor| !cursor.is_empty());
        let modes = stream["supported_sync_modes"].as_array();
        let is_incremental =
            has_cursor && modes.is_some_and(|modes| modes.iter().any(|mode| mode == "incremental"));
        let keys = stream["source_defined_primary_key"].clone();
        let has_keys = keys.as_array().is_some_and(|keys| !keys.is_empty());
        wanted.push(json!({
            "stream": stream,
            "sync_mode": if is_incremental { "incremental" } else { "full_refresh" },
            "destination_sync_mode": if is_incremental && has_keys { "append_dedup" } else if is_incremental { "append" } else { "overwrite" },
            "cursor_field": stream["default_cursor_field"].as_array().cloned().unwrap_or_default(),
            "primary_key": keys.as_array().cloned().unwrap_or_default(),
            "generation_id": 1,
            "minimum_generation_id": i32::from(!is_incremental),
            "sync_id": 1,
        }));
    }
    (json!({ "streams": wanted }), refused)
}

/// How the streams of a configured catalog are read.
pub(crate) fn plans(catalog: &Value) -> HashMap<String, StreamPlan> {
    let mut plans = HashMap::new();
    for configured in catalog["streams"].as_array().into_iter().flatten() {
        let stream = &configured["stream"];
        let Some(name) = stream["name"].as_str() else { continue };
        let keys = [&configured["primary_key"], &stream["source_defined_primary_key"]];
        let keys = keys.into_iter().filter_map(Value::as_array).find(|keys| !keys.is_empty());
        let path = |key: &Value| match key {
            Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let plan = StreamPlan {
            fields: message::fields(&stream["json_schema"]),
            keys: keys.map(|keys| keys.iter().map(path).collect()).unwrap_or_default(),
            is_full_refresh: configured["sync_mode"] == "full_refresh",
        };
        plans.insert(name.to_owned(), plan);
    }
    plans
}

/// The states as Airbyte sources are given them: one message by stream, or the one of all.
fn airbyte_state(states: &[(String, String)], plans: &HashMap<String, StreamPlan>) -> Option<String> {
    let goes_on = |stream: &str| plans.get(stream).is_none_or(|plan| !plan.is_full_refresh);
    let mut told: Vec<Value> = Vec::new();
    for (stream, state) in states.iter().filter(|(stream, _)| goes_on(stream)) {
        let Ok(state) = serde_json::from_str::<Value>(state) else { continue };
        if stream.is_empty() && state.get("global").is_none() {
            // The oldest sources know only what they said, without a word around it.
            return Some(state["data"].to_string());
        }
        told.push(state);
    }
    (!told.is_empty()).then(|| Value::Array(told).to_string())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, ConnectError> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|source| ConnectError::Unreadable { path: path.clone(), source })?;
    Ok(path)
}

/// Reads a JSON file.
///
/// # Errors
/// If it can't be read, or is no JSON.
pub fn read_json(path: &Path) -> Result<Value, ConnectError> {
    let text =
        std::fs::read(path).map_err(|source| ConnectError::Unreadable { path: path.to_owned(), source })?;
    serde_json::from_slice(&text)
        .map_err(|error| ConnectError::Source(format!("{} is no JSON: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_refresh_is_given_no_state_and_the_oldest_sources_theirs_bare() {
        let catalog = json!({"streams": [
            {"stream": {"name": "a"}, "sync_mode": "full_refresh"},
            {"stream": {"name": "b"}, "sync_mode": "incremental", "primary_key": [["x"], ["y", "z"]]},
        ]});
        let plans = plans(&catalog);
        assert_eq!(plans["b"].keys, ["x", "y.z"]);
        let state = |stream: &str| (stream.to_owned(), format!(r#"{{"type":"STREAM","stream":"{stream}"}}"#));
        let told = airbyte_state(&[state("a"), state("b")], &plans).unwrap();
        assert_eq!(told, r#"[{"stream":"b","type":"STREAM"}]"#);
        assert_eq!(airbyte_state(&[state("a")], &plans), None);
        let legacy = (String::new(), r#"{"type":"LEGACY","data":{"d":1}}"#.to_owned());
        assert_eq!(airbyte_state(&[legacy], &plans).unwrap(), r#"{"d":1}"#);
    }

    #[test]
    fn commands_are_split_as_a_shell_would() {
        assert_eq!(SourceDefinition::parts("a 'b c' --d=\"e\"").unwrap(), ["a", "b c", "--d=e"]);
        assert!(SourceDefinition::parts("a 'b").is_err());
        assert!(SourceDefinition::parts("  ").is_err());
    }
}
