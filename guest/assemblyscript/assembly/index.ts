// For authors of soltiwasm runners in AssemblyScript. docs/abi.md is the contract, docs/writing-runners.md has the
// commands that build a runner.
//
//   import { reply, spec, success, OK } from "soltiwasm-guest/assembly";
//   export { solti_abi_v1 } from "soltiwasm-guest/assembly";
//   export function name(): void { reply("hello"); }
//   export function supports(): bool { return spec.has("/kind/hello"); }
//   export function build(): i32 { return OK; }
//   export function run(): i32 { return success("hello, world"); }
//
// Which of these may be called in which phase is in docs/abi.md, section 4; the host ends a call that breaks it.
export { Document, Env, EnvState, Lookup, Some, config, env, pointer, spec, task } from "./read";
export { Pair } from "./json";
export { JsonObject } from "./object";
export { TextBuilder } from "./builder";
export { Action, Process, Run, Task, Wasm } from "./task";
export { Counter, Gauge, Histogram } from "./metric";
export { Level, OK, built, failure, fatal, internal, invalid, log, missing, print, reply, success, unsupported } from "./answer";

/** Marks the ABI; every runner exports it. */
export function solti_abi_v1(): void {}
