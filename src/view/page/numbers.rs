//! Numbers as readers see them.

/// At most one place behind the point, and none where it is 0.
pub(super) fn short(number: f64) -> String {
    let shown = format!("{:.1}", number + 0.0);
    shown.strip_suffix(".0").unwrap_or(&shown).to_owned()
}

/// A part of a whole in per cent of it, from 0 to 100, for the width of a bar.
pub(super) fn width(part: f64, whole: f64) -> String {
    let percent = if whole > 0.0 {
        part / whole * 100.0
    } else {
        0.0
    };
    format!("{:.1}", percent.clamp(0.0, 100.0) + 0.0)
}

/// A count as a number to draw.
pub(super) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
