//! Which names, labels and values the host takes is in `docs/abi.md`, section 3; others trap or are dropped.

use crate::host;
use crate::object::Object;

/// What becomes of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricType {
    /// They are added up.
    Counter,
    /// The last one counts.
    Gauge,
    /// They are counted by size.
    Histogram,
}

/// A counter by its name.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a>(pub &'a str);

/// A gauge by its name.
#[derive(Clone, Copy, Debug)]
pub struct Gauge<'a>(pub &'a str);

/// A histogram by its name.
#[derive(Clone, Copy, Debug)]
pub struct Histogram<'a>(pub &'a str);

impl Counter<'_> {
    /// Adds a value, which is finite and not negative.
    pub fn add(self, value: f64, labels: &[(&str, &str)]) {
        record(MetricType::Counter, self.0, labels, value);
    }
}

impl Gauge<'_> {
    /// Sets the gauge to a value, which is finite.
    pub fn set(self, value: f64, labels: &[(&str, &str)]) {
        record(MetricType::Gauge, self.0, labels, value);
    }
}

impl Histogram<'_> {
    /// Records one observation, which is finite; times are in seconds.
    pub fn observe(self, value: f64, labels: &[(&str, &str)]) {
        record(MetricType::Histogram, self.0, labels, value);
    }
}

fn record(metric: MetricType, name: &str, labels: &[(&str, &str)], value: f64) {
    if labels.is_empty() {
        return host::metric(metric, name, "", value);
    }
    let mut json = Object::new();
    for (key, value) in labels {
        json.text(key, value);
    }
    host::metric(metric, name, &json.to_json(), value);
}
