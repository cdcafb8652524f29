use neko_orm::Model;
use sqlx::Sqlite;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef};

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Size {
    Small,
    Large,
}

impl sqlx::Type<Sqlite> for Size {
    fn type_info() -> SqliteTypeInfo {
        <String as sqlx::Type<Sqlite>>::type_info()
    }
}

impl sqlx::Encode<'_, Sqlite> for Size {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        sqlx::Encode::<Sqlite>::encode(format!("{self:?}"), buffer)
    }
}

impl sqlx::Decode<'_, Sqlite> for Size {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        let text = <String as sqlx::Decode<Sqlite>>::decode(value)?;
        Ok(if text == "Small" { Self::Small } else { Self::Large })
    }
}

#[derive(Debug, Clone, PartialEq, Model)]
struct Shirt {
    id: i64,
    size: Size,
}

fn main() {
    // The database compares the texts, and not what Rust does.
    let _ = Shirt::query().filter(|s| s.size.ge(Size::Small));
}
