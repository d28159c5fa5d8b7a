//! What is inserted into the site's own pages: the stylesheet's link, notices, banner, control.

use askama::Template;

use super::{Notice, Shape, Surroundings, assets, facts, wording};
use crate::limits;
use crate::policy::{Party, Unlisted};

#[derive(Template)]
#[template(path = "head.html")]
struct HeadView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
}

/// The stylesheet of what is inserted, for the page's `<head>`.
#[must_use]
pub fn head(at: &Surroundings<'_>) -> String {
    rendered(&HeadView { at, sheet: assets::inserted_sheet() })
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticeView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    number: u32,
    shape: &'a str,
    style: String,
    icon: &'a str,
    name: String,
    why: String,
    /// The form field's value; empty when the operator never lets unlisted hosts in.
    party: String,
    purposes: String,
    return_path: String,
    more: String,
    preferences: String,
    withdraw: (String, String),
}

/// One notice in the place of a content.
#[must_use]
pub fn notice(at: &Surroundings<'_>, notice: &Notice<'_>) -> String {
    let return_path = format!("{}#octroi-{}", at.page(), notice.number);
    let name = wording::party_name(at, notice.party);
    let kind = wording::party_kind(at, notice.party);
    let never =
        matches!(notice.party, Party::Unlisted(_)) && at.policy.unlisted() == Unlisted::Never;
    let why = at
        .language
        .find(&format!("notice-why-{kind}"), &[("service", &name)])
        .map_or_else(|| at.with("notice-why", "service", &name), Into::into);
    rendered(&NoticeView {
        at,
        sheet: assets::inserted_sheet(),
        number: notice.number,
        shape: match notice.shape {
            Shape::Over => "over",
            Shape::Instead { height: Some(_), .. } => "sized",
            Shape::Instead { height: None, .. } => "wide",
            Shape::Below => "below",
        },
        style: style(notice),
        icon: facts::icon(kind),
        why,
        name,
        party: if never { String::new() } else { at.party_id(notice.party) },
        purposes: wording::purposes_asked(at),
        more: at.service_link(notice.party, &return_path),
        preferences: at.link_back_to("preferences", &return_path),
        withdraw: wording::around_link(at.language, "notice-withdraw", &[]),
        return_path,
    })
}

/// The only figures that no stylesheet can know: the size of what is replaced, and, beyond the
/// stylesheet's rules, the number of the element that is covered.
fn style(notice: &Notice<'_>) -> String {
    match notice.shape {
        Shape::Over if notice.number > limits::ANCHOR_RULES_MAX => {
            format!("position-anchor:--octroi-{}", notice.number)
        }
        Shape::Instead { width, height } => {
            let sizes = [("width", width), ("height", height)];
            let sizes = sizes.iter().filter_map(|(name, px)| Some(format!("{name}:{}px", (*px)?)));
            sizes.collect::<Vec<_>>().join(";")
        }
        Shape::Over | Shape::Below => String::new(),
    }
}

#[derive(Template)]
#[template(path = "banner.html")]
struct BannerView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    why: String,
    purposes: String,
    preferences: String,
    withdraw: (String, String),
}

/// The first layer, right after `<body>`.
#[must_use]
pub fn banner(at: &Surroundings<'_>) -> String {
    let count = at.policy.services().iter().filter(|s| !s.needs_no_decision()).count();
    rendered(&BannerView {
        at,
        sheet: assets::inserted_sheet(),
        why: at.with("banner-why", "operator", at.operator()),
        purposes: wording::purposes_asked(at),
        preferences: at.link_back_to("preferences", at.page()),
        withdraw: wording::around_link(
            at.language,
            "banner-withdraw",
            &[("count", &count.to_string())],
        ),
    })
}

#[derive(Template)]
#[template(path = "control.html")]
struct ControlView<'a> {
    at: &'a Surroundings<'a>,
    sheet: &'a str,
    preferences: String,
}

/// The small permanent way to the preference centre, at the end of the page.
#[must_use]
pub fn control(at: &Surroundings<'_>) -> String {
    rendered(&ControlView {
        at,
        sheet: assets::inserted_sheet(),
        preferences: at.link_back_to("preferences", at.page()),
    })
}

/// A template's text. Writing to a string does not fail; were it to, what is left out is only ours.
pub(super) fn rendered(view: &impl Template) -> String {
    view.render().unwrap_or_default()
}
