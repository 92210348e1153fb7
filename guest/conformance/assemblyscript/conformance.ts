// The conformance runner of the SDK for AssemblyScript. It does what the one for Go does; see go/main.go beside it.
import {
  Counter, EnvState, Gauge, Histogram, JsonObject, Level, OK, Pair, Process, Run, Task, Wasm, built, config, env, failure, fatal,
  internal, invalid, log, missing, pointer, print, reply, spec, success, task, unsupported,
} from "../../assemblyscript/assembly/index";

export { solti_abi_v1 } from "../../assemblyscript/assembly/index";

const KIND = "/kind/conformance";

export function name(): void {
  reply("conformance");
}

export function supports(): bool {
  log(Level.Debug, "asked");
  const refuse = config.bool("/refuse");
  return spec.has(KIND) && (refuse === null || !refuse.value);
}

export function build(): i32 {
  const what = spec.text(KIND + "/do");
  if (what === null) return missing(KIND + "/do");
  const given = spec.text(KIND + "/message");
  const message = given === null ? "" : given;
  new Counter("conformance_builds").add(1, [new Pair("do", what)]);
  if (what == "nothing") return OK;
  if (what == "unsupported") return unsupported(message);
  if (what == "invalid") return invalid(message);
  if (what == "internal") return internal(message);
  if (what == "process") return built(new Task(process()));
  if (what == "wasm") {
    const action = new Wasm(message);
    action.args = ["a", 'b"\n'];
    action.stdin = "in";
    return built(new Task(action));
  }
  log(Level.Info, "builds " + what);
  const t = new Task(new Run(read()));
  t.description = "does " + what;
  t.annotations = [new Pair("do", what)];
  return built(t);
}

/** Hands over the spec's arguments and every variable that was granted. */
function process(): Process {
  const action = new Process("bash");
  const args = spec.texts(KIND + "/args");
  if (args !== null) action.args = args;
  const all = env.all();
  if (all !== null) action.env = all;
  action.cwd = "/srv";
  action.script = KIND + "/body";
  action.allowNonZero = true;
  return action;
}

/** Tells what was read, by kinds of values. */
function read(): JsonObject {
  const o = new JsonObject();
  const text = spec.text(KIND + "/text");
  if (text !== null) o.text("text", text);
  const n = spec.int(KIND + "/int");
  if (n !== null) o.int("int", n.value);
  const b = spec.bool(KIND + "/bool");
  if (b !== null) o.bool("bool", b.value);
  const json = spec.text(KIND + "/json");
  if (json !== null) o.json("json", json);
  const team = spec.text(pointer(["labels", "example.com/~team"]));
  if (team !== null) o.text("team", team);
  const word = config.text("/word");
  if (word !== null) o.text("word", word);
  o.bool("null", spec.has(KIND + "/null"));
  const keys = ["APP_SET", "APP_UNSET", "SECRET"];
  for (let i = 0; i < keys.length; i++) {
    const found = env.lookup(keys[i]);
    if (found.state == EnvState.Set) o.text(keys[i], found.value);
    else o.int(keys[i], found.state == EnvState.Unset ? -1 : -2);
  }
  return o;
}

export function run(): i32 {
  const attempt = task.int("/attempt");
  const id = task.text("/runId");
  print("attempt " + (attempt === null ? "?" : attempt.value.toString()) + " of " + (id === null ? "?" : id) + "\n");
  const levels = ["debug", "info", "warn", "error"];
  for (let level = 0; level < levels.length; level++) log(level, levels[level]);
  new Counter("conformance_runs").add(2);
  new Gauge("conformance_gauge").set(-1.5, [new Pair("quoted", '"\\\n')]);
  new Histogram("conformance_seconds").observe(0.25);
  const end = spec.text(KIND + "/end");
  if (end !== null && end == "failure") return failure("it failed");
  if (end !== null && end == "fatal") return fatal("it can't be done");
  const text = task.text("/action/run/text");
  return success(text === null ? "" : text);
}
