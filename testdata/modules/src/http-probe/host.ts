// What the host lends this runner, as functions over strings. AssemblyScript's strings are UTF-16; the host's are UTF-8.

// @ts-ignore: decorators of AssemblyScript
@external("solti", "spec_get")
declare function spec_get(pointer: usize, pointerLen: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "task_get")
declare function task_get(pointer: usize, pointerLen: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "reply")
declare function host_reply(text: usize, len: i32): void;
// @ts-ignore
@external("solti", "metric_add")
declare function metric_add(name: usize, nameLen: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("solti", "metric_set")
declare function metric_set(name: usize, nameLen: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("solti", "metric_observe")
declare function metric_observe(name: usize, nameLen: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, iovsLen: i32, written: usize): i32;

/** Where a value is read from. */
export const enum Source { Spec, Task }

function ask(source: Source, pointer: ArrayBuffer, buf: usize, limit: i32): i32 {
  const at = changetype<usize>(pointer);
  const len = pointer.byteLength;
  return source == Source.Spec ? spec_get(at, len, buf, limit) : task_get(at, len, buf, limit);
}

/** Returns a value by JSON Pointer, a string's text or else JSON, or null if there is none. */
export function get(source: Source, pointer: string): string | null {
  const key = String.UTF8.encode(pointer);
  const len = ask(source, key, 0, 0);
  if (len < 0) return null;
  const buf = new ArrayBuffer(len);
  ask(source, key, changetype<usize>(buf), len);
  return String.UTF8.decode(buf);
}

/** Tells whether the TaskSpec has a value there. */
export function has(pointer: string): bool {
  return ask(Source.Spec, String.UTF8.encode(pointer), 0, 0) >= 0;
}

/** Sets the result of the current call. */
export function reply(text: string): void {
  const utf8 = String.UTF8.encode(text);
  host_reply(changetype<usize>(utf8), utf8.byteLength);
}

/** Adds 1 to a counter; labels is a JSON object. */
export function count(metric: string, labels: string): void {
  const name = String.UTF8.encode(metric);
  const json = String.UTF8.encode(labels);
  metric_add(changetype<usize>(name), name.byteLength, changetype<usize>(json), json.byteLength, 1);
}

/** Sets a gauge without labels. */
export function set(metric: string, value: f64): void {
  const name = String.UTF8.encode(metric);
  metric_set(changetype<usize>(name), name.byteLength, 0, 0, value);
}

/** Records an observation of a histogram without labels. */
export function observe(metric: string, value: f64): void {
  const name = String.UTF8.encode(metric);
  metric_observe(changetype<usize>(name), name.byteLength, 0, 0, value);
}

/** Writes one line to standard output. */
export function print(line: string): void {
  const utf8 = String.UTF8.encode(line + "\n");
  const iov = new StaticArray<usize>(2);
  const written = new StaticArray<i32>(1);
  let from: i32 = 0;
  while (from < utf8.byteLength) {
    iov[0] = changetype<usize>(utf8) + from;
    iov[1] = utf8.byteLength - from;
    if (fd_write(1, changetype<usize>(iov), 1, changetype<usize>(written)) != 0) return;
    if (written[0] <= 0) return;
    from += written[0];
  }
}
