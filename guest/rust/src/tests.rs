use alloc::string::{String, ToString};
use alloc::vec::Vec;
use std::string::String as Text;

use crate::fake::{Host, Metric, MetricType};
use crate::*;

/// Values of every kind, and such as are hard to read.
const SPEC_TEXT: &str = r#"{
    "text": "a \"b\"\\\/\b\f\n\r\t\u001fé😀",
    "words": ["a, ]}", "", "5"],
    "mixed": [1, "b", [2, "]"], {"c": "}"}, null, true],
    "none": [], "empty": {}, "null": null,
    "quoted": {"b\"": 1, "a": "x y"},
    "numbers": {"int": -9223372036854775808, "over": 9223372036854775808, "string": "7", "plus": "+7", "float": 1.5e3,
        "inf": "inf", "huge": "1e999", "long": "000000000000000000007", "dot": ".5"},
    "yes": true, "no": "false", "maybe": "yes",
    "labels": {"example.com/~team": "storage"}
}"#;

/// Calls f as a function of a runner.
fn on_spec<T>(f: fn() -> T) -> T {
    Host { spec: SPEC_TEXT, ..Host::default() }.call(f).status
}

#[test]
fn text_is_bare_and_the_rest_is_json() {
    fn read() -> Vec<Option<String>> {
        ["/text", "/words/0", "/words/1", "/mixed/2", "/null", "/quoted", "/words/3", "/words/-", "/words/00", "words"]
            .iter()
            .map(|pointer| SPEC.text(pointer))
            .collect()
    }
    let want = [
        Some("a \"b\"\\/\u{8}\u{c}\n\r\t\u{1f}é😀"),
        Some("a, ]}"),
        Some(""),
        Some(r#"[2,"]"]"#),
        Some("null"),
        Some(r#"{"b\"":1,"a":"x y"}"#),
        None,
        None,
        None,
        None,
    ];
    assert_eq!(on_spec(read), want.map(|text| text.map(Text::from)));
}

#[test]
fn text_of_any_length() {
    for length in [0, 127, 128, 129, 100_000] {
        fn read() -> Option<String> {
            SPEC.text("/text")
        }
        let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let spec = std::format!(r#"{{"text": "{text}"}}"#);
        assert_eq!(Host { spec: &spec, ..Host::default() }.call(read).status, Some(text));
    }
}

#[test]
fn values_are_there_or_not() {
    fn read() -> [bool; 5] {
        [SPEC.has("/null"), SPEC.has(""), SPEC.has("/mixed/5"), SPEC.has("/nothing"), SPEC.has("/text/0")]
    }
    assert_eq!(on_spec(read), [true, true, true, false, false]);
}

#[test]
fn numbers() {
    fn ints() -> Vec<Option<i64>> {
        ["int", "over", "string", "plus", "float", "long", "nothing"]
            .iter()
            .map(|key| SPEC.int(&pointer(&["numbers", key])))
            .collect()
    }
    assert_eq!(on_spec(ints), [Some(i64::MIN), None, Some(7), None, None, None, None]);
    fn floats() -> Vec<Option<f64>> {
        ["float", "string", "plus", "inf", "huge", "dot", "nothing"]
            .iter()
            .map(|key| SPEC.float(&pointer(&["numbers", key])))
            .collect()
    }
    assert_eq!(on_spec(floats), [Some(1500.0), Some(7.0), None, None, None, None, None]);
}

#[test]
fn booleans() {
    fn read() -> [Option<bool>; 4] {
        [SPEC.bool("/yes"), SPEC.bool("/no"), SPEC.bool("/maybe"), SPEC.bool("/nothing")]
    }
    assert_eq!(on_spec(read), [Some(true), Some(false), None, None]);
}

#[test]
fn lists_and_objects() {
    fn lists() -> Vec<Option<Vec<String>>> {
        ["/words", "/mixed", "/none", "/quoted", "/text", "/nothing"]
            .iter()
            .map(|pointer| SPEC.texts(pointer))
            .collect()
    }
    let text = |items: &[&str]| Some(items.iter().map(|item| item.to_string()).collect::<Vec<_>>());
    let mixed = text(&["1", "b", r#"[2,"]"]"#, r#"{"c":"}"}"#, "null", "true"]);
    assert_eq!(on_spec(lists), [text(&["a, ]}", "", "5"]), mixed, text(&[]), None, None, None]);
    fn objects() -> [Option<Vec<(String, String)>>; 3] {
        [SPEC.pairs("/quoted"), SPEC.pairs("/empty"), SPEC.pairs("/words")]
    }
    let quoted = Some([("b\"", "1"), ("a", "x y")].map(|(key, value)| (key.to_string(), value.to_string())).to_vec());
    assert_eq!(on_spec(objects), [quoted, Some(Vec::new()), None]);
}

/// A string of a spec may be anything, and is no list or object then.
#[test]
fn what_is_no_json_is_no_list_or_object() {
    for text in [
        "",
        "[",
        "[]]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[\"a]",
        "[\"a\\]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"\\ud800\"]",
        "[1}",
        "[[1]",
        "]",
        "\"",
        "[é\\\"",
        "[\"\\é",
        "{",
        "{}}",
        "{1:2}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\" :1}",
    ] {
        assert_eq!((json::list(text), json::object(text)), (None, None), "{text}");
    }
}

/// Whatever a string is made of: nothing panics, and what was quoted is read again.
#[test]
fn any_text_is_taken_apart() {
    let parts = ["[", "]", "{", "}", ",", ":", "\"", "\\", "u", "00", "d8", "a", "é", "\u{1}", "😀"];
    let mut state = 1_u32; // of xorshift32
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    for _ in 0..20_000 {
        let text: String = (0..next(12)).map(|_| parts[next(parts.len())]).collect();
        let (list, object) = (json::list(&text), json::object(&text));
        assert!(list.is_none() || object.is_none(), "{text}");
        let mut o = Object::new();
        o.texts(&text, &[&text]);
        assert_eq!(json::object(&o.to_string()).map(|members| members[0].0.clone()), Some(text.clone()));
        assert_eq!(json::list(json::members(&o.to_string()).unwrap()[0].1), Some(Vec::from([text])));
    }
}

#[test]
fn pointers_are_escaped() {
    assert_eq!(pointer(&["labels", "example.com/~team", ""]), "/labels/example.com~1~0team/");
    fn read() -> Option<String> {
        SPEC.text(&pointer(&["labels", "example.com/~team"]))
    }
    assert_eq!(on_spec(read).as_deref(), Some("storage"));
}

#[test]
fn variables() {
    fn read() -> ([Variable; 5], Option<Vec<(String, String)>>) {
        let keys = ["APP_SET", "APP_UNSET", "SECRET", "HOME", ""];
        (keys.map(|key| ENV.lookup(key)), ENV.all())
    }
    let env = [("APP_SET", "a \"b\"\n"), ("SECRET", "hidden"), ("HOME", "/root")];
    let (found, all) = Host { env: &env, grants: &["APP_*", "HOME"], ..Host::default() }.call(read).status;
    let set = |value: &str| Variable::Set(value.into());
    assert_eq!(found, [set("a \"b\"\n"), Variable::Unset, Variable::NotGranted, set("/root"), Variable::Unset]);
    assert_eq!(all, Some(Vec::from([("APP_SET", "a \"b\"\n"), ("HOME", "/root")].map(|(k, v)| (k.into(), v.into())))));
    let (found, all) = Host { env: &env, ..Host::default() }.call(read).status;
    assert_eq!(found[0], Variable::NotGranted);
    assert_eq!(all, None);
}

#[test]
fn objects_are_json() {
    let mut inner = Object::new();
    inner.float("half", 0.5);
    let mut o = Object::new();
    assert_eq!(o.to_string(), "{}");
    o.text("te\"xt", "\u{1}\u{1f}\\\n é");
    o.int("int", i64::MIN);
    o.bool("bool", true);
    o.texts("texts", &["a", "\""]);
    o.texts::<&str>("none", &[]);
    o.pairs("pairs", &[("b", "1"), ("a", "2"), ("b", "3")]);
    o.object("object", &inner);
    o.json("json", "[1]");
    assert_eq!(
        o.to_string(),
        concat!(
            r#"{"te\"xt":"\u0001\u001f\\\u000a é","int":-9223372036854775808,"bool":true,"texts":["a","\""],"none":[],"#,
            r#""pairs":{"a":"2","b":"3"},"object":{"half":0.5},"json":[1]}"#
        )
    );
}

#[test]
#[should_panic(expected = "the number of x is not finite")]
fn a_number_that_json_lacks() {
    Object::new().float("x", f64::NAN);
}

#[test]
fn tasks_are_json() {
    let env = Vec::from([("K".to_string(), "v".to_string())]);
    let process = Process {
        command: "sh".into(),
        args: Vec::from(["-x".into()]),
        env: env.clone(),
        cwd: "/".into(),
        stdin: "in".into(),
        script: "/kind/s".into(),
        allow_non_zero: true,
    };
    let wasm = Wasm { module: "m.wasm".into(), args: Vec::from(["a".into()]), env: env.clone(), stdin: "in".into() };
    let tasks = [
        (Task::default(), r#"{"action":{"run":{}}}"#),
        (
            Task { description: "d".into(), annotations: env, ..Task::default() },
            r#"{"action":{"run":{}},"description":"d","annotations":{"K":"v"}}"#,
        ),
        (
            Task { action: Action::Process(process), ..Task::default() },
            r#"{"action":{"process":{"command":"sh","args":["-x"],"env":{"K":"v"},"stdin":"in","cwd":"/","script":{"spec":"/kind/s"},"failOnNonZero":false}}}"#,
        ),
        (
            Task {
                action: Action::Process(Process { command: "true".into(), ..Process::default() }),
                ..Task::default()
            },
            r#"{"action":{"process":{"command":"true"}}}"#,
        ),
        (
            Task { action: Action::Wasm(wasm), ..Task::default() },
            r#"{"action":{"wasm":{"module":"m.wasm","args":["a"],"env":{"K":"v"},"stdin":"in"}}}"#,
        ),
    ];
    for (task, want) in tasks {
        assert_eq!(task.to_json(), want);
    }
}

#[test]
fn statuses_are_those_of_the_abi() {
    fn build() -> [BuildStatus; 5] {
        [unsupported("a"), invalid("b"), missing("c"), internal("d"), built(&Task::default())]
    }
    let seen = Host::default().call(build);
    assert_eq!(seen.status.map(|status| status as i32), [1, 2, 3, 4, 0]);
    assert_eq!(seen.reply, r#"{"action":{"run":{}}}"#, "the last one counts");
    fn run() -> [RunStatus; 3] {
        [success("a"), failure("b"), fatal("c")]
    }
    let seen = Host::default().call(run);
    assert_eq!(seen.status.map(|status| status as i32), [0, 1, 2]);
    assert_eq!(seen.reply, "c");
}

#[test]
fn what_a_run_tells() {
    fn run() -> RunStatus {
        print("attempt ");
        print(&TASK.text("/attempt").unwrap_or_default());
        log(Level::Warn, "careful");
        Counter("runs").add(2.0, &[]);
        Gauge("depth").set(-1.5, &[("quoted", "\"")]);
        Histogram("seconds").observe(0.25, &[("a", "1"), ("b", "2")]);
        success(&CONFIG.text("/word").unwrap_or_default())
    }
    let seen = Host { task: r#"{"attempt": 3}"#, config: r#"{"word": "wort"}"#, ..Host::default() }.call(run);
    assert_eq!(seen.reply, "wort");
    assert_eq!(seen.output, "attempt 3");
    assert_eq!(seen.logs, [(Level::Warn, "careful".to_string())]);
    let metric =
        |metric, name: &str, labels: &str, value| Metric { metric, name: name.into(), labels: labels.into(), value };
    assert_eq!(
        seen.metrics,
        [
            metric(MetricType::Counter, "runs", "", 2.0),
            metric(MetricType::Gauge, "depth", r#"{"quoted":"\""}"#, -1.5),
            metric(MetricType::Histogram, "seconds", r#"{"a":"1","b":"2"}"#, 0.25),
        ]
    );
}
