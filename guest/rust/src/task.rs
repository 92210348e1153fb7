use alloc::string::String;
use alloc::vec::Vec;

use crate::object::Object;

/// What `build` makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// What to do.
    pub action: Action,
    /// One line for people, or empty.
    pub description: String,
    /// Carried along and shown, never interpreted. Of a key that is there twice the later value counts.
    pub annotations: Vec<(String, String)>,
}

/// What a task does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The runner's own `run` does it, and reads the object at `/action/run` of [`TASK`](crate::TASK).
    Run(Object),
    /// A process of the host. The operator has to grant it.
    Process(Process),
    /// A WASI command module. The operator has to grant it.
    Wasm(Wasm),
}

impl Default for Action {
    /// A run with nothing to read.
    fn default() -> Action {
        Action::Run(Object::new())
    }
}

/// A process of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// What to start: a path, or a name that the host looks up.
    pub command: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment; of a key that is there twice the later value counts.
    pub env: Vec<(String, String)>,
    /// The directory that it starts in; empty is the host's choice.
    pub cwd: String,
    /// What it reads from its standard input.
    pub stdin: String,
    /// The pointer to a string of the spec that is a script in base64, or empty. The host puts the path of a file with the
    /// script between `command` and `args`.
    pub script: String,
    /// Makes any exit code a success.
    pub allow_non_zero: bool,
}

/// A WASI command module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wasm {
    /// The module.
    pub module: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its environment; of a key that is there twice the later value counts.
    pub env: Vec<(String, String)>,
    /// What it reads from its standard input.
    pub stdin: String,
}

impl Task {
    /// Returns the task as the host reads it; see `docs/abi.md`, section 8.
    pub(crate) fn to_json(&self) -> String {
        let mut action = Object::new();
        match &self.action {
            Action::Run(fields) => action.object("run", fields),
            Action::Process(process) => action.object("process", &process.fields()),
            Action::Wasm(wasm) => action.object("wasm", &wasm.fields()),
        }
        let mut out = Object::new();
        out.object("action", &action);
        text(&mut out, "description", &self.description);
        if !self.annotations.is_empty() {
            out.pairs("annotations", &self.annotations);
        }
        out.to_json()
    }
}

impl Process {
    fn fields(&self) -> Object {
        let mut out = Object::new();
        out.text("command", &self.command);
        common(&mut out, &self.args, &self.env, &self.stdin);
        text(&mut out, "cwd", &self.cwd);
        if !self.script.is_empty() {
            out.pairs("script", &[("spec", &self.script)]);
        }
        if self.allow_non_zero {
            out.bool("failOnNonZero", false);
        }
        out
    }
}

impl Wasm {
    fn fields(&self) -> Object {
        let mut out = Object::new();
        out.text("module", &self.module);
        common(&mut out, &self.args, &self.env, &self.stdin);
        out
    }
}

/// Adds what a process and a module both have.
fn common(out: &mut Object, args: &[String], env: &[(String, String)], stdin: &str) {
    if !args.is_empty() {
        out.texts("args", args);
    }
    if !env.is_empty() {
        out.pairs("env", env);
    }
    text(out, "stdin", stdin);
}

/// Adds a string that isn't empty.
fn text(out: &mut Object, key: &str, value: &str) {
    if !value.is_empty() {
        out.text(key, value);
    }
}
