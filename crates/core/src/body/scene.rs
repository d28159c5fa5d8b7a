//! What the handlers of one page share: the verdicts, the surroundings, and what was met so far.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::address::Held;
use crate::limits;
use crate::pages::{self, Language, Notice, Shape, Surroundings, Texts};
use crate::policy::Verdicts;

/// What may be inserted into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insertions {
    /// Notices, banner and control: a page of its own.
    Page,
    /// The same if it turns out to be a whole document: the browser did not say.
    PageIfWhole,
    /// Notices: a page in a frame, or a fragment for a script.
    Notices,
    /// Nothing: XML, where a stray tag breaks the document.
    Nothing,
}

/// The fixed part of one page's scene.
#[derive(Debug)]
pub struct Setting {
    /// The verdicts of this visitor on this site.
    pub verdicts: Verdicts,
    /// Built-in texts.
    pub texts: Arc<Texts>,
    /// Path prefix of the gate's own addresses.
    pub prefix: String,
    /// Path and query of the page.
    pub return_path: String,
    /// Address of the page, against which relative addresses are read.
    pub base: Url,
    /// `Accept-Language` of the visitor.
    pub accept_language: String,
    /// Whether something is left to ask.
    pub asks: bool,
    /// Whether the visitor has decided anything, so that a place to come back to is of use.
    pub decided: bool,
    /// What may be inserted.
    pub insertions: Insertions,
}

/// What was met on a page: feeds the site's inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Services, by place in the policy.
    pub services: BTreeSet<usize>,
    /// Unlisted hosts, at most [`limits::NOTICES_MAX`] of them.
    pub hosts: BTreeSet<String>,
}

/// The changing part.
#[derive(Debug, Default)]
struct Progress {
    embeds: u32,
    notices: usize,
    head_done: bool,
    banner_done: bool,
    is_whole: bool,
    language: Option<String>,
    met: Met,
}

/// One page's scene; cheap to clone, shared by all its handlers and by nested documents.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    setting: Arc<Setting>,
    progress: Arc<Mutex<Progress>>,
}

impl Scene {
    pub(crate) fn new(setting: Setting) -> Self {
        Self { setting: Arc::new(setting), progress: Arc::default() }
    }

    pub(crate) fn setting(&self) -> &Setting {
        &self.setting
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next embedded content. It counts allowed ones too, so that it is the same
    /// before and after a choice, and the page comes back at the same place.
    pub(crate) fn next_embed(&self) -> u32 {
        let mut progress = self.progress();
        progress.embeds = progress.embeds.saturating_add(1);
        progress.embeds
    }

    pub(crate) fn note(&self, held: &Held) {
        let met = &mut self.progress().met;
        match held {
            Held::Service(place) => {
                met.services.insert(*place);
            }
            Held::Host(host) if met.hosts.len() < limits::NOTICES_MAX => {
                met.hosts.insert(host.clone());
            }
            Held::Host(_) | Held::Nobody => {}
        }
    }

    pub(crate) fn met(&self) -> Met {
        self.progress().met.clone()
    }

    pub(crate) fn heard_language(&self, tag: &str) {
        let mut progress = self.progress();
        if progress.language.is_none() && tag.len() <= limits::ID_BYTES_MAX {
            progress.language = Some(tag.to_owned());
        }
    }

    pub(crate) fn is_whole(&self) {
        self.progress().is_whole = true;
    }

    fn language(&self) -> &Language {
        let page = self.progress().language.clone();
        self.setting.texts.choose(page.as_deref(), &self.setting.accept_language)
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            policy: self.setting.verdicts.policy(),
            site: self.setting.verdicts.site(),
            language: self.language(),
            prefix: &self.setting.prefix,
            return_path: &self.setting.return_path,
        }
    }

    /// A notice in place of a content, if one can be shown there.
    pub(crate) fn notice(&self, number: u32, held: &Held, shape: Shape) -> Option<String> {
        if self.setting.insertions == Insertions::Nothing {
            return None;
        }
        let party = held.party()?;
        {
            let mut progress = self.progress();
            if progress.notices >= limits::NOTICES_MAX {
                return None;
            }
            progress.notices += 1;
        }
        let notice = Notice { number, party, shape };
        Some(ascii(&pages::notice(&self.surroundings(), &notice)))
    }

    /// The place that a page comes back to, before a content that has been let in.
    pub(crate) fn place(&self, number: u32) -> Option<String> {
        let wanted = self.setting.decided && self.setting.insertions != Insertions::Nothing;
        wanted.then(|| format!("<octroi-place id=\"octroi-{number}\"></octroi-place>"))
    }

    /// What comes first in `<head>`.
    pub(crate) fn head(&self) -> Option<String> {
        let mut progress = self.progress();
        if self.setting.insertions == Insertions::Nothing || progress.head_done {
            return None;
        }
        progress.head_done = true;
        drop(progress);
        Some(ascii(&pages::head(&self.surroundings())))
    }

    /// What comes first in `<body>`.
    pub(crate) fn body(&self) -> Option<String> {
        let head = self.head().unwrap_or_default();
        let mut progress = self.progress();
        let is_page = match self.setting.insertions {
            Insertions::Page => true,
            Insertions::PageIfWhole => progress.is_whole,
            Insertions::Notices | Insertions::Nothing => false,
        };
        let first = is_page && !progress.banner_done;
        progress.banner_done |= is_page;
        drop(progress);
        let asks = first && self.setting.asks;
        let banner = if asks { pages::banner(&self.surroundings()) } else { String::new() };
        let keeper = if first { pages::keeper() } else { "" };
        let text = head + &ascii(&banner) + keeper;
        (!text.is_empty()).then_some(text)
    }

    /// What comes last, after everything else.
    pub(crate) fn end(&self) -> Option<String> {
        let is_page = match self.setting.insertions {
            Insertions::Page => true,
            Insertions::PageIfWhole => self.progress().is_whole,
            Insertions::Notices | Insertions::Nothing => false,
        };
        if !is_page {
            return None;
        }
        // A page without a body tag has had neither style nor banner yet.
        let late = if self.progress().banner_done { None } else { self.body() };
        Some(late.unwrap_or_default() + &ascii(&pages::control(&self.surroundings())))
    }
}

/// Writes markup in ASCII, so that it reads the same in every charset a page may have.
fn ascii(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    for c in markup.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            text.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    text
}
