//! A host for unit tests, which run natively.
//!
//! ```
//! # use soltiwasm_guest::{invalid, success, BuildStatus, RunStatus, SPEC};
//! use soltiwasm_guest::fake::Host;
//!
//! extern "C" fn build() -> BuildStatus {
//!     if SPEC.has("/kind/greet/name") { BuildStatus::Ok } else { invalid("nobody to greet") }
//! }
//!
//! let host = Host { spec: r#"{"kind": {"greet": {}}}"#, ..Host::default() };
//! let seen = host.call(|| build());
//! assert_eq!(seen.status, BuildStatus::Invalid);
//! assert_eq!(seen.reply, "nobody to greet");
//! ```
//!
//! It answers as the real host does. It doesn't refuse what that one would, such as a call in the wrong phase, a bad metric
//! or a reply that is no task, and it shows documents as they were given, where the real host fills in defaults
//! and sorts keys.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::vec::Vec;

use crate::answer::Level;
use crate::json;
pub use crate::metric::MetricType;
use crate::read::{Source, NOT_GRANTED, NO_VALUE};

/// What a runner is called with. The documents are JSON.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a> {
    /// The TaskSpec.
    pub spec: &'a str,
    /// The operator's configuration.
    pub config: &'a str,
    /// What `build` replied, with `runId` and `attempt`; for calls of `run`.
    pub task: &'a str,
    /// The variables given to builds.
    pub env: &'a [(&'a str, &'a str)],
    /// Which of them the runner may read: keys, or beginnings of keys with a final `*`.
    pub grants: &'a [&'a str],
}

impl Default for Host<'_> {
    /// All documents are empty objects, and there are no variables.
    fn default() -> Self {
        Host { spec: "{}", config: "{}", task: "{}", env: &[], grants: &[] }
    }
}

/// What came of one call.
#[derive(Debug)]
pub struct Seen<T> {
    /// What the function returned.
    pub status: T,
    /// What it replied last, empty if nothing.
    pub reply: String,
    /// What it logged.
    pub logs: Vec<(Level, String)>,
    /// The values that it gave to metrics.
    pub metrics: Vec<Metric>,
    /// What it printed.
    pub output: String,
}

/// One value given to a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Which type of metric it is.
    pub metric: MetricType,
    /// Its name.
    pub name: String,
    /// The labels as a JSON object, or empty.
    pub labels: String,
    /// The value.
    pub value: f64,
}

/// The present call of this thread.
struct Call {
    spec: String,
    config: String,
    task: String,
    env: BTreeMap<String, String>,
    grants: Vec<String>,
    seen: Seen<()>,
}

std::thread_local! {
    static CALL: RefCell<Option<Call>> = const { RefCell::new(None) };
}

impl Host<'_> {
    /// Calls a function of the runner, such as `|| supports()`.
    ///
    /// # Panics
    ///
    /// If a document is no JSON object, as far as brackets, commas and strings show; or if the function calls this again.
    pub fn call<T>(&self, function: impl FnOnce() -> T) -> Seen<T> {
        let call = Call {
            spec: compact(self.spec),
            config: compact(self.config),
            task: compact(self.task),
            env: self.env.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
            grants: self.grants.iter().map(|grant| grant.to_string()).collect(),
            seen: Seen {
                status: (),
                reply: String::new(),
                logs: Vec::new(),
                metrics: Vec::new(),
                output: String::new(),
            },
        };
        CALL.with(|current| current.replace(Some(call))); // the one before, if a test let it panic, is over
        let status = function();
        let Seen { reply, logs, metrics, output, .. } =
            CALL.with(|current| current.take()).expect("a call within a call").seen;
        Seen { status, reply, logs, metrics, output }
    }
}

/// Returns a document without the white space between its tokens.
fn compact(document: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    let text: String = document
        .chars()
        .filter(|&c| {
            let keep = inside || !c.is_ascii_whitespace();
            if c == '"' && !escaped {
                inside = !inside;
            }
            escaped = inside && c == '\\' && !escaped;
            keep
        })
        .collect();
    assert!(json::members(&text).is_some(), "not a JSON object: {document}");
    text
}

fn with<T>(f: impl FnOnce(&mut Call) -> T) -> T {
    CALL.with(|call| f(call.borrow_mut().as_mut().expect("there is no host here: call this by fake::Host::call")))
}

pub(crate) fn get(source: Source, key: &str, buf: &mut [u8]) -> i32 {
    let value = with(|call| match source {
        Source::Spec => at(&call.spec, key).ok_or(NO_VALUE),
        Source::Config => at(&call.config, key).ok_or(NO_VALUE),
        Source::Task => at(&call.task, key).ok_or(NO_VALUE),
        Source::Env => call.variable(key),
    });
    match value {
        Err(none) => none,
        Ok(value) => {
            if let Some(room) = buf.get_mut(..value.len()) {
                room.copy_from_slice(value.as_bytes());
            }
            value.len() as i32
        }
    }
}

/// Returns what a JSON Pointer finds.
fn at(document: &str, pointer: &str) -> Option<String> {
    let mut value = document;
    let mut tokens = pointer.split('/');
    if !tokens.next()?.is_empty() {
        return None;
    }
    for token in tokens {
        let token = token.replace("~1", "/").replace("~0", "~");
        value = match json::members(value) {
            Some(members) => members.into_iter().find(|(key, _)| json::decode(key).as_ref() == Some(&token))?.1,
            None => json::items(value)?.into_iter().nth(index(&token)?)?,
        };
    }
    json::decode(value)
}

fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|c| c.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    token.parse().ok().filter(|_| plain)
}

impl Call {
    fn granted(&self, key: &str) -> bool {
        self.grants.iter().any(|grant| match grant.strip_suffix('*') {
            Some(start) => key.starts_with(start),
            None => key == grant,
        })
    }

    fn variable(&self, key: &str) -> Result<String, i32> {
        if key.is_empty() && !self.grants.is_empty() {
            let mut all = crate::Object::new();
            for (key, value) in self.env.iter().filter(|(key, _)| self.granted(key)) {
                all.text(key, value);
            }
            return Ok(all.to_string());
        }
        if key.is_empty() || !self.granted(key) {
            return Err(NOT_GRANTED);
        }
        self.env.get(key).cloned().ok_or(NO_VALUE)
    }
}

pub(crate) fn reply(text: &str) {
    with(|call| call.seen.reply = text.into());
}

pub(crate) fn log(level: Level, text: &str) {
    with(|call| call.seen.logs.push((level, text.into())));
}

pub(crate) fn metric(metric: MetricType, name: &str, labels: &str, value: f64) {
    with(|call| call.seen.metrics.push(Metric { metric, name: name.into(), labels: labels.into(), value }));
}

pub(crate) fn print(text: &str) {
    with(|call| call.seen.output.push_str(text));
}
