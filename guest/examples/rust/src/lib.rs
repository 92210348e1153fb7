//! An example of a runner in Rust, with std: it takes the kind "stats", and describes a list of numbers.

use soltiwasm_guest::{
    built, fatal, invalid, missing, reply, success, BuildStatus, Gauge, Object, RunStatus, Task, SPEC,
};

const VALUES: &str = "/kind/stats/values";

#[no_mangle]
extern "C" fn name() {
    reply("stats");
}

#[no_mangle]
extern "C" fn supports() -> bool {
    SPEC.has("/kind/stats")
}

/// Makes sure that `run` will find numbers. What is to be done is in the spec already, so the task says no more.
#[no_mangle]
extern "C" fn build() -> BuildStatus {
    if !SPEC.has(VALUES) {
        return missing(VALUES);
    }
    match values() {
        Ok(values) => built(&Task { description: format!("describes {} numbers", values.len()), ..Task::default() }),
        Err(message) => invalid(&message),
    }
}

#[no_mangle]
extern "C" fn run() -> RunStatus {
    let values = match values() {
        Ok(values) => values,
        Err(message) => return fatal(&message),
    };
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
    if !variance.is_finite() {
        return fatal("the numbers are too large to be summed up");
    }
    Gauge("stats_mean").set(mean, &[]);
    let mut o = Object::new();
    o.int("count", values.len() as i64);
    o.float("min", values[0]);
    o.float("max", values[values.len() - 1]);
    o.float("mean", mean);
    o.float("median", quantile(&values, 0.5));
    o.float("p95", quantile(&values, 0.95));
    o.float("deviation", variance.sqrt());
    success(&o.to_string())
}

/// Reads the numbers, of which there is at least one, in ascending order; or says what is wrong.
fn values() -> Result<Vec<f64>, String> {
    let texts = SPEC.texts(VALUES).filter(|texts| !texts.is_empty());
    let mut values = texts
        .ok_or_else(|| format!("{VALUES}: expected a list of at least one number"))?
        .iter()
        .enumerate()
        .map(|(i, text)| match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(format!("{VALUES}/{i}: expected a number")),
        })
        .collect::<Result<Vec<_>, _>>()?;
    values.sort_by(f64::total_cmp);
    Ok(values)
}

/// Returns the value below which a share of all is, between the two that are next to it in proportion.
fn quantile(ascending: &[f64], share: f64) -> f64 {
    let at = share * (ascending.len() - 1) as f64;
    let (low, high) = (ascending[at.floor() as usize], ascending[at.ceil() as usize]);
    low + (high - low) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;
    use soltiwasm_guest::fake::{Host, Seen};

    fn call<T>(payload: &str, function: fn() -> T) -> Seen<T> {
        let spec = format!(r#"{{"kind": {{"stats": {payload}}}}}"#);
        Host { spec: &spec, ..Host::default() }.call(function)
    }

    #[test]
    fn describes() {
        let seen = call(r#"{"values": [4, 2.5, -1, 10, 4]}"#, || run());
        assert_eq!(seen.status, RunStatus::Success);
        assert_eq!(
            seen.reply,
            r#"{"count":5,"min":-1,"max":10,"mean":3.9,"median":4,"p95":8.799999999999999,"deviation":3.5552777669262356}"#
        );
        assert_eq!((seen.metrics[0].name.as_str(), seen.metrics[0].value), ("stats_mean", 3.9));
        let one = r#"{"count":1,"min":7,"max":7,"mean":7,"median":7,"p95":7,"deviation":0}"#;
        assert_eq!(call(r#"{"values": [7]}"#, || run()).reply, one);
    }

    #[test]
    fn refuses() {
        for (payload, status, reply) in [
            ("{}", BuildStatus::Missing, "/kind/stats/values"),
            (r#"{"values": []}"#, BuildStatus::Invalid, "/kind/stats/values: expected a list of at least one number"),
            (r#"{"values": [1, "inf"]}"#, BuildStatus::Invalid, "/kind/stats/values/1: expected a number"),
            (r#"{"values": [[1]]}"#, BuildStatus::Invalid, "/kind/stats/values/0: expected a number"),
        ] {
            let seen = call(payload, || build());
            assert_eq!((seen.status, seen.reply.as_str()), (status, reply), "{payload}");
        }
        let seen = call(r#"{"values": [1e308, -1e308]}"#, || run());
        assert_eq!((seen.status, seen.reply.as_str()), (RunStatus::Fatal, "the numbers are too large to be summed up"));
    }
}
