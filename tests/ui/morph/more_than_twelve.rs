use neko_orm::Model;

#[derive(Debug, Clone, PartialEq, Model)]
#[morph_to(Commentable { M0, M1, M2, M3, M4, M5, M6, M7, M8, M9, M10, M11, M12 })]
struct Comment {
    id: i64,
    commentable_id: Option<i64>,
    commentable_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M0 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M1 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M2 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M3 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M4 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M5 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M6 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M7 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M8 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M9 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M10 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M11 {
    id: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
struct M12 {
    id: i64,
}

fn main() {}
