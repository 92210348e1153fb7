//! The conformance runner of the SDK for Rust, without std. It does what the one for Go does; see go/main.go beside it.
#![no_std]

extern crate alloc;

use alloc::{format, vec};

use soltiwasm_guest::{
    built, failure, fatal, internal, invalid, log, missing, pointer, print, reply, success, unsupported, Action, Arena,
    BuildStatus, Counter, Gauge, Histogram, Level, Object, Process, RunStatus, Task, Variable, Wasm, CONFIG, ENV, SPEC,
    TASK,
};

#[global_allocator]
static ARENA: Arena = Arena::new();

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    soltiwasm_guest::panicked(info)
}

#[no_mangle]
extern "C" fn name() {
    reply("conformance");
}

#[no_mangle]
extern "C" fn supports() -> bool {
    log(Level::Debug, "asked");
    SPEC.has("/kind/conformance") && CONFIG.bool("/refuse") != Some(true)
}

#[no_mangle]
extern "C" fn build() -> BuildStatus {
    let Some(what) = SPEC.text("/kind/conformance/do") else {
        return missing("/kind/conformance/do");
    };
    let message = SPEC.text("/kind/conformance/message").unwrap_or_default();
    Counter("conformance_builds").add(1.0, &[("do", &what)]);
    let action = match what.as_str() {
        "nothing" => return BuildStatus::Ok,
        "unsupported" => return unsupported(&message),
        "invalid" => return invalid(&message),
        "internal" => return internal(&message),
        "process" => Action::Process(process()),
        "wasm" => Action::Wasm(Wasm {
            module: message,
            args: vec!["a".into(), "b\"\n".into()],
            stdin: "in".into(),
            ..Wasm::default()
        }),
        _ => {
            log(Level::Info, &format!("builds {what}"));
            return built(&Task {
                action: Action::Run(read()),
                description: format!("does {what}"),
                annotations: vec![("do".into(), what)],
            });
        }
    };
    built(&Task { action, ..Task::default() })
}

/// Hands over the spec's arguments and every variable that was granted.
fn process() -> Process {
    Process {
        command: "bash".into(),
        args: SPEC.texts("/kind/conformance/args").unwrap_or_default(),
        env: ENV.all().unwrap_or_default(),
        cwd: "/srv".into(),
        script: "/kind/conformance/body".into(),
        allow_non_zero: true,
        ..Process::default()
    }
}

/// Tells what was read, by kinds of values.
fn read() -> Object {
    let mut o = Object::new();
    if let Some(text) = SPEC.text("/kind/conformance/text") {
        o.text("text", &text);
    }
    if let Some(n) = SPEC.int("/kind/conformance/int") {
        o.int("int", n);
    }
    if let Some(b) = SPEC.bool("/kind/conformance/bool") {
        o.bool("bool", b);
    }
    if let Some(json) = SPEC.text("/kind/conformance/json") {
        o.json("json", &json);
    }
    if let Some(team) = SPEC.text(&pointer(&["labels", "example.com/~team"])) {
        o.text("team", &team);
    }
    if let Some(word) = CONFIG.text("/word") {
        o.text("word", &word);
    }
    o.bool("null", SPEC.has("/kind/conformance/null"));
    for key in ["APP_SET", "APP_UNSET", "SECRET"] {
        match ENV.lookup(key) {
            Variable::Set(value) => o.text(key, &value),
            Variable::Unset => o.int(key, -1),
            Variable::NotGranted => o.int(key, -2),
        }
    }
    o
}

#[no_mangle]
extern "C" fn run() -> RunStatus {
    let attempt = TASK.int("/attempt").unwrap_or_default();
    let id = TASK.text("/runId").unwrap_or_default();
    print(&format!("attempt {attempt} of {id}\n"));
    for (level, text) in
        [(Level::Debug, "debug"), (Level::Info, "info"), (Level::Warn, "warn"), (Level::Error, "error")]
    {
        log(level, text);
    }
    Counter("conformance_runs").add(2.0, &[]);
    Gauge("conformance_gauge").set(-1.5, &[("quoted", "\"\\\n")]);
    Histogram("conformance_seconds").observe(0.25, &[]);
    match SPEC.text("/kind/conformance/end").as_deref() {
        Some("failure") => failure("it failed"),
        Some("fatal") => fatal("it can't be done"),
        _ => success(&TASK.text("/action/run/text").unwrap_or_default()),
    }
}
