import { fd_write, host_log, host_reply, utf8 } from "./host";
import { Task } from "./task";

/** The status of a build that made a task; without a reply that is {"action":{"run":{}}}. */
export const OK: i32 = 0;

/** Sets the result of the present call; the last one counts. */
export function reply(text: string): void {
  const bytes = utf8(text);
  host_reply(changetype<usize>(bytes), bytes.byteLength);
}

function end(status: i32, text: string): i32 {
  reply(text);
  return status;
}

/** Replies the task, and returns build's status. */
export function built(task: Task): i32 { return end(OK, task.toString()); }

/** From build: the runner doesn't take this kind. */
export function unsupported(message: string): i32 { return end(1, message); }
/** From build: the spec is wrong; the message names the field. */
export function invalid(message: string): i32 { return end(2, message); }
/** From build: the spec lacks the field at pointer, which is all that the host wants to be told. */
export function missing(pointer: string): i32 { return end(3, pointer); }
/** From build: the runner itself could not do it. */
export function internal(message: string): i32 { return end(4, message); }

/** From run: the task's result. */
export function success(result: string): i32 { return end(0, result); }
/** From run: a failure, which may be tried again. */
export function failure(message: string): i32 { return end(1, message); }
/** From run: a failure that another attempt can't help. */
export function fatal(message: string): i32 { return end(2, message); }

/** How much a log record matters. */
export enum Level { Debug, Info, Warn, Error }

/** Writes one record to the host's log. */
export function log(level: Level, text: string): void {
  const bytes = utf8(text);
  host_log(level, changetype<usize>(bytes), bytes.byteLength);
}

/** Writes text to the task's standard output, as it is. An error ends it, as there is nobody to tell. */
export function print(text: string): void {
  const bytes = utf8(text);
  const vector = new StaticArray<usize>(2);
  const written = new StaticArray<i32>(1);
  let from: i32 = 0;
  while (from < bytes.byteLength) {
    vector[0] = changetype<usize>(bytes) + from;
    vector[1] = bytes.byteLength - from;
    if (fd_write(1, changetype<usize>(vector), 1, changetype<usize>(written)) != 0 || written[0] <= 0) return;
    from += written[0];
  }
}
