import { config_get, env_get, spec_get, task_get, utf8 } from "./host";
import { Pair, list, object } from "./json";

const enum Source { Spec, Config, Task, Env }

const NO_VALUE: i32 = -1;
const DENIED: i32 = -2;

function get(source: Source, key: ArrayBuffer, buf: usize, limit: i32): i32 {
  const at = changetype<usize>(key);
  switch (source) {
    case Source.Spec: return spec_get(at, key.byteLength, buf, limit);
    case Source.Config: return config_get(at, key.byteLength, buf, limit);
    case Source.Task: return task_get(at, key.byteLength, buf, limit);
    default: return env_get(at, key.byteLength, buf, limit);
  }
}

/** Reads a value whose length is known. */
function read(source: Source, key: ArrayBuffer, length: i32): string {
  const buf = new ArrayBuffer(length);
  get(source, key, changetype<usize>(buf), length);
  return String.UTF8.decode(buf);
}

/** A value that is there: AssemblyScript's numbers can't be null. */
export class Some<T> {
  constructor(public value: T) {}
}

/**
 * A JSON document of the host's, read by JSON Pointer. The host hands over a string as its bare text and anything else as
 * canonical JSON, and doesn't say which it was: the string "5" reads as the number 5 too.
 */
export class Document {
  constructor(private source: Source) {}

  /** Tells whether there is a value, null included. */
  has(pointer: string): bool {
    return get(this.source, utf8(pointer), 0, 0) >= 0;
  }

  /** Returns a string's text, or the canonical JSON of anything else; null if there is no value. */
  text(pointer: string): string | null {
    const key = utf8(pointer);
    const length = get(this.source, key, 0, 0);
    return length < 0 ? null : read(this.source, key, length);
  }

  /** Returns a whole number of 64 bits, or null if there is none. */
  int(pointer: string): Some<i64> | null {
    const text = this.text(pointer);
    return text === null ? null : parseInt64(text);
  }

  /** Returns a number, or null if there is none. */
  float(pointer: string): Some<f64> | null {
    const text = this.text(pointer);
    if (text === null || text.length == 0 || text.length > 32) return null;
    const first = text.charCodeAt(0);
    if (first != 0x2d && (first < 0x30 || first > 0x39)) return null;
    for (let i = 0; i < text.length; i++) {
      if (!"0123456789+-.eE".includes(text.charAt(i))) return null;
    }
    const value = parseFloat(text);
    return isFinite(value) ? new Some<f64>(value) : null;
  }

  /** Returns true or false, or null if there is neither. */
  bool(pointer: string): Some<bool> | null {
    const text = this.text(pointer);
    if (text == "true") return new Some<bool>(true);
    return text == "false" ? new Some<bool>(false) : null;
  }

  /** Returns a list's items as text does each, or null if there is no list. */
  texts(pointer: string): string[] | null {
    const text = this.text(pointer);
    return text === null ? null : list(text);
  }

  /** Returns an object's members, sorted by key, with values as text returns them; null if there is no object. */
  pairs(pointer: string): Pair[] | null {
    const text = this.text(pointer);
    return text === null ? null : object(text);
  }
}

function parseInt64(text: string): Some<i64> | null {
  const negative = text.startsWith("-");
  const start = negative ? 1 : 0;
  if (text.length == start || text.length > 20) return null;
  const limit: u64 = negative ? <u64>i64.MAX_VALUE + 1 : <u64>i64.MAX_VALUE;
  let n: u64 = 0;
  for (let i = start; i < text.length; i++) {
    const digit = <u64>(text.charCodeAt(i) - 0x30);
    if (digit > 9 || n > (limit - digit) / 10) return null;
    n = n * 10 + digit;
  }
  return new Some<i64>(negative ? <i64>(0 - n) : <i64>n);
}

/** The TaskSpec. */
export const spec = new Document(Source.Spec);
/** The operator's configuration of this runner, {} without one. */
export const config = new Document(Source.Config);
/** In run: the task that build made, with runId, a string, and attempt, a number from 1. */
export const task = new Document(Source.Task);

/** Why a variable has a value or none. */
export enum EnvState {
  Set,
  /** Granted, and not set. */
  Unset,
  /** No grant covers it, whether it is set or not. */
  NotGranted,
}

/** A variable's value, which is empty unless the state is Set. */
export class Lookup {
  constructor(public value: string, public state: EnvState) {}
}

/** The environment variables that the operator gave to builds, as far as this runner was granted them. */
export class Env {
  lookup(key: string): Lookup {
    if (key.length == 0) return new Lookup("", EnvState.Unset); // stands for all variables
    const utf = utf8(key);
    const length = get(Source.Env, utf, 0, 0);
    if (length == NO_VALUE) return new Lookup("", EnvState.Unset);
    if (length == DENIED) return new Lookup("", EnvState.NotGranted);
    return new Lookup(read(Source.Env, utf, length), EnvState.Set);
  }

  /** Returns a variable's value, empty if there is none. */
  value(key: string): string {
    return this.lookup(key).value;
  }

  /** Returns every variable that is granted and set, sorted by key, or null without any grant. */
  all(): Pair[] | null {
    const key = new ArrayBuffer(0);
    const length = get(Source.Env, key, 0, 0);
    return length < 0 ? null : object(read(Source.Env, key, length));
  }
}

export const env = new Env();

/** Returns the JSON Pointer that names the keys and indices one after the other, each escaped. */
export function pointer(tokens: string[]): string {
  let out = "";
  for (let i = 0; i < tokens.length; i++) out += "/" + tokens[i].replaceAll("~", "~0").replaceAll("/", "~1");
  return out;
}
