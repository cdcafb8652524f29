//! Models as a Mermaid diagram.

use neko_orm::{Model, schema};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, id = "author_id")]
#[has_many(Comment, id = "author_id", on_delete = set_null)]
struct User {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(User as author)]
#[has_many(Comment, on_delete = cascade, on_replace = delete)]
#[belongs_to_many(Tag)]
struct Post {
    id: i64,
    author_id: i64,
    title: String,
    rating: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Post)]
#[belongs_to(User as author)]
struct Comment {
    id: i64,
    post_id: i64,
    author_id: Option<i64>,
    body: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to_many(Post)]
struct Tag {
    id: i64,
    name: String,
}

/// The chapter of the guide shows the same models and their diagram.
#[test]
fn the_diagram_of_a_blog() {
    let chapter = include_str!("../neko-orm/src/guide/schema.md");
    let shown = chapter.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(schema::mermaid::<(User, Post, Comment, Tag)>(), shown);
}

mod kinds {
    use neko_orm::Model;

    /// To itself, to one, to one of many, and to a part of many.
    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Employee as boss, reports_to = "id")]
    #[has_many(Employee as reports, id = "reports_to")]
    #[has_one(Desk)]
    #[has_one(Login as last_login, latest = "at")]
    #[has_many(Login as logins)]
    #[has_one(Licence)]
    #[has_many(Photo, morph = owner)]
    #[has_many(User as fans, through(logins, fan))]
    pub struct Employee {
        pub id: i64,
        pub reports_to: Option<i64>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    pub struct Desk {
        pub id: i64,
        pub employee_id: Option<i64>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(User as fan)]
    pub struct Login {
        pub id: i64,
        pub employee_id: i64,
        pub at: i64,
        pub fan_id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Employee)]
    pub struct Licence {
        #[key]
        pub employee_id: i64,
    }

    /// Not given to the diagram.
    #[derive(Debug, Clone, PartialEq, Model)]
    #[has_many(Photo, morph = owner)]
    pub struct User {
        pub id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[morph_to(Owner { Employee, User })]
    pub struct Photo {
        pub id: i64,
        pub owner_id: i64,
        pub owner_type: String,
        pub data: Vec<u8>,
    }
}

#[test]
fn every_kind_of_relation() {
    use kinds::{Desk, Employee, Licence, Login, Photo};

    let expected = r#"erDiagram
    "employees" {
        INTEGER id PK
        INTEGER reports_to FK
    }
    "desks" {
        INTEGER id PK
        INTEGER employee_id FK
    }
    "logins" {
        INTEGER id PK
        INTEGER employee_id FK
        INTEGER at
        INTEGER fan_id FK
    }
    "licences" {
        INTEGER employee_id PK, FK
    }
    "photos" {
        INTEGER id PK
        INTEGER owner_id
        TEXT owner_type
        BLOB data
    }
    "employees" |o--o{ "employees" : "reports"
    "employees" |o--o| "desks" : "desk"
    "employees" ||--o{ "logins" : "last_login, logins"
    "users" ||--o{ "logins" : "fan"
    "employees" ||--o| "licences" : "licence"
    "employees" |o..o{ "photos" : "photos"
    "users" |o..o{ "photos" : "owner"
"#;
    assert_eq!(schema::mermaid::<(Employee, Desk, Login, Licence, Photo)>(), expected);
}

mod junctions {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to_many(Film as seen, through = Viewing, from(country = "country", number = "viewer"))]
    #[belongs_to_many(Label, through = "labelled", morph = thing, from(number = "thing_id"))]
    pub struct Viewer {
        #[key]
        pub country: String,
        #[key]
        pub number: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to_many(Label, through = "labelled", morph = thing)]
    pub struct Film {
        pub id: i64,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[belongs_to(Viewer as watcher, country = "country", viewer = "number")]
    #[belongs_to(Film)]
    pub struct Viewing {
        #[key]
        pub country: String,
        #[key]
        pub viewer: i64,
        #[key]
        pub film_id: i64,
        pub stars: Option<i64>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    pub struct Label {
        pub id: i64,
    }
}

#[test]
fn composite_keys_and_junctions() {
    use junctions::{Film, Label, Viewer, Viewing};

    let expected = r#"erDiagram
    "viewers" {
        TEXT country PK
        INTEGER number PK
    }
    "films" {
        INTEGER id PK
    }
    "viewings" {
        TEXT country PK, FK
        INTEGER viewer PK, FK
        INTEGER film_id PK, FK
        INTEGER stars
    }
    "labels" {
        INTEGER id PK
    }
    "labelled" {
        INTEGER thing_id PK
        TEXT thing_type PK
        INTEGER label_id PK, FK
    }
    "viewers" ||--o{ "viewings" : "seen"
    "films" ||--o{ "viewings" : "film"
    "viewers" |o..o{ "labelled" : "labels"
    "labels" ||--o{ "labelled" : ""
    "films" |o..o{ "labelled" : "labels"
"#;
    assert_eq!(schema::mermaid::<(Viewer, Film, Viewing, Label)>(), expected);
}

mod odd {
    use neko_orm::Model;

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "to")]
    #[has_many(Line as r#type, pk = "from")]
    pub struct To {
        #[key]
        pub pk: i64,
        #[column(name = "note \"text\"; 50%")]
        pub note: String,
        #[column(name = "1st")]
        pub first: f64,
        pub größe: Option<Vec<u8>>,
    }

    #[derive(Debug, Clone, PartialEq, Model)]
    #[model(table = "order \"line\"\\\n#1")]
    pub struct Line {
        pub id: i64,
        pub from: i64,
    }
}

#[test]
fn odd_names() {
    let expected = r#"erDiagram
    "to" {
        INTEGER _pk PK "pk"
        TEXT note__text___50_ "note #34;text#34;#59; 50#37;"
        REAL _1st "1st"
        BLOB gr__e "größe"
    }
    "order #34;line#34;#92;#10;#35;1" {
        INTEGER id PK
        INTEGER from FK
    }
    "to" ||--o{ "order #34;line#34;#92;#10;#35;1" : "type"
"#;
    assert_eq!(schema::mermaid::<(odd::To, (odd::Line, odd::To))>(), expected);
}
