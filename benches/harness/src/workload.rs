//! What is measured.

macro_rules! workloads {
    ($($variant:ident $name:literal $title:literal,)*) => {
        /// One thing that every contestant does in its own way.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Workload { $(#[doc = $title] $variant,)* }

        impl Workload {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name on command lines.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What the tables of results call it.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// Whether the connection is taken from a pool for each iteration.
            pub fn is_pooled(self) -> bool {
                matches!(self, Self::PoolSelect1 | Self::PoolHasMany1 | Self::PoolEager1)
            }

            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|workload| workload.name() == name)
            }
        }
    };
}

workloads! {
    // What reads comes first: what is written and undone leaves dead rows behind on PostgreSQL, which a later scan would read.
    Select1 "select_1" "read 1 row by key",
    Select100 "select_100" "read 100 rows",
    Select10000 "select_10000" "read 10,000 rows",
    Stream10000 "stream_10000" "stream 10,000 rows",
    HasMany1 "has_many_1" "has_many of 1 parent, 10 rows",
    BelongsTo1 "belongs_to_1" "belongs_to of 1 child",
    Eager1 "eager_1" "eager load 1 × 10 × 10",
    Eager100 "eager_100" "eager load 100 × 10 × 10",
    EagerBlobs "eager_blobs" "eager load 100 × 10 × 10, floats and blobs",
    EagerBelongsTo "eager_belongs_to" "eager load the parents of 1000 children",
    EagerManyToMany "eager_many_to_many" "eager load many-to-many, 100 × 10",
    Eager40000 "eager_40000" "eager load 40,000 × 1",
    Count100 "count_100" "100 parents with the count of their children",
    PoolSelect1 "pool_select_1" "through a pool: read 1 row by key",
    PoolHasMany1 "pool_has_many_1" "through a pool: has_many of 1 parent, 10 rows",
    PoolEager1 "pool_eager_1" "through a pool: eager load 1 × 10 × 10",
    Insert1 "insert_1" "insert 1 row, nothing back",
    Insert1Keys "insert_1_keys" "insert 1 row, key back",
    Insert1000 "insert_1000" "insert 1000 rows, nothing back",
    Insert1000Keys "insert_1000_keys" "insert 1000 rows, keys back",
    Associate100 "associate_100" "re-parent 100 rows",
    Attach100 "attach_100" "many-to-many, link 100",
    NestedCreate "nested_create" "create 100 parents with 10 children each",
}
