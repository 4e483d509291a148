//! Connections to either database, and statements that both understand.
//!
//! Statements are written once, in the words of PostgreSQL that SQLite shares, with parameters
//! `$1`, `$2`. Two things differ and are spelled anew for SQLite: it has one writer and no row
//! locks (`FOR UPDATE`), and no arrays (`= ANY($1)`).

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jobs::JobId;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    AssertSqlSafe, Decode, Encode, PgConnection, Postgres, Row as _, SqlSafeStr, Sqlite,
    SqliteConnection, Transaction, Type,
};

use crate::contract::Result;
use crate::policy::Policy;
use crate::value::Time;

/// A transaction that is being written, as the one who writes sees it.
pub(crate) struct Tx {
    /// Where statements go.
    pub(crate) link: Link,
    /// The time of the database's clock.
    pub(crate) now: Timestamp,
    /// What is the same for all transactions.
    pub(crate) policy: Arc<Policy>,
    /// Jobs that have changed, to be told after the commit.
    pub(crate) changed: Vec<JobId>,
}

/// A connection.
pub(crate) enum Link {
    /// The one that writes SQLite.
    SqliteWriter(SqliteConnection),
    /// One that reads SQLite.
    SqliteReader(PoolConnection<Sqlite>),
    /// A transaction of PostgreSQL.
    PostgresWriter(Transaction<'static, Postgres>),
    /// One that reads PostgreSQL.
    PostgresReader(PoolConnection<Postgres>),
}

/// A statement with its parameters.
#[must_use = "nothing happens before it is executed"]
pub(crate) enum Query<'c> {
    Sqlite(&'c mut SqliteConnection, sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(&'c mut PgConnection, sqlx::query::Query<'static, Postgres, PgArguments>),
}

/// A row that was read.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What can be a parameter.
pub(crate) trait Value<'t>:
    Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>
{
}

impl<'t, T> Value<'t> for T where
    T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>
{
}

/// What can be read from a column.
pub(crate) trait Column<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Column<'r> for T where
    T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl Tx {
    /// A statement of this transaction.
    pub(crate) fn query(&mut self, sql: &'static str) -> Query<'_> {
        self.link.query(sql)
    }
}

impl Link {
    /// A statement on this connection.
    pub(crate) fn query(&mut self, sql: &'static str) -> Query<'_> {
        match self {
            Self::SqliteWriter(link) => sqlite(link, sql),
            Self::SqliteReader(link) => sqlite(link, sql),
            Self::PostgresWriter(link) => Query::Postgres(link, sqlx::query(sql)),
            Self::PostgresReader(link) => Query::Postgres(link, sqlx::query(sql)),
        }
    }

    /// The time of the database's clock; SQLite runs in this process and has no other.
    pub(crate) async fn now(&mut self, policy: &Policy) -> Result<Timestamp> {
        let now = match self {
            Self::SqliteWriter(_) | Self::SqliteReader(_) => Timestamp::now(),
            Self::PostgresWriter(_) | Self::PostgresReader(_) => {
                let row = self.query("SELECT clock_timestamp() AS now").one().await?;
                row.get::<Time>("now")?.0
            }
        };
        Ok(policy.shifted(now))
    }
}

fn sqlite<'c>(link: &'c mut SqliteConnection, sql: &'static str) -> Query<'c> {
    let query = match spelled(sql) {
        Cow::Borrowed(sql) => sqlx::query(sql),
        // Made of nothing but the statement of this crate.
        Cow::Owned(sql) => sqlx::query(AssertSqlSafe(sql).into_sql_str()),
    };
    Query::Sqlite(link, query)
}

/// A statement as SQLite understands it.
fn spelled(sql: &'static str) -> Cow<'static, str> {
    if !sql.contains("FOR UPDATE") && !sql.contains("= ANY(") {
        return Cow::Borrowed(sql);
    }
    let sql = sql.replace("FOR UPDATE SKIP LOCKED", "").replace("FOR UPDATE", "");
    Cow::Owned(sql.replace("= ANY($1)", "IN (SELECT value FROM json_each($1))"))
}

impl Query<'_> {
    /// Adds the next parameter.
    pub(crate) fn bind<'t, T: Value<'t>>(self, value: T) -> Self {
        match self {
            Self::Sqlite(link, query) => Self::Sqlite(link, query.bind(value)),
            Self::Postgres(link, query) => Self::Postgres(link, query.bind(value)),
        }
    }

    /// Adds the numbers of rows as the next parameter, for `= ANY($1)`.
    pub(crate) fn bind_all(self, rows: &[i64]) -> Self {
        match self {
            Self::Sqlite(link, query) => {
                Self::Sqlite(link, query.bind(sqlx::types::Json(rows.to_vec())))
            }
            Self::Postgres(link, query) => Self::Postgres(link, query.bind(rows.to_vec())),
        }
    }

    /// Executes it, and says how many rows were concerned.
    pub(crate) async fn execute(self) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(link, query) => query.execute(link).await?.rows_affected(),
            Self::Postgres(link, query) => query.execute(link).await?.rows_affected(),
        })
    }

    /// Reads all rows.
    pub(crate) async fn all(self) -> Result<Vec<Row>> {
        Ok(match self {
            Self::Sqlite(link, query) => {
                query.fetch_all(link).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(link, query) => {
                query.fetch_all(link).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Reads the first row, if there is one.
    pub(crate) async fn first(self) -> Result<Option<Row>> {
        Ok(match self {
            Self::Sqlite(link, query) => query.fetch_optional(link).await?.map(Row::Sqlite),
            Self::Postgres(link, query) => query.fetch_optional(link).await?.map(Row::Postgres),
        })
    }

    /// Reads the one row that there is.
    pub(crate) async fn one(self) -> Result<Row> {
        Ok(self.first().await?.ok_or(sqlx::Error::RowNotFound)?)
    }
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<'r, T: Column<'r>>(&'r self, column: &str) -> Result<T> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_lose_their_locks_and_arrays_for_sqlite() {
        assert_eq!(spelled("SELECT 1"), "SELECT 1");
        assert_eq!(spelled("SELECT a FROM t FOR UPDATE SKIP LOCKED"), "SELECT a FROM t ");
        assert_eq!(
            spelled("DELETE FROM t WHERE id = ANY($1)"),
            "DELETE FROM t WHERE id IN (SELECT value FROM json_each($1))"
        );
    }
}
