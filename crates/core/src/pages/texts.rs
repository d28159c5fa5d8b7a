//! The words in each language: Fluent files, and which language a page speaks.

use std::borrow::Cow;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use sha2::{Digest, Sha256};
use unic_langid::LanguageIdentifier;

/// Every built-in language; the first one fills in what another leaves out. A further language is
/// one more file and one more line.
const BUILT_IN: [(&str, &str); 2] =
    [("en", include_str!("../../texts/en.ftl")), ("fr", include_str!("../../texts/fr.ftl"))];

/// The hash of the built-in texts: a decision cites the words that it was made on.
pub(crate) fn built_in_digest() -> String {
    let mut hash = Sha256::new();
    for (tag, text) in BUILT_IN {
        hash.update(tag);
        hash.update(text);
    }
    hash.finalize().iter().take(8).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// Why texts cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextsError {
    /// The language's tag is not one (BCP 47).
    #[error("`{0}` is not a language tag")]
    Tag(String),
    /// The file is not Fluent.
    #[error("the texts of `{tag}` cannot be read: {fault}")]
    Syntax {
        /// Language of the file.
        tag: String,
        /// What the parser says.
        fault: String,
    },
}

/// The texts of every language.
#[derive(Debug)]
pub struct Texts {
    languages: Vec<Language>,
}

impl Texts {
    /// The texts that octroi ships.
    ///
    /// # Errors
    /// [`TextsError`] when a built-in file is damaged, which the tests exclude.
    pub fn built_in() -> Result<Self, TextsError> {
        Self::with(&[])
    }

    /// The built-in texts with an operator's own over them, as pairs of language tag and Fluent
    /// text; a language of its own may be new, and takes from English what it leaves out.
    ///
    /// # Errors
    /// [`TextsError`] names the language at fault.
    pub fn with(own: &[(&str, &str)]) -> Result<Self, TextsError> {
        let mut files: Vec<(&str, Vec<&str>)> =
            BUILT_IN.iter().map(|(tag, text)| (*tag, vec![*text])).collect();
        for (tag, text) in own {
            match files.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(tag)) {
                Some((_, texts)) => texts.push(text),
                None => files.push((tag, vec![text])),
            }
        }
        let base = BUILT_IN.first().map_or("", |(_, text)| text);
        let languages = files
            .into_iter()
            .map(|(tag, texts)| Language::new(tag, base, &texts))
            .collect::<Result<_, _>>()?;
        Ok(Self { languages })
    }

    /// The language to speak: the page's, else the first that the visitor reads, else English.
    #[must_use]
    pub fn choose(&self, page_language: Option<&str>, accept_language: &str) -> &Language {
        page_language
            .and_then(|tag| self.find(tag))
            .or_else(|| wanted(accept_language).into_iter().find_map(|tag| self.find(tag)))
            .unwrap_or_else(|| self.first())
    }

    /// Every language, English first.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.languages.iter()
    }

    /// The language of that tag, or of its primary subtag.
    fn find(&self, tag: &str) -> Option<&Language> {
        let tag = tag.trim();
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        [tag, primary]
            .iter()
            .find_map(|wanted| self.languages.iter().find(|l| l.tag.eq_ignore_ascii_case(wanted)))
    }

    fn first(&self) -> &Language {
        static NONE: std::sync::LazyLock<Language> = std::sync::LazyLock::new(Language::wordless);
        self.languages.first().unwrap_or(&NONE)
    }
}

/// The tags of an `Accept-Language` field by their weight (RFC 9110 section 12.5.4).
fn wanted(accept_language: &str) -> Vec<&str> {
    let mut tags: Vec<(u32, &str)> = accept_language
        .split(',')
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let tag = parts.next().filter(|tag| !tag.is_empty())?;
            let weight = match parts.next() {
                None => 1000,
                Some(q) => thousandths(q.strip_prefix("q=")?)?,
            };
            (weight > 0).then_some((weight, tag))
        })
        .collect();
    // A stable sort: equal weights keep the visitor's order.
    tags.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    tags.into_iter().map(|(_, tag)| tag).collect()
}

/// A weight such as `0.8`, in thousandths.
fn thousandths(q: &str) -> Option<u32> {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    let plain = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 1 || fraction.len() > 3 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole * 1000 + fraction).min(1000))
}

/// One language's words.
pub struct Language {
    tag: String,
    bundle: FluentBundle<Arc<FluentResource>>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Language").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl Language {
    fn new(tag: &str, base: &str, texts: &[&str]) -> Result<Self, TextsError> {
        let id: LanguageIdentifier = tag.parse().map_err(|_| TextsError::Tag(tag.to_owned()))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The words go into HTML with their own `dir`; isolating marks would only add bytes.
        bundle.set_use_isolating(false);
        for text in std::iter::once(&base).chain(texts) {
            let resource = FluentResource::try_new((*text).to_owned()).map_err(|(_, faults)| {
                let fault = faults.first().map(ToString::to_string).unwrap_or_default();
                TextsError::Syntax { tag: tag.to_owned(), fault }
            })?;
            bundle.add_resource_overriding(Arc::new(resource));
        }
        Ok(Self { tag: tag.to_owned(), bundle })
    }

    /// A language that shows the ids themselves: what is left if there were no language at all.
    fn wordless() -> Self {
        let bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        Self { tag: "und".to_owned(), bundle }
    }

    /// Its tag (BCP 47), for `lang`.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// `ltr` or `rtl`, for `dir`.
    #[must_use]
    pub fn direction(&self) -> &str {
        match self.find("direction", &[]).as_deref() {
            Some("rtl") => "rtl",
            _ => "ltr",
        }
    }

    /// A text; the id itself where there is none.
    #[must_use]
    pub fn text(&self, id: &str) -> Cow<'_, str> {
        self.text_with(id, &[])
    }

    /// A text with arguments. One named `count` is a number and chooses the plural.
    #[must_use]
    pub fn text_with(&self, id: &str, args: &[(&str, &str)]) -> Cow<'_, str> {
        self.find(id, args).unwrap_or_else(|| Cow::Owned(id.to_owned()))
    }

    /// A text that may be missing.
    pub(super) fn find(&self, id: &str, args: &[(&str, &str)]) -> Option<Cow<'_, str>> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let args: FluentArgs<'_> = args
            .iter()
            .map(|(name, value)| {
                let value = match *name {
                    "count" => FluentValue::try_number(value),
                    _ => FluentValue::from(*value),
                };
                (*name, value)
            })
            .collect();
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut faults);
        // The borrow of the arguments ends here; only the bundle's own text may outlive them.
        Some(Cow::Owned(text.into_owned()))
    }
}
