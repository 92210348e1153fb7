const QUOTE: u16 = 0x22;
const BACKSLASH: u16 = 0x5c;

/** Returns text as a JSON string, with no escapes but those that JSON requires. */
export function quote(text: string): string {
  // Measured, then written into one array of code units: adding to a string would copy all of it each time.
  let length = text.length + 2;
  for (let i = 0; i < text.length; i++) {
    const c = <u16>text.charCodeAt(i);
    if (c < 0x20) length += 5;
    else if (c == QUOTE || c == BACKSLASH) length++;
  }
  const out = new StaticArray<u16>(length);
  let n = 0;
  out[n++] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    const c = <u16>text.charCodeAt(i);
    if (c < 0x20) {
      out[n++] = BACKSLASH;
      out[n++] = 0x75; // u
      out[n++] = 0x30;
      out[n++] = 0x30;
      out[n++] = hexDigit(c >> 4);
      out[n++] = hexDigit(c & 15);
      continue;
    }
    if (c == QUOTE || c == BACKSLASH) out[n++] = BACKSLASH;
    out[n++] = c;
  }
  out[n] = QUOTE;
  return String.UTF16.decodeUnsafe(changetype<usize>(out), 2 * length);
}

function hexDigit(n: u16): u16 {
  return n < 10 ? 0x30 + n : 0x57 + n;
}

/** Returns the whole number that text is, or -1 if it is none from 0 to 999999999. */
export function integer(text: string): i32 {
  if (text.length == 0 || text.length > 9) return -1;
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    n = n * 10 + digit;
  }
  return n;
}

/** Returns text for people: on one line, cut to 80 code units. */
export function oneLine(text: string): string {
  let out = "";
  let n = text.length;
  if (n > 80) {
    n = 80;
    // A pair of surrogates is one character.
    if ((text.charCodeAt(n - 1) & 0xfc00) == 0xd800) n--;
  }
  for (let i = 0; i < n; i++) {
    const c = text.charCodeAt(i);
    out += c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ? " " : text.charAt(i);
  }
  return n < text.length ? out + "…" : out;
}

/** Returns text for people in quotes, on one line and cut. */
export function quoteLine(text: string): string {
  return quote(oneLine(text));
}
