//! Takes canonical JSON apart, which has no white space. The host writes it well, but what is read may be any string of a
//! spec instead, so nothing is taken for granted.

use alloc::string::String;
use alloc::vec::Vec;

/// Returns a list's items, a string's text or else JSON, or `None` if `text` is no list.
pub fn list(text: &str) -> Option<Vec<String>> {
    items(text)?.into_iter().map(decode).collect()
}

/// Returns an object's members, with values as `list` has them, or `None` if `text` is no object.
pub fn object(text: &str) -> Option<Vec<(String, String)>> {
    members(text)?.into_iter().map(|(key, value)| Some((decode(key)?, decode(value)?))).collect()
}

/// Returns a list's items as they are written.
pub fn items(text: &str) -> Option<Vec<&str>> {
    let mut s = Scanner { text, at: 0 };
    let mut items = Vec::new();
    s.expect(b'[')?;
    while s.expect(b']').is_none() {
        if !items.is_empty() {
            s.expect(b',')?;
        }
        items.push(s.value()?);
    }
    s.at_end().then_some(items)
}

/// Returns an object's keys and values as they are written.
pub fn members(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut s = Scanner { text, at: 0 };
    let mut members = Vec::new();
    s.expect(b'{')?;
    while s.expect(b'}').is_none() {
        if !members.is_empty() {
            s.expect(b',')?;
        }
        let key = s.string()?;
        s.expect(b':')?;
        members.push((key, s.value()?));
    }
    s.at_end().then_some(members)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn expect(&mut self, c: u8) -> Option<()> {
        (self.peek() == Some(c)).then(|| self.at += 1)
    }

    /// Takes one value. Of what is inside a list or object only the strings and brackets are looked at.
    fn value(&mut self) -> Option<&'a str> {
        if self.peek()? == b'"' {
            return self.string();
        }
        let start = self.at;
        let mut depth = 0;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b',' | b']' | b'}' if depth == 0 => break,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|value| !value.is_empty())
    }

    /// Takes one string, with its quotes.
    fn string(&mut self) -> Option<&'a str> {
        let start = self.at;
        self.expect(b'"')?;
        while self.expect(b'"').is_none() {
            self.at += if self.peek()? == b'\\' { 2 } else { 1 };
        }
        self.text.get(start..self.at)
    }
}

/// Returns the text of a value that is written as a string, and any other as it is.
pub fn decode(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        return Some(value.into());
    };
    let mut chars = quoted.strip_suffix('"')?.chars();
    let mut out = String::with_capacity(quoted.len());
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { escape(&mut chars)? } else { c });
    }
    Some(out)
}

/// Takes what follows a backslash. Canonical JSON writes `\u` only for control characters, never for surrogates.
fn escape(chars: &mut core::str::Chars) -> Option<char> {
    Some(match chars.next()? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let mut code = 0;
            for _ in 0..4 {
                code = code * 16 + chars.next()?.to_digit(16)?;
            }
            char::from_u32(code)?
        }
        _ => return None,
    })
}

/// Appends text as a JSON string, with no escapes but those that JSON requires.
pub fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '.. => out.push(c),
            _ => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
        }
    }
    out.push('"');
}
