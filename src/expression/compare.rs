//! Comparing what is known of two values.

use super::value::Known;

/// Whether two values are equal; `None` where that is not known. GitHub compares texts without
/// regard to case, and values of different types as numbers.
pub(super) fn equal(one: &Known, other: &Known) -> Option<bool> {
    in_all(one, |one| in_all(other, |other| equal_to(one, other)))
}

/// What holds of all values that something may have; `None` where it holds of some only.
pub(super) fn in_all(value: &Known, holds: impl Fn(&Known) -> Option<bool>) -> Option<bool> {
    let values = value.each();
    let mut all = values.iter().map(holds);
    let first = all.next()?;
    if all.all(|next| next == first) { first } else { None }
}

fn equal_to(one: &Known, other: &Known) -> Option<bool> {
    use Known::{Boolean, Gaps, Given, Hidden, Identity, Null, Prefix, Text, Varies};
    match (one, other) {
        (Varies | Hidden, _) | (_, Varies | Hidden) => None,
        (Text(one), Text(other)) => Some(one.eq_ignore_ascii_case(other)),
        (Identity(one), Identity(other)) => Some(one == other),
        (start @ (Prefix(_) | Gaps { .. }), Text(text))
        | (Text(text), start @ (Prefix(_) | Gaps { .. })) => {
            (!starts_with(text, start.start()?)).then_some(false)
        }
        (one @ (Prefix(_) | Gaps { .. }), other @ (Prefix(_) | Gaps { .. })) => {
            let (one, other) = (one.start()?, other.start()?);
            (!starts_with(one, other) && !starts_with(other, one)).then_some(false)
        }
        (Given | Identity(_), Text(text)) | (Text(text), Given | Identity(_)) => {
            text.is_empty().then_some(false)
        }
        (Given | Identity(_) | Prefix(_) | Gaps { .. }, Null)
        | (Null, Given | Identity(_) | Prefix(_) | Gaps { .. }) => Some(false),
        (Given | Identity(_) | Prefix(_) | Gaps { .. }, _)
        | (_, Given | Identity(_) | Prefix(_) | Gaps { .. }) => None,
        (Null, Null) => Some(true),
        (Boolean(one), Boolean(other)) => Some(one == other),
        (one, other) => Some(number(one)? == number(other)?),
    }
}

/// A value as a number, as GitHub coerces it: what is none is equal to nothing.
pub(super) fn number(value: &Known) -> Option<f64> {
    match value {
        Known::Null => Some(0.0),
        Known::Boolean(value) => Some(f64::from(u8::from(*value))),
        Known::Number(number) => Some(*number),
        Known::Text(text) if text.trim().is_empty() => Some(0.0),
        Known::Text(text) => Some(text.trim().parse().unwrap_or(f64::NAN)),
        _ => None,
    }
}

/// Whether a text starts with another, without regard to case.
pub(super) fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}
