import { metric_add, metric_observe, metric_set, utf8 } from "./host";
import { Pair } from "./json";
import { JsonObject } from "./object";

// Which names, labels and values the host takes is in docs/abi.md, section 3; others trap or are dropped.

function labelsOf(pairs: Pair[]): ArrayBuffer {
  if (pairs.length == 0) return new ArrayBuffer(0);
  const o = new JsonObject();
  for (let i = 0; i < pairs.length; i++) o.text(pairs[i].key, pairs[i].value);
  return utf8(o.toString());
}

/** A counter by its name. */
export class Counter {
  constructor(private name: string) {}

  /** Adds value, which is finite and not negative. */
  add(value: f64, labels: Pair[] = []): void {
    const name = utf8(this.name);
    const json = labelsOf(labels);
    metric_add(changetype<usize>(name), name.byteLength, changetype<usize>(json), json.byteLength, value);
  }
}

/** A gauge by its name. */
export class Gauge {
  constructor(private name: string) {}

  /** Sets the gauge to value, which is finite. */
  set(value: f64, labels: Pair[] = []): void {
    const name = utf8(this.name);
    const json = labelsOf(labels);
    metric_set(changetype<usize>(name), name.byteLength, changetype<usize>(json), json.byteLength, value);
  }
}

/** A histogram by its name. */
export class Histogram {
  constructor(private name: string) {}

  /** Records one observation, which is finite; times are in seconds. */
  observe(value: f64, labels: Pair[] = []): void {
    const name = utf8(this.name);
    const json = labelsOf(labels);
    metric_observe(changetype<usize>(name), name.byteLength, changetype<usize>(json), json.byteLength, value);
  }
}
