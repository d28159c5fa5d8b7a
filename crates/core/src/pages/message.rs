//! Messages: that a choice is saved or not, and the pages of what went wrong.

use askama::Template;

use super::{Surroundings, assets, inserted::rendered};

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The choice is recorded and in force.
    Saved,
    /// The choice could not be recorded; nothing has changed.
    NotSaved,
    /// The site does not answer.
    UpstreamDown,
    /// The site answers too late.
    UpstreamSlow,
    /// The request makes no sense.
    BadRequest,
    /// A form was sent from another site.
    ForeignRequest,
    /// The page cannot be gated safely.
    Unreadable,
    /// There is no such page.
    NotFound,
    /// More than the gate takes: a form, a choice or a request too large or too often.
    TooMuch,
}

impl Message {
    /// Every message.
    pub const ALL: [Self; 9] = [
        Self::Saved,
        Self::NotSaved,
        Self::UpstreamDown,
        Self::UpstreamSlow,
        Self::BadRequest,
        Self::ForeignRequest,
        Self::Unreadable,
        Self::NotFound,
        Self::TooMuch,
    ];

    /// Its name in texts, and in the address of a page that shows it: `message=saved`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::NotSaved => "not-saved",
            Self::UpstreamDown => "upstream-down",
            Self::UpstreamSlow => "upstream-slow",
            Self::BadRequest => "bad-request",
            Self::ForeignRequest => "foreign-request",
            Self::Unreadable => "unreadable",
            Self::NotFound => "not-found",
            Self::TooMuch => "too-much",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|message| message.as_str() == text)
    }
}

/// A message as a page shows it.
pub(super) struct Told {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) text: String,
}

pub(super) fn told(at: &Surroundings<'_>, message: Message) -> Told {
    let name = message.as_str();
    Told {
        name,
        title: at.text(&format!("message-{name}")).into_owned(),
        text: at.text(&format!("message-{name}-what")).into_owned(),
    }
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessageView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    title: String,
    place: &'a str,
    told: Told,
}

/// A page that says what happened and what to do.
#[must_use]
pub fn message_page(at: &Surroundings<'_>, message: Message) -> String {
    let told = told(at, message);
    let title = told.title.clone();
    rendered(&MessageView { at, sheet: assets::pages_sheet(), title, place: "", told })
}
