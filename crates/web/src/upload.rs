//! A file that comes in by multipart form: spooled into the data folder as it streams, then imported.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::http::StatusCode;
use ingest::contents::Bounds;
use ingest::{Mapping, NotAMapping};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ledger::{ImportReport, ImportRequest, Taken};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use crate::access::{Asked, Seen};
use crate::watching::ImportSeen;
use crate::{AppState, WebError, questions};

/// How many times the largest upload an archive may hold.
const UNPACKED: u64 = 8;

/// Most files and sheets of an archive.
const MOST_FILES: u32 = 200;

/// Longest text of a field that is no file.
const LONGEST_TEXT: usize = 1000;

/// Most fields that are no file.
const MOST_TEXTS: usize = 20;

/// The fields of the form. Empty ones count as none.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form that Upload::read reads")]
pub(crate) struct UploadIn {
    /// The report as the platform exports it, or an archive or workbook of several.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Only say what would happen: `true` or `false`.
    dry_run: Option<bool>,
    /// When the platform was asked, if the file does not say; without an offset it is the server's time.
    #[schema(format = DateTime)]
    captured_at: Option<String>,
    /// The account, if the file names none.
    account: Option<String>,
    /// The account's currency (ISO 4217), if the file names none.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// How dates such as 03/04/2026 are meant: `dmy` or `mdy`.
    #[schema(example = "dmy")]
    date_order: Option<String>,
    /// Which column is what, for a table that is not recognised.
    #[schema(example = "date=Tag,campaign=Kampagne,spend=Kosten,currency=EUR")]
    map: Option<String>,
    /// A token made up by the sender, who may follow the import with it: 16 to 64 letters, digits and hyphens.
    progress: Option<String>,
    /// The workspace. Needed if there are several and none is called `default`.
    workspace: Option<String>,
}

/// A form that came in.
#[derive(Default)]
pub(crate) struct Upload {
    file: Option<(NamedTempFile, String)>,
    texts: Vec<(String, String)>,
}

/// What came of an upload, and the upload itself.
pub(crate) struct Received {
    pub(crate) workspace: Seen,
    pub(crate) taken: Vec<Taken>,
    /// How it was imported.
    pub(crate) request: ImportRequest,
    /// The file as it was sent, at the path of the request.
    pub(crate) spooled: NamedTempFile,
}

/// Receives a form and imports what its file holds.
pub(crate) async fn import(
    state: &Asked,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Received, WebError> {
    let mut upload = Upload::receive(state, form).await?;
    let workspace = questions::named(state, upload.text("workspace").as_deref()).await?;
    let (spooled, file_name) = upload.file()?;
    let request = ImportRequest {
        workspace: workspace.clone().into_workspace(),
        path: spooled.path().to_owned(),
        file_name,
        dry_run: upload.is_dry_run()?,
        captured_at: upload.parsed("captured_at", time)?,
        account: upload.text("account"),
        currency: upload.parsed("currency", |text| text.parse().map_err(|error| format!("{error}")))?,
        date_order: upload.parsed("date_order", |text| text.parse().map_err(|error| format!("{error}")))?,
        mapping: upload.text("map").as_deref().map(mapping).transpose()?,
    };
    let teller = upload.text("progress").map(|token| state.courses.tell(&token)).transpose()?.flatten();
    upload.done("file, dry_run, captured_at, account, currency, date_order, map, progress and workspace")?;
    let taken = Arc::new(Mutex::new(Vec::new()));
    let keep = taken.clone();
    let seen = ImportSeen::begin(state);
    let each = move |one| {
        seen.saw(&one);
        keep.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    };
    let tell = move |progress| teller.iter().for_each(|teller| teller.tell(progress));
    let (ledger, bounds, asked) = (state.ledger.clone(), bounds(state), request.clone());
    // On its own, so that a caller who leaves does not stop an import half way.
    let importing = tokio::spawn(async move {
        let done = ledger.import_all(asked, bounds, tell, each).await;
        (done, spooled)
    });
    let (done, spooled) = importing.await.map_err(WebError::internal)?;
    done?;
    let taken = std::mem::take(&mut *taken.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Received { workspace, taken, request, spooled })
}

/// How much an upload may hold once it is unpacked.
pub(crate) fn bounds(state: &AppState) -> Bounds {
    let most = state.limits.upload_bytes;
    Bounds { bytes: most.saturating_mul(UNPACKED), entries: MOST_FILES, ..Bounds::default() }
}

/// What only one file could be: its report, or what is wrong with it.
pub(crate) fn single(mut taken: Vec<Taken>) -> Result<Result<ImportReport, WebError>, Vec<Taken>> {
    match taken.pop() {
        Some(one) if taken.is_empty() => Ok(one.outcome.map_err(WebError::from)),
        last => {
            taken.extend(last);
            Err(taken)
        }
    }
}

/// Which column is what, as the user wrote it.
pub(crate) fn mapping(text: &str) -> Result<Mapping, WebError> {
    text.parse().map_err(|error: NotAMapping| {
        WebError::parameter("map", &format!("'{text}' can't be read"), &error.to_string())
    })
}

impl Upload {
    /// Receives a form. Its file waits in the spool.
    pub(crate) async fn receive(
        state: &Asked,
        form: Result<Multipart, MultipartRejection>,
    ) -> Result<Self, WebError> {
        let form = form.map_err(|rejection| {
            WebError::told(StatusCode::BAD_REQUEST, "form", "The form can't be read", rejection.body_text())
                .remedy("send multipart/form-data with a field 'file'")
        })?;
        let mut upload = Self::default();
        upload.read(state, form).await?;
        Ok(upload)
    }

    /// The file and its name.
    pub(crate) fn file(&mut self) -> Result<(NamedTempFile, String), WebError> {
        self.file.take().ok_or_else(|| {
            WebError::parameter(
                "file",
                "there is no file in the form",
                "choose a report as the platform exports it",
            )
        })
    }

    /// Whether it is only to be said what would happen.
    pub(crate) fn is_dry_run(&mut self) -> Result<bool, WebError> {
        Ok(self.parsed("dry_run", is_yes)?.unwrap_or(false))
    }

    /// Complains about what was not read. `known` are the fields that there are.
    pub(crate) fn done(self, known: &str) -> Result<(), WebError> {
        match self.texts.first() {
            None => Ok(()),
            Some((name, _)) => {
                let remedy = format!("use {known}, each once");
                Err(WebError::parameter(name, "it is not known here, or is given more than once", &remedy))
            }
        }
    }

    async fn read(&mut self, state: &Asked, mut form: Multipart) -> Result<(), WebError> {
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != "file" {
                let text = short_text(&name, field).await?;
                if self.texts.len() == MOST_TEXTS {
                    return Err(WebError::parameter(
                        &name,
                        "there are too many fields",
                        "send each field once",
                    ));
                }
                if !text.is_empty() {
                    self.texts.push((name, text));
                }
            } else if self.file.is_some() {
                return Err(WebError::parameter(
                    "file",
                    "there are several files",
                    "send one file at a time",
                ));
            } else if let Some(file_name) = field.file_name().map(base_name).filter(|name| !name.is_empty()) {
                self.file = Some((spool(state, field).await?, file_name));
            }
        }
        Ok(())
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let at = self.texts.iter().position(|(given, _)| given == name)?;
        Some(self.texts.remove(at).1)
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, WebError> {
        let told = |text: String| {
            parse(&text)
                .map_err(|remedy| WebError::parameter(name, &format!("'{text}' can't be read"), &remedy))
        };
        self.text(name).map(told).transpose()
    }
}

/// Writes a file's bytes to the data folder as they arrive.
async fn spool(state: &Asked, mut field: Field<'_>) -> Result<NamedTempFile, WebError> {
    let spooled = NamedTempFile::with_prefix_in("upload-", &state.spool)?;
    let mut file = tokio::fs::File::from_std(spooled.reopen()?);
    let mut bytes = 0u64;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes += chunk.len() as u64;
        if bytes > state.limits.upload_bytes {
            let detail = format!("the file has more than {} bytes", state.limits.upload_bytes);
            return Err(WebError::told(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The file is too large",
                detail,
            )
            .remedy("export fewer days at a time, or import it with `adroit import`"));
        }
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(spooled)
}

async fn short_text(name: &str, mut field: Field<'_>) -> Result<String, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_TEXT {
            return Err(WebError::parameter(name, "its text is too long", "use at most 1,000 bytes"));
        }
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| WebError::parameter(name, "its text is not UTF-8", "send the form as UTF-8"))?;
    Ok(text.trim().to_owned())
}

fn broken(error: MultipartError) -> WebError {
    WebError::told(StatusCode::BAD_REQUEST, "form", "The form can't be read", error.body_text())
        .remedy("send it again; if it stays, the connection may be cut on the way")
}

/// A file's name without folders, whichever way they are written.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or(name).trim().to_owned()
}

fn is_yes(text: &str) -> Result<bool, String> {
    match text {
        "true" | "on" | "1" => Ok(true),
        "false" | "off" | "0" => Ok(false),
        _ => Err("use true or false".to_owned()),
    }
}

/// A time with an offset, or as a form's field writes it, in the server's time.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let here = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::system()).ok();
    text.parse()
        .ok()
        .or_else(|| here().map(|zoned| zoned.timestamp()))
        .ok_or_else(|| "use a time such as 2026-11-22T06:00:00Z or 2026-11-22T06:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_lose_their_folders() {
        for (given, kept) in
            [("a.csv", "a.csv"), ("../../a.csv", "a.csv"), ("C:\\reports\\a b.csv", "a b.csv"), ("/", "")]
        {
            assert_eq!(base_name(given), kept);
        }
    }

    #[test]
    fn times_are_read_with_and_without_offset() {
        assert_eq!(time("2026-11-22T06:00:00Z").unwrap().to_string(), "2026-11-22T06:00:00Z");
        assert!(time("2026-11-22T06:00").is_ok());
        assert!(time("yesterday").is_err());
    }
}
