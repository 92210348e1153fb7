/** A member of an object, or a variable. */
export class Pair {
  constructor(public key: string, public value: string) {}
}

/**
 * Takes canonical JSON apart, which has no white space. The host writes it well, but what is read may be any string of
 * a spec instead, so nothing is taken for granted. Once something is wrong, bad is set.
 */
class Scanner {
  at: i32 = 0;
  bad: bool = false;

  constructor(private text: string) {}

  peek(): i32 {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  take(c: i32): bool {
    if (this.peek() != c) return false;
    this.at++;
    return true;
  }

  expect(c: i32): void {
    if (!this.take(c)) this.bad = true;
  }

  atEnd(): bool {
    return !this.bad && this.at == this.text.length;
  }

  /** Takes one value. Of what is inside a list or object only the strings and brackets are looked at. */
  value(): string {
    if (this.peek() == 0x22) return this.string();
    const start = this.at;
    let depth = 0;
    while (!this.bad) {
      const c = this.peek();
      if (c < 0) this.bad = true;
      if (c == 0x22) {
        this.string();
        continue;
      }
      if (depth == 0 && (c == 0x2c || c == 0x5d || c == 0x7d)) break; // , ] }
      if (c == 0x5b || c == 0x7b) depth++; // [ {
      if (c == 0x5d || c == 0x7d) depth--;
      this.at++;
    }
    if (this.at == start) this.bad = true;
    return this.text.substring(start, this.at);
  }

  /** Takes one string and returns its text. */
  string(): string {
    this.expect(0x22);
    const start = this.at;
    let escapes = false;
    while (!this.bad && this.peek() != 0x22) {
      if (this.peek() < 0) this.bad = true;
      if (this.peek() == 0x5c) {
        escapes = true;
        this.at++;
      }
      this.at++;
    }
    const end = this.at++;
    if (this.bad) return "";
    return escapes ? this.unescape(start, end) : this.text.substring(start, end);
  }

  /** Returns what is between two places, with each escape replaced by what it stands for. */
  private unescape(start: i32, end: i32): string {
    const units = new StaticArray<u16>(end - start);
    let length = 0;
    this.at = start;
    while (this.at < end && !this.bad) {
      let c = this.peek();
      this.at++;
      if (c == 0x5c) c = this.escape();
      units[length++] = <u16>c;
    }
    if (this.at != end) this.bad = true; // an escape that is longer than the string
    this.at = end + 1;
    return String.UTF16.decodeUnsafe(changetype<usize>(units), length << 1);
  }

  private escape(): i32 {
    const c = this.peek();
    this.at++;
    switch (c) {
      case 0x22: case 0x5c: case 0x2f: return c;
      case 0x62: return 8; // b
      case 0x66: return 12; // f
      case 0x6e: return 10; // n
      case 0x72: return 13; // r
      case 0x74: return 9; // t
      case 0x75: return this.hex(); // u
    }
    this.bad = true;
    return 0;
  }

  private hex(): i32 {
    let n = 0;
    for (let i = 0; i < 4; i++) {
      const c = this.peek();
      const lower = c | 0x20;
      if (c >= 0x30 && c <= 0x39) n = n * 16 + c - 0x30;
      else if (lower >= 0x61 && lower <= 0x66) n = n * 16 + lower - 0x57;
      else this.bad = true;
      this.at++;
    }
    return n;
  }
}

/** Returns a list's items, a string's text or else JSON, or null if text is no list. */
export function list(text: string): string[] | null {
  const s = new Scanner(text);
  const items = new Array<string>();
  s.expect(0x5b);
  while (!s.bad && !s.take(0x5d)) {
    if (items.length > 0) s.expect(0x2c);
    items.push(s.value());
  }
  return s.atEnd() ? items : null;
}

/** Returns an object's members, with values as list has them, or null if text is no object. */
export function object(text: string): Pair[] | null {
  const s = new Scanner(text);
  const pairs = new Array<Pair>();
  s.expect(0x7b);
  while (!s.bad && !s.take(0x7d)) {
    if (pairs.length > 0) s.expect(0x2c);
    const key = s.string();
    s.expect(0x3a);
    pairs.push(new Pair(key, s.value()));
  }
  return s.atEnd() ? pairs : null;
}

/** Returns text as a JSON string, with no escapes but those that JSON requires. */
export function quote(text: string): string {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20) length += 5;
    else if (c == 0x22 || c == 0x5c) length++;
  }
  return length == text.length ? '"' + text + '"' : '"' + escaped(text, length) + '"';
}

/** Returns text with the escapes that make it so long. */
function escaped(text: string, length: i32): string {
  const units = new StaticArray<u16>(length);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20) {
      units[at++] = 0x5c; // \u00
      units[at++] = 0x75;
      units[at++] = 0x30;
      units[at++] = 0x30;
      units[at++] = <u16>(0x30 + (c >> 4));
      units[at++] = <u16>((c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15));
      continue;
    }
    if (c == 0x22 || c == 0x5c) units[at++] = 0x5c;
    units[at++] = <u16>c;
  }
  return String.UTF16.decodeUnsafe(changetype<usize>(units), length << 1);
}
