//! What goes into a statement and what comes out of it, the same for both databases.

use postgres::types::{IsNull, ToSql, Type, private::BytesMut};
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::error::StoreError;

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub enum Param<'a> {
    /// An integer.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// Nothing.
    Null,
}

impl From<u64> for Param<'_> {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a [u8; 32]> for Param<'a> {
    fn from(bytes: &'a [u8; 32]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a attestry_ledger::Hash> for Param<'a> {
    fn from(hash: &'a attestry_ledger::Hash) -> Self {
        Self::Blob(hash.as_bytes())
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Blob(bytes) => bytes.to_sql(ty, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Int(_) if *ty != Type::INT8 => Err(format!("an integer for {ty}").into()),
            Self::Blob(_) if *ty != Type::BYTEA => Err(format!("bytes for {ty}").into()),
            _ => ToSql::to_sql(self, ty, out),
        }
    }
}

/// A row of an answer.
#[derive(Clone, Copy)]
pub enum Row<'a> {
    /// Of SQLite.
    File(&'a rusqlite::Row<'a>),
    /// Of PostgreSQL.
    Server(&'a postgres::Row),
}

impl<'a> Row<'a> {
    fn wrong(at: usize, cause: impl ToString) -> StoreError {
        StoreError::content(format!("column {at}"), cause)
    }

    /// An integer.
    pub fn int(&self, at: usize) -> Result<i64, StoreError> {
        match self {
            Self::File(row) => row
                .get_ref(at)
                .map_err(|e| Self::wrong(at, e))
                .and_then(|value| value.as_i64().map_err(|e| Self::wrong(at, e))),
            Self::Server(row) => row.try_get(at).map_err(|error| Self::wrong(at, error)),
        }
    }

    /// An integer; none when it is null.
    pub fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        match self {
            Self::File(row) => row
                .get_ref(at)
                .map_err(|e| Self::wrong(at, e))
                .and_then(|value| value.as_i64_or_null().map_err(|e| Self::wrong(at, e))),
            Self::Server(row) => row.try_get(at).map_err(|error| Self::wrong(at, error)),
        }
    }

    /// An integer that is not negative.
    pub fn number(&self, at: usize) -> Result<u64, StoreError> {
        u64::try_from(self.int(at)?).map_err(|error| Self::wrong(at, error))
    }

    /// A text; none when it is null.
    pub fn maybe_text(&self, at: usize) -> Result<Option<&'a str>, StoreError> {
        match self {
            Self::File(row) => row
                .get_ref(at)
                .map_err(|e| Self::wrong(at, e))
                .and_then(|value| value.as_str_or_null().map_err(|e| Self::wrong(at, e))),
            Self::Server(row) => row.try_get(at).map_err(|error| Self::wrong(at, error)),
        }
    }

    /// A text.
    pub fn text(&self, at: usize) -> Result<&'a str, StoreError> {
        self.maybe_text(at)?.ok_or_else(|| Self::wrong(at, "is null"))
    }

    /// Bytes; none when they are null.
    pub fn maybe_blob(&self, at: usize) -> Result<Option<&'a [u8]>, StoreError> {
        match self {
            Self::File(row) => row
                .get_ref(at)
                .map_err(|e| Self::wrong(at, e))
                .and_then(|value| value.as_blob_or_null().map_err(|e| Self::wrong(at, e))),
            Self::Server(row) => row.try_get(at).map_err(|error| Self::wrong(at, error)),
        }
    }

    /// Bytes.
    pub fn blob(&self, at: usize) -> Result<&'a [u8], StoreError> {
        self.maybe_blob(at)?.ok_or_else(|| Self::wrong(at, "is null"))
    }

    /// A hash.
    pub fn hash(&self, at: usize) -> Result<attestry_ledger::Hash, StoreError> {
        let bytes = <[u8; 32]>::try_from(self.blob(at)?).map_err(|_| Self::wrong(at, "is not a hash of 32 bytes"))?;
        Ok(attestry_ledger::Hash::from_bytes(bytes))
    }
}
