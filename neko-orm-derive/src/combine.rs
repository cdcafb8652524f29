//! All mistakes at once: results are sorted into what is usable and one error that holds the rest.

/// Sorts results.
pub(crate) trait Split: Iterator {
    type Ok;
    /// What is right, and an error that combines all that is wrong.
    fn split(self) -> (Vec<Self::Ok>, Mistakes);
}

impl<I, T> Split for I
where
    I: Iterator<Item = syn::Result<T>>,
{
    type Ok = T;

    fn split(self) -> (Vec<T>, Mistakes) {
        let mut mistakes = Mistakes::default();
        let right = self.filter_map(|result| mistakes.take(result)).collect();
        (right, mistakes)
    }
}

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    /// What is right in `result`; what is wrong is kept.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn and(mut self, others: Mistakes) -> Self {
        if let Some(error) = others.0 {
            self.add(error);
        }
        self
    }

    pub(crate) fn into_result(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }

    pub(crate) fn to_compile_error(&self) -> proc_macro2::TokenStream {
        self.0.as_ref().map(syn::Error::to_compile_error).unwrap_or_default()
    }
}

impl FromIterator<syn::Error> for Mistakes {
    fn from_iter<I: IntoIterator<Item = syn::Error>>(errors: I) -> Self {
        let mut mistakes = Self::default();
        errors.into_iter().for_each(|error| mistakes.add(error));
        mistakes
    }
}
