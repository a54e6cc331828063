//! A meter of ten characters. It is drawn in steps, so that a view rests between them.

use crate::domain::timebox::METER_STEPS;

/// So many steps of ten, as code, which GitHub shows in a font of even width.
pub fn meter(filled: u32) -> String {
    steps(filled, METER_STEPS)
}

/// So many steps of all, likewise.
pub fn steps(filled: u32, all: u32) -> String {
    let bar: String = (0..all)
        .map(|step| if step < filled { '▰' } else { '▱' })
        .collect();
    format!("`{bar}`")
}

#[cfg(test)]
mod tests {
    use super::meter;

    #[test]
    fn it_is_ten_characters_whatever_it_shows() {
        assert_eq!(meter(0), "`▱▱▱▱▱▱▱▱▱▱`");
        assert_eq!(meter(6), "`▰▰▰▰▰▰▱▱▱▱`");
        assert_eq!(meter(99), "`▰▰▰▰▰▰▰▰▰▰`");
    }
}
