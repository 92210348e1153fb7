package taskfile_test

// The documents that the reader and the schema must agree on.

var goodDocuments = map[string]string{
	"least": `
slot: a
kind: {wasm: {module: a.wasm}}
timeout: 1
`,
	"every field": `
slot: reports
kind:
  subprocess:
    mode: {command: {command: /usr/bin/make, args: ["-j4", ""]}}
    env:
      - {key: LANG, value: C}
      - {key: LANG, value: ""}
    cwd: /w
    failOnNonZero: false
timeout: 30s
restart: {type: always, intervalMs: 60000}
backoff: {jitter: equal, firstMs: 500, maxMs: 60000, factor: 1.75}
admission: replace
runnerSelector:
  matchLabels: {zone: eu, example.io/team: ""}
  matchExpressions:
    - {key: zone, operator: In, values: [eu, us, ""]}
    - {key: tainted, operator: NotIn, values: ["true"]}
    - {key: gpu, operator: Exists}
    - {key: slow, operator: DoesNotExist, values: []}
labels: {tier: prod, example.io/team: a}
maxRetries: 3
`,
	"JSON": `{"slot":"a","kind":{"container":{"image":"alpine","command":["sh"],"args":["-c","true"],"env":[]}},"timeout":30000,
	"restart":{"type":"onFailure"},"backoff":{"jitter":"full","firstMs":1000,"maxMs":30000,"factor":2.0},"admission":"dropIfRunning"}`,
	"script":         spec(`{subprocess: {mode: {script: {runtime: bash, body: ZWNobyBoaQ==, args: [x]}}}}`),
	"python":         spec(`{subprocess: {mode: {script: {runtime: python, body: cHJpbnQoMSk=}}}}`),
	"node":           spec(`{subprocess: {mode: {script: {runtime: node, body: MQ==}}}}`),
	"custom runtime": spec(`{subprocess: {mode: {script: {runtime: {custom: {command: ruby, flag: -e}}, body: MQ==}}}}`),
	"body in lines": `
slot: a
timeout: 1
kind:
  subprocess:
    mode:
      script:
        runtime: bash
        body: |
          ZWNo
          byBoaQ==
`,
	"env map":            spec(`{wasm: {module: m, env: {B: "1", A: "", "with space": x}}}`),
	"custom kind":        spec(`{http-probe: {url: "http://localhost", retries: 3, headers: {a: [null, true, 1.5]}}}`),
	"dotted kind":        spec(`{probe.example.io: {}}`),
	"near a built-in":    spec(`{subproces: {}}`),
	"embedded":           spec(`embedded`),
	"longest slot":       `{slot: "` + as(64) + `", kind: embedded, timeout: 1}`,
	"dots in slot":       `{slot: "..x", kind: embedded, timeout: 1}`,
	"longest timeout":    with("timeout: 315360000000"),
	"duration":           with("timeout: 1h30m0.5s"),
	"fraction":           with("timeout: 1.5s"),
	"whole float":        with("timeout: 1e3"),
	"empty selector":     with("timeout: 1", "runnerSelector: {}"),
	"selector with none": with("timeout: 1", "runnerSelector: {matchLabels: {}, matchExpressions: []}"),
	"empty labels":       with("timeout: 1", "labels: {}"),
	"partial backoff":    with("timeout: 1", "backoff: {factor: 3}"),
	"empty backoff":      with("timeout: 1", "backoff: {}"),
	"same backoff":       with("timeout: 1", "backoff: {firstMs: 7, maxMs: 7, factor: 1}"),
	"interval of zero":   with("timeout: 1", "restart: {type: never, intervalMs: 0}"),
	"queue":              with("timeout: 1", "admission: queue"),
	"most retries":       with("timeout: 1", "maxRetries: 2147483647"),
}

// badDocuments have all the faults that the reader finds in each. The schema refuses them too, but for those marked as beyond
// it: a rule that JSON Schema can't express, or not without making the schema unreadable.
var badDocuments = map[string]struct {
	text   string
	faults []string
	beyond bool
}{
	"no object":    {text: "just text", faults: []string{"1:1: expected an object, found a string"}},
	"null":         {text: "~", faults: []string{"1:1: expected an object, found null"}},
	"empty object": {text: "{}", faults: []string{"1:1: slot: missing field", "1:1: kind: missing field", "1:1: timeout: missing field"}},
	"misspelt": {
		text: "slot: a\nkind: embedded\ntimout: 5\n",
		faults: []string{
			`1:1: timeout: missing field`,
			`3:1: unknown field "timout", did you mean "timeout"?`,
		},
	},
	"all at once": {
		text: "slot: a b\nkind: {wasm: {modul: x, env: [{key: A=B}]}}\ntimeout: 0\nlabels: {a b: c, d: 1}\nadmission: dropifrunning\nmaxRetries: 0\n",
		faults: []string{
			"1:7: slot: contains forbidden byte 0x20 at position 1 (allowed: [A-Za-z0-9._-])",
			`2:14: kind.wasm.module: missing field`,
			`2:15: kind.wasm: unknown field "modul", did you mean "module"?`,
			`2:31: kind.wasm.env[0].value: missing field`,
			`2:37: kind.wasm.env[0].key: must not contain "="`,
			"3:10: timeout: must be greater than zero",
			`4:15: labels["a b"]: label key name must hold only letters, digits, "-", "_" and ".", and begin and end with a letter or digit`,
			"4:21: labels.d: expected a string, found the number 1: quote it",
			`5:12: admission: "dropifrunning" is none of dropIfRunning, replace, queue, did you mean "dropIfRunning"?`,
			"6:13: maxRetries: 0 is not allowed; omit the field for an unlimited budget",
		},
	},

	"slot is a number": {text: `{slot: 5, kind: embedded, timeout: 1}`, faults: []string{"1:8: slot: expected a string, found the number 5: quote it"}},
	"empty slot":       {text: `{slot: "", kind: embedded, timeout: 1}`, faults: []string{"1:8: slot: must not be empty"}},
	"dot slot":         {text: `{slot: ".", kind: embedded, timeout: 1}`, faults: []string{"1:8: slot: cannot be '.' or '..'"}},
	"long slot":        {text: `{slot: ` + as(65) + `, kind: embedded, timeout: 1}`, faults: []string{"1:8: slot: length 65 exceeds max 64"}},

	"negative timeout":   {text: with("timeout: -5"), faults: []string{"timeout: must be greater than zero"}},
	"fractional timeout": {text: with("timeout: 1.5"), faults: []string{"timeout: expected an integer of 64 bits, found the number 1.5"}},
	"long timeout":       {text: with("timeout: 315360000001"), faults: []string{"timeout: must be at most ten years (315360000000 ms)"}},
	"huge timeout":       {text: with("timeout: 9223372036854775807"), faults: []string{"timeout: must be at most ten years (315360000000 ms)"}},
	"timeout of a word":  {text: with("timeout: soon"), faults: []string{`timeout: expected a duration such as 100ms or 1m30s, found "soon"`}},
	"timeout as digits":  {text: with(`timeout: "30000"`), faults: []string{`timeout: expected a duration such as 100ms or 1m30s, found "30000"`}},
	"part of a ms":       {text: with("timeout: 10us"), faults: []string{"timeout: must be a whole number of milliseconds, but is 10µs"}, beyond: true},
	"long duration":      {text: with("timeout: 87601h"), faults: []string{"timeout: must be at most ten years (315360000000 ms)"}, beyond: true},
	"zero duration":      {text: with("timeout: 0s"), faults: []string{"timeout: must be greater than zero"}, beyond: true},
	"timeout as list":    {text: with("timeout: [1]"), faults: []string{"timeout: expected milliseconds as an integer, or a duration such as \"30s\""}},
	"timeout of null":    {text: with("timeout: ~"), faults: []string{"timeout: expected milliseconds as an integer, or a duration such as \"30s\""}},

	"restart as a word":   {text: with("timeout: 1", "restart: never"), faults: []string{"restart: expected an object, found a string"}},
	"no restart type":     {text: with("timeout: 1", "restart: {intervalMs: 5}"), faults: []string{`restart.type: missing field`}},
	"restart type":        {text: with("timeout: 1", "restart: {type: on-failure, intervalMs: 5}"), faults: []string{`restart.type: "on-failure" is none of never, onFailure, always, did you mean "onFailure"?`}},
	"interval":            {text: with("timeout: 1", "restart: {type: never, intervalMs: 5}"), faults: []string{`restart.intervalMs: is for type "always" only; with "never" there is no pause after a success`}},
	"negative interval":   {text: with("timeout: 1", "restart: {type: always, intervalMs: -5}"), faults: []string{"restart.intervalMs: must not be negative, but is -5ms"}},
	"interval of a word":  {text: with("timeout: 1", "restart: {type: always, intervalMs: 5s}"), faults: []string{"restart.intervalMs: expected an integer, found a string"}},
	"unknown in restart":  {text: with("timeout: 1", "restart: {type: always, interval: 5}"), faults: []string{`restart: unknown field "interval", did you mean "intervalMs"?`}},
	"backoff as a number": {text: with("timeout: 1", "backoff: 5"), faults: []string{"backoff: expected an object, found the number 5"}},
	"first":               {text: with("timeout: 1", "backoff: {firstMs: 0}"), faults: []string{"backoff.firstMs: must be greater than zero"}},
	"max":                 {text: with("timeout: 1", "backoff: {firstMs: 5, maxMs: 4}"), faults: []string{"backoff.maxMs: must be >= firstMs, but 4ms is less than 5ms"}, beyond: true},
	"default max":         {text: with("timeout: 1", "backoff: {firstMs: 30001}"), faults: []string{"backoff.maxMs: must be >= firstMs, but 30s is less than 30.001s"}, beyond: true},
	"factor":              {text: with("timeout: 1", "backoff: {factor: 0.99}"), faults: []string{"backoff.factor: must be finite and >= 1.0, not 0.99"}},
	"factor of a word":    {text: with("timeout: 1", "backoff: {factor: two}"), faults: []string{"backoff.factor: expected a number, found a string"}},
	"jitter":              {text: with("timeout: 1", "backoff: {jitter: ful}"), faults: []string{`backoff.jitter: "ful" is none of none, full, equal, decorrelated, did you mean "full"?`}},
	"admission":           {text: with("timeout: 1", "admission: drop"), faults: []string{`admission: "drop" is none of dropIfRunning, replace, queue`}},
	"negative retries":    {text: with("timeout: 1", "maxRetries: -1"), faults: []string{"maxRetries: must be from 1 to 2147483647"}},
	"many retries":        {text: with("timeout: 1", "maxRetries: 2147483648"), faults: []string{"maxRetries: must be from 1 to 2147483647"}},
	"retries of a word":   {text: with("timeout: 1", "maxRetries: no"), faults: []string{"maxRetries: expected an integer, found a string"}},
	"half a retry":        {text: with("timeout: 1", "maxRetries: 0.5"), faults: []string{"maxRetries: expected an integer of 64 bits, found the number 0.5"}},

	"labels as a list":   {text: with("timeout: 1", "labels: [a]"), faults: []string{"labels: expected an object of strings, found an array"}},
	"labels of null":     {text: with("timeout: 1", "labels:"), faults: []string{"labels: expected an object of strings, found null"}},
	"label value":        {text: with("timeout: 1", "labels: {a: -b}"), faults: []string{"labels.a: label value must hold only"}},
	"long label value":   {text: with("timeout: 1", "labels: {a: "+as(64)+"}"), faults: []string{"labels.a: label value length 64 exceeds max 63"}},
	"long label name":    {text: with("timeout: 1", "labels: {b/"+as(64)+": a}"), faults: []string{"label key name length 64 exceeds max 63"}},
	"long prefix":        {text: with("timeout: 1", "labels: {"+repeat("a.", 127)+"a/b: a}"), faults: []string{"label key prefix length 255 exceeds max 253"}},
	"long prefix part":   {text: with("timeout: 1", "labels: {"+as(64)+"/b: a}"), faults: []string{"label key prefix must be parts of at most 63 bytes"}},
	"label prefix":       {text: with("timeout: 1", "labels: {Example.io/b: a}"), faults: []string{`labels["Example.io/b"]: label key prefix must hold only lower-case`}},
	"two prefixes":       {text: with("timeout: 1", "labels: {a/b/c: a}"), faults: []string{"label key must contain at most one '/'"}},
	"selector":           {text: with("timeout: 1", "runnerSelector: zone=eu"), faults: []string{"runnerSelector: expected an object, found a string"}},
	"selector field":     {text: with("timeout: 1", "runnerSelector: {matchLabel: {a: b}}"), faults: []string{`runnerSelector: unknown field "matchLabel", did you mean "matchLabels"?`}},
	"selector label":     {text: with("timeout: 1", "runnerSelector: {matchLabels: {a: true}}"), faults: []string{"runnerSelector.matchLabels.a: expected a string, found true: quote it"}},
	"no values":          {text: expression("{key: a, operator: In}"), faults: []string{`.values: selector requirement "a" with operator In must have non-empty values`}},
	"values":             {text: expression("{key: a, operator: Exists, values: [b]}"), faults: []string{`.values: selector requirement "a" with operator Exists must have empty values`}},
	"value of a number":  {text: expression("{key: a, operator: In, values: [1, -b]}"), faults: []string{"values[0]: expected a string, found the number 1: quote it", "values[1]: label value must hold only"}},
	"operator":           {text: expression("{key: a, operator: in, values: [b]}"), faults: []string{`operator: "in" is none of In, NotIn, Exists, DoesNotExist, did you mean "In"?`}},
	"no operator":        {text: expression("{key: a}"), faults: []string{`runnerSelector.matchExpressions[0].operator: missing field`}},
	"requirement":        {text: expression("a"), faults: []string{"runnerSelector.matchExpressions[0]: expected an object, found a string"}},
	"key of requirement": {text: expression("{key: a b, operator: Exists}"), faults: []string{"runnerSelector.matchExpressions[0].key: label key name must hold only"}},

	"bare kind":          {text: spec("wasm"), faults: []string{`kind: expected an object with the kind's name as its one key, such as {wasm: {module: app.wasm}}, or the word "embedded"`}},
	"kind is a number":   {text: spec("5"), faults: []string{"kind: expected an object, found the number 5"}},
	"no kind":            {text: spec("{}"), faults: []string{"kind: expected exactly one key, the kind's name, found 0"}},
	"two kinds":          {text: spec("{wasm: {module: a}, container: {image: b}}"), faults: []string{"kind: expected exactly one key, the kind's name, found 2"}},
	"embedded as a key":  {text: spec("{embedded: {}}"), faults: []string{"kind.embedded: has no fields; write kind: embedded"}},
	"kind in upper case": {text: spec("{Wasm: {module: a}}"), faults: []string{`kind.Wasm: unknown kind, did you mean "wasm"?`}},
	"kind name":          {text: spec("{http_probe: {}}"), faults: []string{"kind.http_probe: kind name must hold only lower-case"}},
	"long kind name":     {text: spec("{" + repeat("a.", 127) + ": {}}"), faults: []string{"kind name length 254 exceeds max 253"}},
	"kind of a word":     {text: spec("{http-probe: yes}"), faults: []string{"kind.http-probe: expected an object, found a string"}},
	"wasm of a word":     {text: spec("{wasm: a.wasm}"), faults: []string{"kind.wasm: expected an object, found a string"}},

	"no mode":           {text: spec("{subprocess: {}}"), faults: []string{`kind.subprocess.mode: missing field`}},
	"mode is a word":    {text: spec("{subprocess: {mode: command}}"), faults: []string{"kind.subprocess.mode: expected an object, found a string"}},
	"empty mode":        {text: spec("{subprocess: {mode: {}}}"), faults: []string{"kind.subprocess.mode: must hold a command or a script"}},
	"both modes":        {text: spec("{subprocess: {mode: {command: {command: a}, script: {runtime: bash, body: MQ==}}}}"), faults: []string{"kind.subprocess.mode: must hold either a command or a script, not both"}},
	"misspelt mode":     {text: spec("{subprocess: {mode: {comand: {command: a}}}}"), faults: []string{`kind.subprocess.mode: unknown field "comand", did you mean "command"?`}},
	"command is a word": {text: spec("{subprocess: {mode: {command: make}}}"), faults: []string{"kind.subprocess.mode.command: expected an object, found a string"}},
	"blank command":     {text: spec(`{subprocess: {mode: {command: {command: " "}}}}`), faults: []string{"kind.subprocess.mode.command.command: subprocess command must not be empty"}},
	"args as a word":    {text: spec("{subprocess: {mode: {command: {command: a, args: b}}}}"), faults: []string{"kind.subprocess.mode.command.args: expected an array, found a string"}},
	"argument":          {text: spec("{subprocess: {mode: {command: {command: a, args: [b, 1, \"\\0\"]}}}}"), faults: []string{"args[1]: expected a string, found the number 1: quote it", "args[2]: must not contain a NUL byte"}},
	"flag is a word":    {text: spec("{subprocess: {mode: {command: {command: a}}, failOnNonZero: no}}"), faults: []string{"kind.subprocess.failOnNonZero: expected true or false, found a string"}},
	"cwd":               {text: spec("{subprocess: {mode: {command: {command: a}}, cwd: 5}}"), faults: []string{"kind.subprocess.cwd: expected a string, found the number 5: quote it"}},
	"no body":           {text: spec("{subprocess: {mode: {script: {runtime: bash}}}}"), faults: []string{`kind.subprocess.mode.script.body: missing field`}},
	"empty body":        {text: spec(`{subprocess: {mode: {script: {runtime: bash, body: ""}}}}`), faults: []string{"kind.subprocess.mode.script.body: script body must not be empty"}},
	"body is plain":     {text: spec(`{subprocess: {mode: {script: {runtime: bash, body: "echo hi"}}}}`), faults: []string{"kind.subprocess.mode.script.body: expected the script in base64, as the command base64 writes it: illegal base64 data at input byte 4"}},
	"body is cut":       {text: spec(`{subprocess: {mode: {script: {runtime: bash, body: "ZWN"}}}}`), faults: []string{"kind.subprocess.mode.script.body: expected the script in base64, as the command base64 writes it"}, beyond: true},
	"body is binary":    {text: spec(`{subprocess: {mode: {script: {runtime: bash, body: "//8="}}}}`), faults: []string{"kind.subprocess.mode.script.body: script body is not valid UTF-8"}, beyond: true},
	"runtime":           {text: spec(`{subprocess: {mode: {script: {runtime: pyhton, body: MQ==}}}}`), faults: []string{`runtime: "pyhton" is none of bash, python, node, did you mean "python"?`}},
	"runtime as a list": {text: spec(`{subprocess: {mode: {script: {runtime: [bash], body: MQ==}}}}`), faults: []string{`kind.subprocess.mode.script.runtime: expected bash, python or node, or an object with the key "custom"`}},
	"custom runtime":    {text: spec(`{subprocess: {mode: {script: {runtime: {custom: {command: ""}}, body: MQ==}}}}`), faults: []string{`runtime.custom.flag: missing field`, "runtime.custom.command: custom runtime command must not be empty"}},
	"no custom runtime": {text: spec(`{subprocess: {mode: {script: {runtime: {}, body: MQ==}}}}`), faults: []string{`kind.subprocess.mode.script.runtime.custom: missing field`}},
	"no module":         {text: spec(`{wasm: {module: ""}}`), faults: []string{"kind.wasm.module: wasm module path must not be empty"}},
	"blank image":       {text: spec(`{container: {image: "\t"}}`), faults: []string{"kind.container.image: container image must not be empty"}},
	"Unicode blank":     {text: spec(`{container: {image: "\u3000"}}`), faults: []string{"kind.container.image: container image must not be empty"}, beyond: true},
	"container command": {text: spec(`{container: {image: a, command: sh}}`), faults: []string{"kind.container.command: expected an array, found a string"}},

	"env as a word":      {text: spec("{wasm: {module: a, env: A=B}}"), faults: []string{"kind.wasm.env: expected an array of objects with key and value, or an object of strings"}},
	"env as words":       {text: spec("{wasm: {module: a, env: [A=B]}}"), faults: []string{"kind.wasm.env[0]: expected an object, found a string"}},
	"env value":          {text: spec("{wasm: {module: a, env: [{key: A, value: 1}]}}"), faults: []string{"kind.wasm.env[0].value: expected a string, found the number 1: quote it"}},
	"env map value":      {text: spec("{wasm: {module: a, env: {A: true}}}"), faults: []string{"kind.wasm.env.A: expected a string, found true: quote it"}},
	"env key":            {text: spec(`{wasm: {module: a, env: [{key: "", value: ""}]}}`), faults: []string{"kind.wasm.env[0].key: must not be empty"}},
	"env map key":        {text: spec(`{wasm: {module: a, env: {OK: "", A=B: c}}}`), faults: []string{`kind.wasm.env["A=B"]: must not contain "="`}},
	"env map with NUL":   {text: spec(`{wasm: {module: a, env: {OK: "", A: "\0"}}}`), faults: []string{`kind.wasm.env.A: must not contain a NUL byte`}},
	"field of env":       {text: spec(`{wasm: {module: a, env: [{key: A, value: b, valeu: c}]}}`), faults: []string{`kind.wasm.env[0]: unknown field "valeu"`}},
	"null in an env map": {text: spec(`{wasm: {module: a, env: {A: ~}}}`), faults: []string{"kind.wasm.env.A: expected a string, found null"}},
}
