//! Keys of several columns, keys that are text, bytes or of the user's own type, and pairs that are not the key.

mod support;

use neko_orm::{Error, Model, schema};
use support::{counted, each, on_every_backend, one_of, recorded, run_each};

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Item, shop_id = "shop_id", number = "order_number")]
struct Order {
    #[key]
    shop_id: i64,
    #[key]
    number: i64,
    note: String,
}

/// The shop is always known, the order may not be.
#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Order, shop_id = "shop_id", order_number = "number")]
struct Item {
    id: i64,
    shop_id: i64,
    order_number: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Child, id = "parent_id")]
struct Parent {
    #[key]
    id: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Parent)]
struct Child {
    #[key]
    name: String,
    parent_id: Option<Vec<u8>>,
}

/// Is referred to by a column that is not the key.
#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Post, email = "author_email")]
struct Author {
    id: i64,
    email: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[belongs_to(Author, author_email = "email")]
struct Post {
    id: i64,
    author_email: Option<String>,
}

/// A key of a type that only its database type shows to be an integer.
type Number = i64;

#[derive(Debug, Clone, PartialEq, Model)]
struct Ticket {
    #[column(default)]
    id: Number,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(Point as neighbours, id = "next")]
struct Point {
    id: i64,
    next: Option<i64>,
}

on_every_backend! {
    async fn a_composite_key_finds_saves_and_deletes(db) {
        schema::create::<(Order, Item)>(&db).await.unwrap();
        let mut order = Order::create().shop_id(1).number(7).note("a").insert(&db).await.unwrap();
        assert_eq!(order.key(), (1, 7));
        Order::create().shop_id(2).number(7).note("b").insert(&db).await.unwrap();
        assert_eq!(Order::find((1, 7), &db).await.unwrap().unwrap(), order);
        assert_eq!(Order::find((7, 1), &db).await.unwrap(), None);
        order.note = "c".into();
        let (saved, statements) = recorded(order.save(&db)).await;
        saved.unwrap();
        assert_eq!(
            statements,
            [r#"UPDATE "orders" SET "note" = ? WHERE "orders"."shop_id" = ? AND "orders"."number" = ?"#]
        );
        assert_eq!(Order::get((2, 7), &db).await.unwrap().note, "b");
        order.delete(&db).await.unwrap();
        let error = Order::get((1, 7), &db).await.unwrap_err();
        assert_eq!(error.to_string(), "no row of `orders` has the key (1, 7)");
    }

    async fn relations_by_a_composite_key(db) {
        schema::create::<(Order, Item)>(&db).await.unwrap();
        let first = Order::create().shop_id(1).number(7).note("a").insert(&db).await.unwrap();
        let second = Order::create().shop_id(1).number(8).note("b").insert(&db).await.unwrap();
        let mut item = first.items().create().insert(&db).await.unwrap();
        assert_eq!((item.shop_id, item.order_number), (1, Some(7)));
        assert_eq!(counted(first.items().to_vec(&db)).await, (vec![item.clone()], 1));
        assert_eq!(item.order().get(&db).await.unwrap(), Some(first.clone()));
        item.order_mut().associate(&second, &db).await.unwrap();
        assert_eq!(first.items().count(&db).await.unwrap(), 0);
        assert_eq!(counted(second.items().dissociate(&mut item, &db)).await.1, 1);
        assert_eq!(item, Item { id: 1, shop_id: 1, order_number: None });
        assert_eq!(item.order().get(&db).await.unwrap(), None);
        assert!(second.items().dissociate_in_memory(&mut item).is_err());
        let foreign = Order::create().shop_id(2).number(7).note("c").insert(&db).await.unwrap();
        assert!(matches!(foreign.items().dissociate(&mut item, &db).await, Err(Error::NotAssociated { .. })));
    }

    async fn a_text_with_a_nul_is_a_key_like_others(db) {
        schema::create::<(Parent, Child)>(&db).await.unwrap();
        let parent = Parent::create().id(vec![0, 255]).insert(&db).await.unwrap();
        // PostgreSQL has no texts with a NUL.
        let odd = each(["nul \0 inside", "unit \u{1f} inside", "nul \0 inside"], &db);
        assert_eq!(Child::create().name("nul \0").insert(&db).await.is_ok(), each([true, false, true], &db));
        let rows = ["a", "b", odd].map(|name| Child::create().name(name));
        let mut children = Child::insert_all(rows, &db).await.unwrap();
        let (result, statements) = recorded(parent.children().associate(&mut children, &db)).await;
        result.unwrap();
        assert_eq!(
            statements,
            [format!(r#"UPDATE "children" SET "parent_id" = ? WHERE ("children"."name") {}"#, one_of(3, &db))]
        );
        assert_eq!(parent.children().count(&db).await.unwrap(), 3);
        assert_eq!(children[2].parent().get(&db).await.unwrap(), Some(parent));
    }

    async fn more_composite_keys_than_a_statement_can_have_arguments(db) {
        schema::create::<(Order, Item)>(&db).await.unwrap();
        let rows = (0..20_000).map(|number| Order::create().shop_id(1).number(number).note(""));
        let mut orders = Order::insert_all(rows, &db).await.unwrap();
        run_each(
            [
                "ALTER TABLE orders ADD COLUMN folder_id INTEGER",
                "ALTER TABLE orders ADD COLUMN folder_id BIGINT",
                "ALTER TABLE orders ADD COLUMN folder_id BIGINT",
            ],
            &db,
        ).await;
        let mut filed: Vec<_> =
            orders.iter_mut().map(|order| FiledOrder { shop_id: 1, number: order.number, folder_id: None }).collect();
        schema::create::<Folder>(&db).await.unwrap();
        let folder = Folder::create().insert(&db).await.unwrap();
        let (_, statements) = counted(folder.orders().associate(&mut filed, &db)).await;
        assert_eq!(statements, each([3, 1, 2], &db));
        assert_eq!(folder.orders().count(&db).await.unwrap(), 20_000);
        filed.push(FiledOrder { shop_id: 2, number: 1, folder_id: None });
        let error = folder.orders().dissociate(&mut filed, &db).await.unwrap_err();
        assert_eq!(error.to_string(), "row (2, 1) of `orders` is not associated by `orders`");
        assert_eq!(folder.orders().count(&db).await.unwrap(), 20_000);
    }

    async fn a_foreign_key_may_refer_to_a_column_that_is_not_the_key(db) {
        schema::create::<(Author, Post)>(&db).await.unwrap();
        let mut post = Post::create().insert(&db).await.unwrap();
        let author = Author::create().email("a@b").insert(&db).await.unwrap();
        author.posts().associate(&mut post, &db).await.unwrap();
        assert_eq!(author.posts().to_vec(&db).await.unwrap(), [post.clone()]);
        assert_eq!(post.author().get(&db).await.unwrap(), Some(author.clone()));
        Author::create().email("a@b").insert(&db).await.unwrap();
        let error = post.author().get(&db).await.unwrap_err();
        assert!(matches!(error, Error::SeveralTargets { relation: "author", .. }), "{error}");
    }

    async fn a_key_whose_type_has_another_name_is_generated_on_demand(db) {
        schema::create::<Ticket>(&db).await.unwrap();
        Ticket::create().insert(&db).await.unwrap().delete(&db).await.unwrap();
        assert_eq!(Ticket::create().insert(&db).await.unwrap(), Ticket { id: 2 });
    }

    async fn keys_pass_through_json_exactly(db) {
        schema::create::<(Parent, Child, Point)>(&db).await.unwrap();
        let ids = [i64::MIN, -1, 0, 1 << 53, (1 << 53) + 1, i64::MAX];
        let mut points = Point::insert_all(ids.map(|id| Point::create().id(id)), &db).await.unwrap();
        let centre = points[2].clone();
        centre.neighbours().associate(&mut points, &db).await.unwrap();
        assert_eq!(centre.neighbours().count(&db).await.unwrap(), 6);

        let names = ["", "'", "\"", "\\", "\u{1}\n\t", "é \u{1F408} \u{FEFF}", "1", "1.0", "null", "[]", "%_"];
        let mut children = Child::insert_all(names.map(|name| Child::create().name(name)), &db).await.unwrap();
        let parent = Parent::create().id(vec![1]).insert(&db).await.unwrap();
        let (result, statements) = recorded(parent.children().associate(&mut children, &db)).await;
        result.unwrap();
        assert!(statements[0].ends_with(&one_of(names.len(), &db)), "{statements:?}");
        assert_eq!(parent.children().count(&db).await.unwrap(), names.len() as i64);
    }
}

#[derive(Debug, Clone, PartialEq, Model)]
#[has_many(FiledOrder as orders)]
struct Folder {
    id: i64,
}

/// The orders again, by another model of the same table.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(table = "orders")]
struct FiledOrder {
    #[key]
    shop_id: i64,
    #[key]
    number: i64,
    folder_id: Option<i64>,
}
