//! Days, as the commits of the index carry them.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

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

    /// The day that many days before; none is before 1 March of the year 0.
    #[must_use]
    pub fn days_before(self, days: u32) -> Self {
        Self::of_days(self.to_days().saturating_sub(days.into()))
    }

    /// The days since 1 March of the year 0. These are "days_from_civil" and "civil_from_days" of
    /// <https://howardhinnant.github.io/date_algorithms.html>, for days that are not negative. Their
    /// years start in March, so that a leap day comes last.
    fn to_days(self) -> u64 {
        let year = u64::from(self.year).saturating_sub(u64::from(self.month <= 2));
        let from_march = (u64::from(self.month) + 9) % 12;
        let day_of_year = (153 * from_march + 2) / 5 + u64::from(self.day) - 1;
        year * 365 + year / 4 - year / 100 + year / 400 + day_of_year
    }

    fn of_days(days: u64) -> Self {
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        Self {
            year: u16::try_from(year).unwrap_or(u16::MAX),
            month: u8::try_from(month).unwrap_or(12),
            day: u8::try_from(day).unwrap_or(31),
        }
    }
}

impl From<SystemTime> for Date {
    /// The day in UTC. A time before 1970 counts as its first second.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::of_days(since.as_secs() / 86_400 + 719_468)
    }
}

/// The text does not start with a day, `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

impl FromStr for Date {
    type Err = NotADate;

    /// Reads a day, or the day that a time (`2026-08-23T10:00:00Z`) starts with.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let day = text.split_once('T').map_or(text, |(day, _)| day);
        let mut parts = day.splitn(3, '-').map(str::parse::<u16>);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) => {
                Ok(Self { year, month: month as u8, day: day as u8 })
            }
            _ => Err(NotADate),
        }
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_year_before() {
        let day = |year, month, day| Date { year, month, day };
        assert_eq!(day(2026, 8, 23).a_year_before().to_string(), "2025-08-23");
        assert_eq!(day(2024, 2, 29).a_year_before().to_string(), "2023-02-28");
        assert!(day(2025, 12, 31) < day(2026, 1, 1));
    }

    #[test]
    fn counts_days() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (day, days, before) in [
            ("2026-11-24", 0, "2026-11-24"),
            ("2026-11-24", 7, "2026-11-17"),
            ("2026-03-01", 1, "2026-02-28"),
            ("2024-03-01", 1, "2024-02-29"),
            ("2026-01-03", 7, "2025-12-27"),
            ("2026-01-01", 730_000, "0027-05-01"),
            ("2026-01-01", u32::MAX, "0000-03-01"),
        ] {
            assert_eq!(date(day).days_before(days), date(before), "{day} {days}");
        }
        let days =
            (0..200_000).map(|days| Date::from(UNIX_EPOCH + Duration::from_secs(days * 86_400)));
        assert!(
            days.zip(0..).all(|(date, days)| date.days_before(days).to_string() == "1970-01-01")
        );
    }

    #[test]
    fn knows_the_day_of_a_time() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_709_164_800, "2024-02-29"),
            (1_767_225_599, "2025-12-31"),
            (1_767_225_600, "2026-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(Date::from(time).to_string(), day);
        }
    }

    #[test]
    fn reads_days() {
        for text in ["2026-08-23", "2026-08-23T10:00:00Z"] {
            assert_eq!(text.parse(), Ok(Date { year: 2026, month: 8, day: 23 }));
        }
        for wrong in ["", "2026", "2026-13-01", "2026-08-32", "x-08-23"] {
            assert_eq!(wrong.parse::<Date>(), Err(NotADate), "{wrong}");
        }
    }
}
