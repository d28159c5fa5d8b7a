//! The one text a record has: RFC 8785 (JCS) for integers, strings, booleans, arrays and objects.
//!
//! Floats and null are refused, so that no question of number formatting ever arises; member names
//! are ASCII, where the UTF-16 order of the standard is the order of bytes. Strings are written as
//! they come: the maker of a record gives them in Unicode form NFC.

use crate::error::CanonicalError;
use crate::limits::{DEPTH_MAX, INTEGER_MAX};
use serde_json::{Number, Value};
use std::fmt::Write;

/// Writes `value` in its canonical form.
///
/// ```
/// let value = serde_json::json!({ "time": 1795392000, "event": "given" });
/// let text = octroi_ledger::canonical_json(&value);
/// assert_eq!(text.as_deref(), Ok(r#"{"event":"given","time":1795392000}"#));
/// ```
///
/// # Errors
///
/// When the value, or one inside it, is outside the subset: see [`CanonicalError`].
pub fn canonical_json(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::new();
    write_value(&mut text, value, 0)?;
    Ok(text)
}

fn write_value(text: &mut String, value: &Value, depth: usize) -> Result<(), CanonicalError> {
    if depth > DEPTH_MAX {
        return Err(CanonicalError::TooDeep);
    }
    match value {
        Value::Null => return Err(CanonicalError::Null),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_integer(text, number)?,
        Value::String(string) => write_string(text, string),
        Value::Array(items) => {
            let mut opening = '[';
            for item in items {
                text.push(opening);
                opening = ',';
                write_value(text, item, depth + 1)?;
            }
            text.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Object(members) => {
            // Sorted here: serde_json keeps insertion order if any crate of the build asks it to.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_bytes());
            let mut opening = '{';
            for (name, member) in &members {
                if !name.is_ascii() {
                    return Err(CanonicalError::NameNotAscii);
                }
                text.push(opening);
                opening = ',';
                write_string(text, name);
                text.push(':');
                write_value(text, member, depth + 1)?;
            }
            text.push_str(if members.is_empty() { "{}" } else { "}" });
        }
    }
    Ok(())
}

fn write_integer(text: &mut String, number: &Number) -> Result<(), CanonicalError> {
    let (sign, magnitude) = match (number.as_u64(), number.as_i64()) {
        (Some(magnitude), _) => ("", magnitude),
        (None, Some(negative)) => ("-", negative.unsigned_abs()),
        (None, None) => return Err(CanonicalError::NotAnInteger),
    };
    if magnitude > INTEGER_MAX {
        return Err(CanonicalError::IntegerTooLarge);
    }
    text.push_str(sign);
    text.push_str(&magnitude.to_string());
    Ok(())
}

/// RFC 8785 section 3.2.2.2: the short escapes where there is one, lower-case `\u00xx` for the
/// other controls, everything else as it is.
fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                // Writing to a String cannot fail.
                let _always_ok = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: &Value, expected: Result<&str, CanonicalError>) {
        assert_eq!(canonical_json(value).as_deref(), expected.as_ref().map(|text| *text));
    }

    #[test]
    fn members_are_sorted_and_nothing_is_spaced() {
        check(
            &json!({ "b": [1, [], {}], "a": { "z": true, "A": false } }),
            Ok(r#"{"a":{"A":false,"z":true},"b":[1,[],{}]}"#),
        );
    }

    #[test]
    fn strings_are_escaped_as_the_standard_says() {
        // The example string of RFC 8785 section 3.2.2.2.
        check(
            &json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/\u{8}\t\u{c}\r\u{7f}\u{1f}"),
            Ok("\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\t\\f\\r\u{7f}\\u001f\""),
        );
    }

    #[test]
    fn integers_below_two_to_the_fifty_third_are_written_exactly() {
        check(&json!(0), Ok("0"));
        check(&json!(9_007_199_254_740_991_u64), Ok("9007199254740991"));
        check(&json!(-9_007_199_254_740_991_i64), Ok("-9007199254740991"));
    }

    #[test]
    fn what_readers_could_write_differently_is_refused() {
        check(&json!(9_007_199_254_740_992_u64), Err(CanonicalError::IntegerTooLarge));
        check(&json!(i64::MIN), Err(CanonicalError::IntegerTooLarge));
        check(&json!(1.0), Err(CanonicalError::NotAnInteger));
        check(&serde_json::from_str("-0").unwrap(), Err(CanonicalError::NotAnInteger));
        check(&json!({ "a": null }), Err(CanonicalError::Null));
        check(&json!({ "\u{e9}": 1 }), Err(CanonicalError::NameNotAscii));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
        assert!(canonical_json(&nested(DEPTH_MAX)).is_ok());
        check(&nested(DEPTH_MAX + 1), Err(CanonicalError::TooDeep));
    }
}
