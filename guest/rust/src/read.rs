use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::host;
use crate::json;

/// What a value is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Spec,
    Config,
    Task,
    Env,
}

/// What the host returns instead of a length: there is no such value; no grant covers the variable.
pub(crate) const NO_VALUE: i32 = -1;
pub(crate) const NOT_GRANTED: i32 = -2;

/// Reads a value, or returns one of the constants above.
fn read(source: Source, key: &str) -> Result<String, i32> {
    let mut buf = vec![0; 128]; // most values fit, and take one call
    let mut length = host::get(source, key, &mut buf);
    if length > 128 {
        buf.resize(length as usize, 0);
        length = host::get(source, key, &mut buf);
    }
    if length < 0 {
        return Err(length);
    }
    buf.truncate(length as usize);
    String::from_utf8(buf).map_err(|_| NO_VALUE) // the host's text is UTF-8
}

/// Reads a value that is of no use if it is longer than `buf`.
fn short<'a>(source: Source, key: &str, buf: &'a mut [u8]) -> Option<&'a str> {
    let length = usize::try_from(host::get(source, key, buf)).ok()?;
    core::str::from_utf8(buf.get(..length)?).ok()
}

/// A JSON document of the host's, read by JSON Pointer (RFC 6901): `/kind/hello/name` is a member of a member, an empty
/// pointer the whole.
///
/// The host hands over a string as its bare text and anything else as canonical JSON, and doesn't say which it was: the
/// string `"5"` reads as the number 5 too.
#[derive(Clone, Copy, Debug)]
pub struct Document(Source);

/// The TaskSpec, as `docs/abi.md` shows it in section 7.
pub const SPEC: Document = Document(Source::Spec);
/// The operator's configuration of this runner, `{}` without one.
pub const CONFIG: Document = Document(Source::Config);
/// In `run`: the task that `build` made, with `runId`, a string, and `attempt`, a number from 1.
pub const TASK: Document = Document(Source::Task);

impl Document {
    /// Tells whether there is a value, null included.
    pub fn has(self, pointer: &str) -> bool {
        host::get(self.0, pointer, &mut []) >= 0
    }

    /// Returns a string's text, or the canonical JSON of anything else.
    pub fn text(self, pointer: &str) -> Option<String> {
        read(self.0, pointer).ok()
    }

    /// Returns a whole number, if there is one of 64 bits.
    pub fn int(self, pointer: &str) -> Option<i64> {
        let mut buf = [0; 20]; // as long as -9223372036854775808
        let text = short(self.0, pointer, &mut buf)?;
        if text.starts_with('+') {
            return None;
        }
        text.parse().ok()
    }

    /// Returns a number, if there is one that is finite.
    pub fn float(self, pointer: &str) -> Option<f64> {
        let mut buf = [0; 32];
        let text = short(self.0, pointer, &mut buf)?;
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            || !text.bytes().all(|c| c.is_ascii_digit() || b"+-.eE".contains(&c))
        {
            return None; // what Rust takes and JSON doesn't, such as inf
        }
        text.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// Returns true or false, if there is one of them.
    pub fn bool(self, pointer: &str) -> Option<bool> {
        match short(self.0, pointer, &mut [0; 5])? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Returns a list's items as `text` does each, if there is a list.
    pub fn texts(self, pointer: &str) -> Option<Vec<String>> {
        json::list(&self.text(pointer)?)
    }

    /// Returns an object's members, sorted by key, with values as `text` returns them, if there is an object.
    pub fn pairs(self, pointer: &str) -> Option<Vec<(String, String)>> {
        json::object(&self.text(pointer)?)
    }
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// It has this value.
    Set(String),
    /// Granted, and not set.
    Unset,
    /// No grant covers it, whether it is set or not; the sidecar's `grants.env` would have to.
    NotGranted,
}

/// The environment variables that the operator gave to builds, as far as this runner was granted them.
#[derive(Clone, Copy, Debug)]
pub struct Env(());

/// The environment variables that the operator gave to builds, as far as this runner was granted them.
pub const ENV: Env = Env(());

impl Env {
    /// Returns a variable.
    pub fn lookup(self, key: &str) -> Variable {
        if key.is_empty() {
            return Variable::Unset; // stands for all variables
        }
        match read(Source::Env, key) {
            Ok(value) => Variable::Set(value),
            Err(NOT_GRANTED) => Variable::NotGranted,
            Err(_) => Variable::Unset,
        }
    }

    /// Returns a variable's value, empty if there is none.
    pub fn value(self, key: &str) -> String {
        match self.lookup(key) {
            Variable::Set(value) => value,
            _ => String::new(),
        }
    }

    /// Returns every variable that is granted and set, sorted by key, or `None` without any grant.
    pub fn all(self) -> Option<Vec<(String, String)>> {
        json::object(&read(Source::Env, "").ok()?)
    }
}

/// Returns the JSON Pointer that names the keys and indices one after the other, each escaped: the label
/// `example.com/team` is at `pointer(&["labels", "example.com/team"])`.
pub fn pointer(tokens: &[&str]) -> String {
    let mut out = String::new();
    for token in tokens {
        out.push('/');
        for c in token.chars() {
            match c {
                '~' => out.push_str("~0"),
                '/' => out.push_str("~1"),
                _ => out.push(c),
            }
        }
    }
    out
}
