//! What a contestant found, as one number that all of them must agree on.

/// The result of one iteration, of which the checksum is taken outside of the time.
pub struct Answer(Box<dyn FnOnce() -> u64>);

impl Answer {
    /// The rows that were read.
    pub fn rows(rows: impl Checksum + 'static) -> Self {
        Self::by(move || rows.checksum())
    }

    /// Rows in a shape of the library's own, brought into the common one by the function.
    pub fn by(checksum: impl FnOnce() -> u64 + 'static) -> Self {
        Self(Box::new(checksum))
    }

    /// The keys of the rows that were inserted. A sequence goes on after rows are deleted: the distances count.
    pub fn keys(keys: impl IntoIterator<Item = i64> + 'static) -> Self {
        Self::by(move || {
            let keys: Vec<i64> = keys.into_iter().collect();
            let least = keys.iter().min().copied().unwrap_or_default();
            keys.iter().map(|key| key - least).collect::<Vec<_>>().checksum()
        })
    }

    /// Nothing but that it is done.
    pub fn done() -> Self {
        Self::by(|| 0)
    }

    pub(crate) fn checksum(self) -> u64 {
        (self.0)()
    }
}

/// A value of any contestant's types. Lists are sets: without `ORDER BY` a database may answer in any order.
pub trait Checksum {
    fn checksum(&self) -> u64;
}

/// FNV-1a, of which a last multiplication spreads the bits, since checksums are added up.
impl Checksum for [u8] {
    fn checksum(&self) -> u64 {
        let hash = self.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Checksum for i64 {
    fn checksum(&self) -> u64 {
        self.to_le_bytes()[..].checksum()
    }
}

impl Checksum for u64 {
    fn checksum(&self) -> u64 {
        self.to_le_bytes()[..].checksum()
    }
}

impl Checksum for f64 {
    fn checksum(&self) -> u64 {
        self.to_bits().checksum()
    }
}

impl Checksum for String {
    fn checksum(&self) -> u64 {
        self.as_bytes().checksum()
    }
}

impl<T: Checksum> Checksum for &T {
    fn checksum(&self) -> u64 {
        (**self).checksum()
    }
}

impl<A: Checksum, B: Checksum> Checksum for (A, B) {
    fn checksum(&self) -> u64 {
        [self.0.checksum().to_le_bytes(), self.1.checksum().to_le_bytes()].as_flattened().checksum()
    }
}

/// Of the items in any order.
impl<T: Checksum> Checksum for Vec<T> {
    fn checksum(&self) -> u64 {
        self.iter().fold(self.len() as u64, |sum, item| sum.wrapping_add(item.checksum()))
    }
}

/// Implements [`Checksum`] for models: each of their columns, in the order of the table.
#[macro_export]
macro_rules! checksum {
    ($($model:ty { $($field:ident),* })*) => {$(
        impl $crate::Checksum for $model {
            fn checksum(&self) -> u64 {
                #[allow(unused_imports)]
                use $crate::Checksum as _;
                0_u64 $(.wrapping_mul(31).wrapping_add(self.$field.checksum()))*
            }
        }
    )*};
}
