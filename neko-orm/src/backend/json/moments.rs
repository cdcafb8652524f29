//! Dates and times as texts and numbers, in those of the forms that sqlx reads which leave no doubt: `2026-11-22`, `12:00:00.123`, and these with a
//! space or a `T` between and an offset after them; and the seconds since 1970.

#[cfg(feature = "chrono")]
use sqlx::types::chrono;
#[cfg(feature = "time")]
use sqlx::types::time;

use super::values::Element;

/// A day of the calendar; whether there is such a day is not said.
struct Day {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day to the second, and nanoseconds.
struct Clock {
    hour: u8,
    minute: u8,
    second: u8,
    nanosecond: u32,
}

/// A day and a time of day, and how many seconds that is ahead of UTC, where it is said.
struct Moment {
    day: Day,
    clock: Clock,
    offset: Option<i32>,
}

impl Day {
    fn parse(text: &[u8]) -> Option<Self> {
        let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return None };
        let year = u16::from(number(y0, y1)?) * 100 + u16::from(number(y2, y3)?);
        Some(Self { year, month: number(m0, m1)?, day: number(d0, d1)? })
    }
}

impl Clock {
    fn parse(text: &[u8]) -> Option<Self> {
        let [h0, h1, b':', m0, m1, b':', s0, s1, ref fraction @ ..] = *text else { return None };
        let (hour, minute, second) = (number(h0, h1)?, number(m0, m1)?, number(s0, s1)?);
        let nanosecond = match fraction {
            [] => 0,
            [b'.', digits @ ..] => nanoseconds(digits)?,
            _ => return None,
        };
        // A 60th second is a leap second to some.
        (second < 60).then_some(Self { hour, minute, second, nanosecond })
    }
}

impl Moment {
    fn parse(text: &[u8]) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        let [b' ' | b'T', time @ ..] = rest else { return None };
        let end = time.iter().position(|byte| matches!(byte, b'Z' | b'+' | b'-')).unwrap_or(time.len());
        let (clock, offset) = time.split_at(end);
        let offset = match offset {
            [] => None,
            offset => Some(seconds_ahead(offset)?),
        };
        Some(Self { day: Day::parse(day)?, clock: Clock::parse(clock)?, offset })
    }
}

fn number(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

fn nanoseconds(digits: &[u8]) -> Option<u32> {
    if !(1..=9).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |nanoseconds, digit| nanoseconds * 10 + u32::from(digit - b'0')))
}

fn seconds_ahead(offset: &[u8]) -> Option<i32> {
    let (sign, h0, h1, m0, m1) = match *offset {
        [b'Z'] => return Some(0),
        [b'+', h0, h1, b':', m0, m1] => (1, h0, h1, m0, m1),
        [b'-', h0, h1, b':', m0, m1] => (-1, h0, h1, m0, m1),
        _ => return None,
    };
    let (hours, minutes) = (i32::from(number(h0, h1)?), i32::from(number(m0, m1)?));
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(feature = "chrono")]
impl Element<'_> {
    pub(super) fn date(self) -> Option<chrono::NaiveDate> {
        Day::parse(self.plain_text()?.as_bytes())?.chrono()
    }

    pub(super) fn time(self) -> Option<chrono::NaiveTime> {
        Clock::parse(self.plain_text()?.as_bytes())?.chrono()
    }

    /// Whatever the offset.
    pub(super) fn date_time(self) -> Option<chrono::NaiveDateTime> {
        Some(self.moment()?.naive_local())
    }

    pub(super) fn moment(self) -> Option<chrono::DateTime<chrono::FixedOffset>> {
        let Some(text) = self.plain_text() else {
            return Some(chrono::DateTime::from_timestamp(self.number()?, 0)?.fixed_offset());
        };
        let Moment { day, clock, offset } = Moment::parse(text.as_bytes())?;
        let local = day.chrono()?.and_time(clock.chrono()?);
        local.and_local_timezone(chrono::FixedOffset::east_opt(offset.unwrap_or(0))?).single()
    }
}

#[cfg(feature = "chrono")]
impl Day {
    fn chrono(&self) -> Option<chrono::NaiveDate> {
        chrono::NaiveDate::from_ymd_opt(self.year.into(), self.month.into(), self.day.into())
    }
}

#[cfg(feature = "chrono")]
impl Clock {
    fn chrono(&self) -> Option<chrono::NaiveTime> {
        let Self { hour, minute, second, nanosecond } = *self;
        chrono::NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanosecond)
    }
}

#[cfg(feature = "time")]
impl Element<'_> {
    pub(super) fn calendar_date(self) -> Option<time::Date> {
        Day::parse(self.plain_text()?.as_bytes())?.time()
    }

    pub(super) fn clock_time(self) -> Option<time::Time> {
        Clock::parse(self.plain_text()?.as_bytes())?.time()
    }

    pub(super) fn primitive_date_time(self) -> Option<time::PrimitiveDateTime> {
        let Some(text) = self.plain_text() else {
            let moment = time::OffsetDateTime::from_unix_timestamp(self.number()?).ok()?;
            return Some(time::PrimitiveDateTime::new(moment.date(), moment.time()));
        };
        let moment = Moment::parse(text.as_bytes())?;
        // What sqlx makes of an offset is not plain.
        if moment.offset.is_some() { None } else { moment.time() }
    }

    pub(super) fn offset_date_time(self) -> Option<time::OffsetDateTime> {
        let Some(text) = self.plain_text() else {
            return time::OffsetDateTime::from_unix_timestamp(self.number()?).ok();
        };
        let moment = Moment::parse(text.as_bytes())?;
        let offset = time::UtcOffset::from_whole_seconds(moment.offset.unwrap_or(0)).ok()?;
        Some(moment.time()?.assume_offset(offset))
    }
}

#[cfg(feature = "time")]
impl Moment {
    fn time(&self) -> Option<time::PrimitiveDateTime> {
        Some(time::PrimitiveDateTime::new(self.day.time()?, self.clock.time()?))
    }
}

#[cfg(feature = "time")]
impl Day {
    fn time(&self) -> Option<time::Date> {
        time::Date::from_calendar_date(self.year.into(), self.month.try_into().ok()?, self.day).ok()
    }
}

#[cfg(feature = "time")]
impl Clock {
    fn time(&self) -> Option<time::Time> {
        time::Time::from_hms_nano(self.hour, self.minute, self.second, self.nanosecond).ok()
    }
}
