//! Values that both databases keep, each in its own way.

use jiff::Timestamp;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};

/// A moment in microseconds: `timestamptz` in PostgreSQL, an integer since 1970 in SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time(pub(crate) Timestamp);

/// A number that is never negative: `int` or `bigint` in PostgreSQL, an integer in SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) u64);

/// `timestamptz`, as the catalogue of PostgreSQL numbers it.
const TIMESTAMPTZ: Oid = Oid(1184);
const INT2: Oid = Oid(21);
const INT4: Oid = Oid(23);

/// Microseconds from 1970 to 2000, when PostgreSQL begins to count.
const TO_2000: i64 = 946_684_800_000_000;

impl Time {
    /// The moment so many microseconds after another.
    pub(crate) fn after(from: Timestamp, microseconds: i64) -> Timestamp {
        let sum = from.as_microsecond().saturating_add(microseconds);
        let end = if microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_microsecond(sum).unwrap_or(end)
    }
}

impl Type<Postgres> for Time {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(TIMESTAMPTZ)
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        info.oid() == Some(TIMESTAMPTZ)
    }
}

impl Encode<'_, Postgres> for Time {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.as_microsecond() - TO_2000, out)
    }
}

impl Decode<'_, Postgres> for Time {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let microseconds = integer(&value)?.saturating_add(TO_2000);
        Ok(Self(Timestamp::from_microsecond(microseconds)?))
    }
}

impl Type<Sqlite> for Time {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(info: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(info)
    }
}

impl Encode<'_, Sqlite> for Time {
    fn encode_by_ref(&self, out: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.0.as_microsecond(), out)
    }
}

impl<'r> Decode<'r, Sqlite> for Time {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let microseconds = <i64 as Decode<'r, Sqlite>>::decode(value)?;
        Ok(Self(Timestamp::from_microsecond(microseconds)?))
    }
}

impl Type<Postgres> for Number {
    fn type_info() -> PgTypeInfo {
        <i64 as Type<Postgres>>::type_info()
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        <i64 as Type<Postgres>>::compatible(info)
            || info.oid().is_some_and(|oid| oid == INT4 || oid == INT2)
    }
}

impl Encode<'_, Postgres> for Number {
    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(i64::try_from(self.0)?, out)
    }
}

impl Decode<'_, Postgres> for Number {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self(u64::try_from(integer(&value)?)?))
    }
}

impl Type<Sqlite> for Number {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(info: &SqliteTypeInfo) -> bool {
        <i64 as Type<Sqlite>>::compatible(info)
    }
}

impl Encode<'_, Sqlite> for Number {
    fn encode_by_ref(&self, out: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(i64::try_from(self.0)?, out)
    }
}

impl<'r> Decode<'r, Sqlite> for Number {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(u64::try_from(<i64 as Decode<'r, Sqlite>>::decode(value)?)?))
    }
}

/// An integer of any width, as PostgreSQL sends it in answer to prepared statements.
fn integer(value: &PgValueRef<'_>) -> Result<i64, BoxDynError> {
    let bytes = value.as_bytes()?;
    Ok(match bytes.len() {
        2 => i16::from_be_bytes(bytes.try_into()?).into(),
        4 => i32::from_be_bytes(bytes.try_into()?).into(),
        _ => i64::from_be_bytes(bytes.try_into()?),
    })
}
