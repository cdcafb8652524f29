use neko_orm::Model;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Size {
    Small,
    Large,
}

impl<DB: Database> Type<DB> for Size
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Size
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        format!("{self:?}").encode(buffer)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Size
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(if String::decode(value)? == "Small" { Self::Small } else { Self::Large })
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
