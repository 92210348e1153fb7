use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use core::fmt;

use crate::json;

/// A JSON object being written, member after member. A key is given once: the host refuses duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    members: String,
}

impl Object {
    /// Returns an empty object.
    pub const fn new() -> Object {
        Object { members: String::new() }
    }

    /// Adds a string.
    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        json::quote(&mut self.members, value);
    }

    /// Adds a whole number.
    pub fn int(&mut self, key: &str, value: i64) {
        self.json(key, &value.to_string());
    }

    /// Adds a number.
    ///
    /// # Panics
    ///
    /// If the number is not finite, which JSON can't say.
    pub fn float(&mut self, key: &str, value: f64) {
        assert!(value.is_finite(), "the number of {key} is not finite");
        self.json(key, &value.to_string());
    }

    /// Adds true or false.
    pub fn bool(&mut self, key: &str, value: bool) {
        self.json(key, if value { "true" } else { "false" });
    }

    /// Adds a list of strings.
    pub fn texts<T: AsRef<str>>(&mut self, key: &str, values: &[T]) {
        self.key(key);
        self.members.push('[');
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                self.members.push(',');
            }
            json::quote(&mut self.members, value.as_ref());
        }
        self.members.push(']');
    }

    /// Adds an object of strings. Of a key that is there twice the later value counts.
    pub fn pairs<K: AsRef<str>, V: AsRef<str>>(&mut self, key: &str, pairs: &[(K, V)]) {
        let mut last = BTreeMap::new();
        for (key, value) in pairs {
            last.insert(key.as_ref(), value.as_ref()); // collect sorts first, which takes 10 KB of code
        }
        let mut inner = Object::new();
        for (key, value) in last {
            inner.text(key, value);
        }
        self.object(key, &inner);
    }

    /// Adds an object.
    pub fn object(&mut self, key: &str, value: &Object) {
        self.key(key);
        self.members.push('{');
        self.members.push_str(&value.members);
        self.members.push('}');
    }

    /// Adds a value as it is, such as one that [`Document::text`](crate::Document::text) returned for a list or object. It
    /// has to be JSON.
    pub fn json(&mut self, key: &str, value: &str) {
        self.key(key);
        self.members.push_str(value);
    }

    fn key(&mut self, key: &str) {
        if !self.members.is_empty() {
            self.members.push(',');
        }
        json::quote(&mut self.members, key);
        self.members.push(':');
    }

    /// Returns the object as JSON.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::with_capacity(self.members.len() + 2);
        out.push('{');
        out.push_str(&self.members);
        out.push('}');
        out
    }
}

/// Writes the object as JSON.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}
