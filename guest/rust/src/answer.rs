use crate::host;
use crate::task::Task;

/// What `build` returns. The functions that reply something return it, too.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "this is what build returns"]
pub enum BuildStatus {
    /// The reply is the task; without a reply that is `{"action":{"run":{}}}`.
    Ok = 0,
    /// See [`unsupported`].
    Unsupported = 1,
    /// See [`invalid`].
    Invalid = 2,
    /// See [`missing`].
    Missing = 3,
    /// See [`internal`].
    Internal = 4,
}

/// What `run` returns. The functions that reply something return it, too.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "this is what run returns"]
pub enum RunStatus {
    /// See [`success`].
    Success = 0,
    /// See [`failure`].
    Failure = 1,
    /// See [`fatal`].
    Fatal = 2,
}

/// Sets the result of the present call; the last one counts.
pub fn reply(text: &str) {
    host::reply(text);
}

/// From `build`: replies the task.
pub fn built(task: &Task) -> BuildStatus {
    reply(&task.to_json());
    BuildStatus::Ok
}

/// From `build`: the runner doesn't take this kind.
pub fn unsupported(message: &str) -> BuildStatus {
    reply(message);
    BuildStatus::Unsupported
}

/// From `build`: the spec is wrong; the message names the field.
pub fn invalid(message: &str) -> BuildStatus {
    reply(message);
    BuildStatus::Invalid
}

/// From `build`: the spec lacks the field at `pointer`, which is all that the host wants to be told.
pub fn missing(pointer: &str) -> BuildStatus {
    reply(pointer);
    BuildStatus::Missing
}

/// From `build`: the runner itself could not do it.
pub fn internal(message: &str) -> BuildStatus {
    reply(message);
    BuildStatus::Internal
}

/// From `run`: the task's result.
pub fn success(result: &str) -> RunStatus {
    reply(result);
    RunStatus::Success
}

/// From `run`: a failure, which may be tried again.
pub fn failure(message: &str) -> RunStatus {
    reply(message);
    RunStatus::Failure
}

/// From `run`: a failure that another attempt can't help.
pub fn fatal(message: &str) -> RunStatus {
    reply(message);
    RunStatus::Fatal
}

/// How much a log record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For who looks for a fault.
    Debug = 0,
    /// Worth knowing.
    Info = 1,
    /// Something that may be wrong.
    Warn = 2,
    /// Something that is wrong.
    Error = 3,
}

/// Writes one record to the host's log. The host cuts it at 8 KiB, and drops records that are too many.
pub fn log(level: Level, text: &str) {
    host::log(level, text);
}

/// Writes text to the task's standard output, as it is: a line ends with the `\n` that it has. An error ends it, as there
/// is nobody to tell.
pub fn print(text: &str) {
    host::print(text);
}
