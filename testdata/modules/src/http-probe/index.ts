// The runner of the kind http-probe: a custom kind whose payload says what a URL should answer, and what it did.
import { Source, count, get, has, observe, print, reply, set } from "./host";
import { integer, oneLine, quoteLine } from "./json";
import { Expectation, KIND, isFatal, mismatch, readResponse, responseOf } from "./probe";

const enum Build { OK = 0, Unsupported = 1, Invalid = 2, Missing = 3 }
const enum Run { Success = 0, Failure = 1, Fatal = 2 }

export function solti_abi_v1(): void {}

export function name(): void {
  reply("http-probe");
}

/** Takes probes of http and https. Another runner may take other schemes of the same kind. */
export function supports(): i32 {
  const url = get(Source.Spec, KIND + "/url");
  // A probe without a URL is taken too, so that build can say what is missing.
  if (url === null) return has(KIND) ? 1 : 0;
  return isWeb(url) ? 1 : 0;
}

function isWeb(url: string): bool {
  return url.startsWith("http://") || url.startsWith("https://");
}

/** Replies why there is no task; for a missing field only which one it is. */
function refuse(status: Build, message: string): i32 {
  reply(message);
  return status;
}

export function build(): i32 {
  if (!has(KIND)) return refuse(Build.Unsupported, "takes only the kind http-probe");
  const url = get(Source.Spec, KIND + "/url");
  if (url === null) return refuse(Build.Missing, KIND + "/url");
  if (!isWeb(url)) return refuse(Build.Invalid, KIND + "/url: begins with neither http:// nor https://");

  const e = new Expectation();
  e.url = url;
  const status = get(Source.Spec, KIND + "/expectStatus");
  if (status !== null) {
    e.status = integer(status);
    if (!isStatus(e.status)) return refuse(Build.Invalid, KIND + "/expectStatus: is no status from 100 to 599");
  }
  e.body = get(Source.Spec, KIND + "/expectBody");
  e.type = get(Source.Spec, KIND + "/expectType");

  const refused = checkResponses();
  if (refused != Build.OK) return refused;
  reply('{"action":{"run":' + e.toJSON() + '},"description":' + quoteLine("expects " + e.status.toString() + " of " + url) + "}");
  return Build.OK;
}

function isStatus(status: i32): bool {
  return status >= 100 && status <= 599;
}

/** Refuses recorded responses that run could not use. */
function checkResponses(): i32 {
  let at = KIND + "/responses/0";
  if (!has(at)) return refuse(Build.Missing, at + " (this runner has no network: record what the URL answered)");
  for (let i = 1; has(at); i++) {
    const status = get(Source.Spec, at + "/status");
    if (status === null) return refuse(Build.Missing, at + "/status");
    if (!isStatus(integer(status))) return refuse(Build.Invalid, at + "/status: is no status from 100 to 599");
    const elapsed = get(Source.Spec, at + "/elapsedMs");
    if (elapsed !== null && integer(elapsed) < 0) {
      return refuse(Build.Invalid, at + "/elapsedMs: is no whole number of milliseconds");
    }
    at = KIND + "/responses/" + i.toString();
  }
  return Build.OK;
}

export function run(): i32 {
  const e = Expectation.fromTask();
  const n = get(Source.Task, "/attempt");
  const attempt = n === null ? 1 : integer(n);
  const at = responseOf(attempt);
  if (at.length == 0) {
    reply("no response is recorded for attempt " + attempt.toString());
    return Run.Fatal;
  }
  const r = readResponse(at);
  print("GET " + oneLine(e.url) + " (attempt " + attempt.toString() + ")");
  print("status " + r.status.toString() + " after " + r.elapsedMs.toString() + " ms, " + String.UTF8.byteLength(r.body).toString() + " bytes");
  observe("http_probe_seconds", f64(r.elapsedMs) / 1000);
  set("http_probe_last_status", r.status);

  const problem = mismatch(e, r);
  count("http_probe_checks", problem.length == 0 ? '{"result":"pass"}' : '{"result":"fail"}');
  if (problem.length == 0) {
    reply("status " + r.status.toString() + " as expected");
    return Run.Success;
  }
  print(problem);
  reply(problem);
  return r.status != e.status && isFatal(r.status) ? Run.Fatal : Run.Failure;
}
