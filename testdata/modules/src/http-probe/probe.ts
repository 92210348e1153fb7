// What a probe expects, and what it got. A runner has no network: the TaskSpec carries the responses as they were
// recorded, and attempt n gets the nth; the last one comes again and again.
import { Source, get, has } from "./host";
import { integer, quote, quoteLine } from "./json";

/** Where a TaskSpec has what this runner takes. */
export const KIND = "/kind/http-probe";

/** What the response of a probe has to be. */
export class Expectation {
  url: string = "";
  status: i32 = 200;
  body: string | null = null; // contained in the response's body
  type: string | null = null; // the beginning of its content type

  /** Writes the fields of the run action. */
  toJSON(): string {
    let out = '{"url":' + quote(this.url) + ',"status":' + this.status.toString();
    const body = this.body;
    if (body !== null) out += ',"body":' + quote(body);
    const type = this.type;
    if (type !== null) out += ',"type":' + quote(type);
    return out + "}";
  }

  /** Reads what toJSON wrote. */
  static fromTask(): Expectation {
    const e = new Expectation();
    const url = get(Source.Task, "/action/run/url");
    if (url !== null) e.url = url;
    const status = get(Source.Task, "/action/run/status");
    if (status !== null) e.status = integer(status);
    e.body = get(Source.Task, "/action/run/body");
    e.type = get(Source.Task, "/action/run/type");
    return e;
  }
}

/** One recorded response. */
export class Response {
  status: i32 = 0;
  type: string = "";
  body: string = "";
  elapsedMs: i32 = 0;
}

/** Returns the pointer to the response of an attempt, which counts from 1; empty if nothing is recorded. */
export function responseOf(attempt: i32): string {
  let last = "";
  for (let i = 0; i < attempt; i++) {
    const at = KIND + "/responses/" + i.toString();
    if (!has(at)) break;
    last = at;
  }
  return last;
}

/** Reads a recorded response. */
export function readResponse(at: string): Response {
  const r = new Response();
  const status = get(Source.Spec, at + "/status");
  if (status !== null) r.status = integer(status);
  const type = get(Source.Spec, at + "/headers/content-type");
  if (type !== null) r.type = type;
  const body = get(Source.Spec, at + "/body");
  if (body !== null) r.body = body;
  const elapsed = get(Source.Spec, at + "/elapsedMs");
  if (elapsed !== null) r.elapsedMs = integer(elapsed);
  return r;
}

/** Says what of the response isn't as expected; empty if all is. */
export function mismatch(e: Expectation, r: Response): string {
  if (r.status != e.status) return "expected status " + e.status.toString() + ", got " + r.status.toString();
  const type = e.type;
  if (type !== null && !r.type.startsWith(type)) return "expected content type " + quoteLine(type) + ", got " + quoteLine(r.type);
  const body = e.body;
  if (body !== null && !r.body.includes(body)) return "expected a body that contains " + quoteLine(body);
  return "";
}

/** Tells whether asking again can't help: the request itself is refused. */
export function isFatal(status: i32): bool {
  return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}
