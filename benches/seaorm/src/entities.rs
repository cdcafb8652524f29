//! The tables as entities, in SeaORM 2's dense format. Its attribute looks at types by their text: types are taken apart, and put together anew.

macro_rules! entity {
    ($module:ident $table:literal { $($(#[$attribute:meta])* $field:ident: $type:ty,)* } { $($(#[$relation:meta])* $name:ident: $kind:ident<super::$to:ident::Entity>,)* }) => {
        // SeaORM generates more than is called.
        #[allow(dead_code)]
        pub mod $module {
            use sea_orm::entity::prelude::*;

            #[sea_orm::model]
            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $($(#[$attribute])* pub $field: $type,)*
                $($(#[$relation])* pub $name: $kind<super::$to::Entity>,)*
            }

            impl ActiveModelBehavior for ActiveModel {}

            harness::checksum! { Model { $($field),* } }
        }
    };
}

entity!(user "users" {
    #[sea_orm(primary_key)] id: i64, name: String, email: String, age: i64,
} {
    #[sea_orm(has_many)] posts: HasMany<super::post::Entity>,
    #[sea_orm(has_many)] sensors: HasMany<super::sensor::Entity>,
});

entity!(post "posts" {
    #[sea_orm(primary_key)] id: i64, user_id: i64, title: String, views: i64,
} {
    #[sea_orm(belongs_to, from = "user_id", to = "id")] user: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)] comments: HasMany<super::comment::Entity>,
    #[sea_orm(has_many, via = "post_tag")] tags: HasMany<super::tag::Entity>,
});

entity!(comment "comments" {
    #[sea_orm(primary_key)] id: i64, post_id: i64, body: String, score: i64,
} {
    #[sea_orm(belongs_to, from = "post_id", to = "id")] post: BelongsTo<super::post::Entity>,
});

entity!(tag "tags" {
    #[sea_orm(primary_key)] id: i64, name: String,
} {
    #[sea_orm(has_many, via = "post_tag")] posts: HasMany<super::post::Entity>,
});

entity!(post_tag "post_tags" {
    #[sea_orm(primary_key, auto_increment = false)] post_id: i64,
    #[sea_orm(primary_key, auto_increment = false)] tag_id: i64,
} {
    #[sea_orm(belongs_to, from = "post_id", to = "id")] post: BelongsTo<super::post::Entity>,
    #[sea_orm(belongs_to, from = "tag_id", to = "id")] tag: BelongsTo<super::tag::Entity>,
});

entity!(sensor "sensors" {
    #[sea_orm(primary_key)] id: i64, user_id: i64, gain: f64, calibration: Vec<u8>,
} {
    #[sea_orm(belongs_to, from = "user_id", to = "id")] user: BelongsTo<super::user::Entity>,
    #[sea_orm(has_many)] readings: HasMany<super::reading::Entity>,
});

entity!(reading "readings" {
    #[sea_orm(primary_key)] id: i64, sensor_id: i64, value: f64, data: Vec<u8>,
} {
    #[sea_orm(belongs_to, from = "sensor_id", to = "id")] sensor: BelongsTo<super::sensor::Entity>,
});

entity!(author "authors" {
    #[sea_orm(primary_key)] id: i64, name: String,
} {
    #[sea_orm(has_many)] books: HasMany<super::book::Entity>,
});

entity!(book "books" {
    #[sea_orm(primary_key)] id: i64, author_id: i64, title: String,
} {
    #[sea_orm(belongs_to, from = "author_id", to = "id")] author: BelongsTo<super::author::Entity>,
});
