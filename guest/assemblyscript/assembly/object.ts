import { TextBuilder } from "./builder";
import { Pair, quote } from "./json";

/** A JSON object being written, member after member. A key is given once: the host refuses duplicates. */
export class JsonObject {
  private members: TextBuilder = new TextBuilder();

  /** Adds a string. */
  text(key: string, value: string): void {
    this.json(key, quote(value));
  }

  /** Adds a whole number. */
  int(key: string, value: i64): void {
    this.json(key, value.toString());
  }

  /** Adds a number, which is finite. */
  float(key: string, value: f64): void {
    this.json(key, value.toString());
  }

  /** Adds true or false. */
  bool(key: string, value: bool): void {
    this.json(key, value ? "true" : "false");
  }

  /** Adds a list of strings. */
  texts(key: string, values: string[]): void {
    const list = new TextBuilder();
    for (let i = 0; i < values.length; i++) {
      list.add(i == 0 ? "[" : ",");
      list.add(quote(values[i]));
    }
    list.add(values.length == 0 ? "[]" : "]");
    this.json(key, list.toString());
  }

  /** Adds an object of strings. Of a key that is there twice the later value counts. */
  pairs(key: string, pairs: Pair[]): void {
    const last = new Map<string, string>();
    for (let i = 0; i < pairs.length; i++) last.set(pairs[i].key, pairs[i].value);
    const inner = new JsonObject();
    const keys = last.keys();
    for (let i = 0; i < keys.length; i++) inner.text(keys[i], last.get(keys[i]));
    this.object(key, inner);
  }

  /** Adds an object. */
  object(key: string, value: JsonObject): void {
    this.json(key, value.toString());
  }

  /** Adds a value as it is, such as one that was read as text. It has to be JSON. */
  json(key: string, value: string): void {
    if (!this.members.isEmpty()) this.members.add(",");
    this.members.add(quote(key));
    this.members.add(":");
    this.members.add(value);
  }

  /** Returns the object as JSON. */
  toString(): string {
    return "{" + this.members.toString() + "}";
  }
}
