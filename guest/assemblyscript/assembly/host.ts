// The host's functions, as docs/abi.md has them.

// @ts-ignore: decorators of AssemblyScript, here and below
@external("solti", "spec_get")
export declare function spec_get(pointer: usize, len: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "config_get")
export declare function config_get(pointer: usize, len: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "task_get")
export declare function task_get(pointer: usize, len: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "env_get")
export declare function env_get(key: usize, len: i32, buf: usize, limit: i32): i32;
// @ts-ignore
@external("solti", "reply")
export declare function host_reply(text: usize, len: i32): void;
// @ts-ignore
@external("solti", "log")
export declare function host_log(level: i32, text: usize, len: i32): void;
// @ts-ignore
@external("solti", "metric_add")
export declare function metric_add(name: usize, len: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("solti", "metric_set")
export declare function metric_set(name: usize, len: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("solti", "metric_observe")
export declare function metric_observe(name: usize, len: i32, labels: usize, labelsLen: i32, value: f64): void;
// @ts-ignore
@external("wasi_snapshot_preview1", "fd_write")
export declare function fd_write(fd: i32, vectors: usize, n: i32, written: usize): i32;

/** Returns text as the host wants it. Half a surrogate pair, which is no text, becomes U+FFFD. */
export function utf8(text: string): ArrayBuffer {
  return String.UTF8.encode(text, false, String.UTF8.ErrorMode.REPLACE);
}
