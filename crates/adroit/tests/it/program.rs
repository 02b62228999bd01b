//! The program under test: run on a temporary data folder, waited for with patience, never left behind.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// No command of these tests may take longer, on however busy a machine.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at something that takes time.
const PAUSE: Duration = Duration::from_millis(2);

/// A data folder, and beside it a folder for files.
pub struct Folder {
    place: TempDir,
    way: String,
}

/// What a finished command left.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A command that runs; killed when dropped.
pub struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
    _output: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self::below("")
    }

    /// With the data folder further down.
    pub fn below(way: &str) -> Self {
        Self { place: tempfile::tempdir().unwrap(), way: way.to_owned() }
    }

    /// The data folder, which the program makes.
    pub fn data(&self) -> PathBuf {
        self.place.path().join(&self.way).join("data")
    }

    /// Writes a file to import.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.place.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Runs a command on the data folder to its end.
    pub fn run<T: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = T>) -> Done {
        self.start(arguments).done()
    }

    /// Runs a command on the data folder to its end, with something on its standard input.
    pub fn pipe<T: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = T>,
        input: impl AsRef<[u8]>,
    ) -> Done {
        let input = File::open(self.file("stdin", input)).unwrap();
        Running::start_fed(&self.data(), arguments, Stdio::from(input)).done()
    }

    /// Starts a command on the data folder.
    pub fn start<T: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = T>) -> Running {
        Running::start(&self.data(), arguments)
    }

    /// Runs a command that must succeed and print JSON.
    pub fn json<T: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = T>) -> Value {
        self.run(arguments).succeeded().json()
    }

    /// Imports a file, with further flags; the report.
    pub fn import(&self, file: &Path, flags: &[&str]) -> Value {
        let arguments = ["import".as_ref(), file.as_os_str(), "--json".as_ref()];
        self.json(arguments.into_iter().chain(flags.iter().map(OsStr::new)))
    }

    /// Asks a question; the answer as JSON.
    pub fn query(&self, flags: &[&str]) -> Value {
        self.json(["query", "--json"].iter().chain(flags))
    }

    /// Everything added up over all days: spend, impressions, clicks, conversions, revenue; money in micros.
    pub fn sums(&self, flags: &[&str]) -> Vec<Value> {
        let asked = ["--range", "all", "--metrics", "spend,impressions,clicks,conversions,revenue"];
        let totals = self.query(&[&asked, flags].concat())["totals"].take();
        ["spend_micros", "impressions", "clicks", "conversions", "revenue_micros"]
            .map(|name| totals[name].clone())
            .to_vec()
    }

    /// The ledger's lines as (number, state), newest first.
    pub fn ledger(&self) -> Vec<(u64, String)> {
        let page = self.json(["imports", "--json", "--limit", "200"]);
        let line =
            |import: &Value| (import["id"].as_u64().unwrap(), import["state"].as_str().unwrap().to_owned());
        page["imports"].as_array().unwrap().iter().map(line).collect()
    }
}

impl Running {
    pub fn start<T: AsRef<OsStr>>(data: &Path, arguments: impl IntoIterator<Item = T>) -> Self {
        Self::start_in(data, arguments, Stdio::null(), &[])
    }

    /// Starts it with something on its standard input.
    pub fn start_fed<T: AsRef<OsStr>>(
        data: &Path,
        arguments: impl IntoIterator<Item = T>,
        input: Stdio,
    ) -> Self {
        Self::start_in(data, arguments, input, &[])
    }

    /// Starts it with these variables set.
    pub fn start_with(data: &Path, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Self {
        Self::start_in(data, arguments, Stdio::null(), variables)
    }

    fn start_in<T: AsRef<OsStr>>(
        data: &Path,
        arguments: impl IntoIterator<Item = T>,
        input: Stdio,
        variables: &[(&str, &OsStr)],
    ) -> Self {
        let output = tempfile::tempdir().unwrap();
        let (stdout, stderr) = (output.path().join("stdout"), output.path().join("stderr"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_adroit"));
        // What the tester has set for an installation of their own does not reach it.
        for name in ["ADROIT_BIND", "ADROIT_LOG", "ADROIT_LOG_FORMAT", "ADROIT_MEMORY_MIB"] {
            command.env_remove(name);
        }
        let child = command
            .args(arguments)
            .env("ADROIT_DATA", data)
            .env("TZ", "UTC")
            .envs(variables.iter().copied())
            .stdin(input)
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        Self { child, stdout, stderr, _output: output }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stdout(&self) -> String {
        read(&self.stdout)
    }

    pub fn stderr(&self) -> String {
        read(&self.stderr)
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Kills it at once, as a power cut would; whether it was still running.
    pub fn cut_off(self) -> bool {
        self.cut_off_saying().0
    }

    /// Kills it at once; whether it was still running, and what it had said.
    pub fn cut_off_saying(mut self) -> (bool, String) {
        let was_running = self.ended().is_none();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        (was_running, self.stdout())
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.id())).status().unwrap();
        assert!(sent.success(), "the program could not be sent {name}");
    }

    /// Waits for its end.
    pub fn done(self) -> Done {
        self.done_within(PATIENCE)
    }

    /// Waits for its end, for longer than others where it waits for programs of others.
    pub fn done_within(mut self, patience: Duration) -> Done {
        let status = until_within(patience, "the program ends", || self.ended());
        Done { code: status.code(), stdout: self.stdout(), stderr: read(&self.stderr) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Errors mean that it has ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Done {
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Fails with `code`, saying each of `words` on stderr.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not said: {self:#?}");
        }
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Looks again and again until there is something to see.
#[track_caller]
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look)
}

#[track_caller]
fn until_within<T>(patience: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(since.elapsed() < patience, "waited {patience:?} in vain until {what}");
        thread::sleep(PAUSE);
    }
}

fn read(path: &Path) -> String {
    let mut text = Vec::new();
    File::open(path).unwrap().read_to_end(&mut text).unwrap();
    String::from_utf8_lossy(&text).into_owned()
}
