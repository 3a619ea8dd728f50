//! Days, as the commits of the index carry them.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year, all four digits.
    pub year: u16,
    /// The month, from 1.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

impl Date {
    /// The same day of the year before; 28 February for a leap day.
    #[must_use]
    pub fn a_year_before(self) -> Self {
        let day = if (self.month, self.day) == (2, 29) { 28 } else { self.day };
        Self { year: self.year.saturating_sub(1), day, ..self }
    }
}

impl fmt::Display for Date {
    /// As ISO 8601 has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_before() {
        let day = |year, month, day| Date { year, month, day };
        assert_eq!(day(2026, 8, 23).a_year_before().to_string(), "2025-08-23");
        assert_eq!(day(2024, 2, 29).a_year_before().to_string(), "2023-02-28");
        assert!(day(2025, 12, 31) < day(2026, 1, 1));
    }
}
