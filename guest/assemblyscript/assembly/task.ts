import { Pair } from "./json";
import { JsonObject } from "./object";

/** What is to be done: one of Run, Process and Wasm. */
export abstract class Action {
  abstract name(): string;
  abstract fields(): JsonObject;
}

/** The action that the runner's own run does. */
export class Run extends Action {
  /** Payload is for run to read, at /action/run of its task. */
  constructor(private payload: JsonObject = new JsonObject()) { super(); }
  name(): string { return "run"; }
  fields(): JsonObject { return this.payload; }
}

/** The action that is a process of the host. The operator has to grant it. */
export class Process extends Action {
  args: string[] = [];
  env: Pair[] = [];
  cwd: string = "";
  stdin: string = "";
  /** The pointer to a base64 string of the spec that is a script; the host puts the path of a file with it before args. */
  script: string = "";
  /** Makes any exit code a success. */
  allowNonZero: bool = false;

  constructor(private command: string) { super(); }
  name(): string { return "process"; }

  fields(): JsonObject {
    const o = new JsonObject();
    o.text("command", this.command);
    common(o, this.args, this.env, this.stdin);
    if (this.cwd.length > 0) o.text("cwd", this.cwd);
    if (this.script.length > 0) {
      const script = new JsonObject();
      script.text("spec", this.script);
      o.object("script", script);
    }
    if (this.allowNonZero) o.bool("failOnNonZero", false);
    return o;
  }
}

/** The action that is a WASI command module. The operator has to grant it. */
export class Wasm extends Action {
  args: string[] = [];
  env: Pair[] = [];
  stdin: string = "";

  constructor(private module: string) { super(); }
  name(): string { return "wasm"; }

  fields(): JsonObject {
    const o = new JsonObject();
    o.text("module", this.module);
    common(o, this.args, this.env, this.stdin);
    return o;
  }
}

function common(o: JsonObject, args: string[], env: Pair[], stdin: string): void {
  if (args.length > 0) o.texts("args", args);
  if (env.length > 0) o.pairs("env", env);
  if (stdin.length > 0) o.text("stdin", stdin);
}

/** What build makes. */
export class Task {
  /** One line for people, or empty. */
  description: string = "";
  /** Carried along and shown, never interpreted. */
  annotations: Pair[] = [];

  constructor(private action: Action) {}

  /** Returns the task as the host reads it. */
  toString(): string {
    const action = new JsonObject();
    action.object(this.action.name(), this.action.fields());
    const o = new JsonObject();
    o.object("action", action);
    if (this.description.length > 0) o.text("description", this.description);
    if (this.annotations.length > 0) o.pairs("annotations", this.annotations);
    return o.toString();
  }
}
