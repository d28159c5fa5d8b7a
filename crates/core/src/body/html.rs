//! The rewriter's handlers: each element is compared with the table of constructs and gated.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use encoding_rs::WINDOWS_1252;
use lol_html::html_content::ContentType;
use lol_html::send::{Element, ElementContentHandlers, HtmlRewriter, Settings};
use lol_html::{AsciiCompatibleEncoding, DocumentContentHandlers, MemorySettings, Selector};

use super::address::{self, Held, Judgement, judge};
use super::constructs::{self, Construct, Remedy, Syntax};
use super::inline::script_text;
use super::scene::Scene;
use crate::limits;
use crate::pages::Shape;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Parsed once: parsing costs more than gating a small page (measured: 30 µs).
static ELEMENTS: LazyLock<Option<Selector>> =
    LazyLock::new(|| constructs::selector_text().parse().ok());
static SCRIPT: LazyLock<Option<Selector>> = LazyLock::new(|| "script".parse().ok());
static NOSCRIPT: LazyLock<Option<Selector>> = LazyLock::new(|| "noscript".parse().ok());

/// The rewriter's settings for a scene; `depth` counts documents inside documents.
///
/// Strict parsing on, graceful bail-out off (it would let the rest of a page out ungated), memory
/// bounded. `None` if a selector did not parse, which the tests exclude.
pub(super) fn settings(scene: &Scene, depth: usize) -> Option<Settings<'static, 'static>> {
    let encoding = AsciiCompatibleEncoding::new(WINDOWS_1252)?;
    let memory = MemorySettings::new().with_max_allowed_memory_usage(limits::REWRITER_BYTES_MAX);
    let (elements, noscript) = (ELEMENTS.as_ref()?, NOSCRIPT.as_ref()?);
    let script = SCRIPT.as_ref()?;
    let on_element = {
        let scene = scene.clone();
        ElementContentHandlers::default()
            .element(move |element: &mut Element<'_, '_>| gate_element(&scene, depth, element))
    };
    let settings = Settings::new_send()
        .with_encoding(encoding)
        .with_memory_settings(memory)
        .with_strict(true)
        .append_element_content_handler((Cow::Borrowed(elements), on_element))
        .append_element_content_handler((Cow::Borrowed(script), script_text(scene)))
        .append_element_content_handler((Cow::Borrowed(noscript), noscript_text(scene, depth)));
    Some(if depth == 0 {
        let (start, end) = (scene.clone(), scene.clone());
        settings.append_document_content_handler(
            DocumentContentHandlers::default()
                .doctype(move |_: &mut lol_html::html_content::Doctype<'_>| {
                    start.is_whole();
                    Ok(())
                })
                .end(move |document: &mut lol_html::html_content::DocumentEnd<'_>| {
                    if let Some(last) = end.end() {
                        document.append(&last, ContentType::Html);
                    }
                    Ok(())
                }),
        )
    } else {
        settings
    })
}

/// `<noscript>` is text to the parser, and markup to a visitor without scripts.
fn noscript_text(scene: &Scene, depth: usize) -> ElementContentHandlers<'static> {
    let scene = scene.clone();
    let mut text = String::new();
    let mut overflown = false;
    ElementContentHandlers::default().text(
        move |chunk: &mut lol_html::html_content::TextChunk<'_>| {
            overflown |= text.len() + chunk.as_str().len() > limits::NESTED_BYTES_MAX;
            if !overflown {
                text.push_str(chunk.as_str());
            }
            if !chunk.last_in_text_node() {
                chunk.remove();
                return Ok(());
            }
            let markup = std::mem::take(&mut text);
            let gated = if std::mem::take(&mut overflown) {
                String::new()
            } else {
                nested(&scene, depth, &markup)?
            };
            chunk.replace(&gated, ContentType::Html);
            Ok(())
        },
    )
}

/// Gates a document inside the document.
fn nested(scene: &Scene, depth: usize, markup: &str) -> Result<String, AnyError> {
    if depth >= limits::NESTED_DEPTH_MAX || markup.len() > limits::NESTED_BYTES_MAX {
        return Ok(String::new());
    }
    let out = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&out);
    let settings = settings(scene, depth.saturating_add(1)).ok_or("no selectors")?;
    let mut rewriter = HtmlRewriter::new(settings, move |bytes: &[u8]| {
        sink.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    });
    // Markup arrived as windows-1252 text and goes on as such: byte for byte.
    let (bytes, _, _) = WINDOWS_1252.encode(markup);
    rewriter.write(&bytes)?;
    rewriter.end()?;
    let gated = out.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(WINDOWS_1252.decode_without_bom_handling(&gated).0.into_owned())
}

fn gate_element(
    scene: &Scene,
    depth: usize,
    element: &mut Element<'_, '_>,
) -> Result<(), AnyError> {
    let tag = element.tag_name();
    match tag.as_str() {
        "html" => {
            scene.is_whole();
            if let Some(language) = element.get_attribute("lang") {
                scene.heard_language(&language);
            }
        }
        "head" if depth == 0 => {
            scene.is_whole();
            if let Some(first) = scene.head() {
                element.prepend(&first, ContentType::Html);
            }
        }
        "body" if depth == 0 => {
            scene.is_whole();
            if let Some(first) = scene.body() {
                element.prepend(&first, ContentType::Html);
            }
        }
        "meta" => return gate_meta(scene, element),
        "blockquote" => return gate_quote(scene, element),
        "link" => {
            let rel = element.get_attribute("rel").unwrap_or_default();
            if constructs::is_inert_link(&address::decode(&rel)) {
                return Ok(());
            }
        }
        "script" => gate_speculation(scene, element)?,
        _ => {}
    }
    gate_rows(scene, depth, element, constructs::of_tag(&tag))
}

fn gate_rows(
    scene: &Scene,
    depth: usize,
    element: &mut Element<'_, '_>,
    rows: &[&Construct],
) -> Result<(), AnyError> {
    let mut worst: Option<(Remedy, Held)> = None;
    let mut allowed: Option<Held> = None;
    for row in rows {
        let Some(value) = element.get_attribute(row.attribute) else {
            continue;
        };
        match judge_value(scene, row.syntax, &value) {
            Judgement::Own if row.syntax == Syntax::Document => {
                // Decoded as windows-1252 text, as `nested` expects, not as UTF-8.
                let markup = htmlize::unescape_attribute(&value);
                let gated = nested(scene, depth, &markup)?;
                if gated != markup {
                    element.set_attribute(row.attribute, &gated.replace('&', "&amp;"))?;
                }
            }
            Judgement::Own if is_data_frame(row, &value) => {
                hold_attribute(element, row.attribute, &value)?;
                worst = Some((Remedy::Over, Held::Nobody));
            }
            Judgement::Own => {}
            Judgement::Allowed(held) => {
                scene.note(&held);
                if matches!(row.remedy, Remedy::Over | Remedy::Instead) {
                    allowed = Some(held);
                }
            }
            Judgement::Blocked(held) => {
                scene.note(&held);
                hold_attribute(element, row.attribute, &value)?;
                if worst.as_ref().is_none_or(|(remedy, _)| *remedy == Remedy::Move) {
                    worst = Some((row.remedy, held));
                }
            }
        }
    }
    match (worst, allowed) {
        (Some((Remedy::Script, _)), _) => hold_script(element),
        (Some((Remedy::Over, held)), _) => hold_over(scene, element, &held),
        (Some((Remedy::Instead, held)), _) => hold_instead(scene, element, &held),
        (Some((Remedy::Move, _)), _) | (None, None) => Ok(()),
        (None, Some(_)) => {
            if !is_unseen(element)
                && let Some(place) = scene.place(scene.next_embed())
            {
                element.before(&place, ContentType::Html);
            }
            Ok(())
        }
    }
}

fn judge_value(scene: &Scene, syntax: Syntax, value: &str) -> Judgement {
    let (verdicts, base) = (&scene.setting().verdicts, &scene.setting().base);
    let of_all = |parts: &mut dyn Iterator<Item = &str>| {
        let mut best = Judgement::Own;
        for part in parts {
            match judge(verdicts, base, part) {
                Judgement::Own => {}
                Judgement::Allowed(held) => best = Judgement::Allowed(held),
                blocked @ Judgement::Blocked(_) => return blocked,
            }
        }
        best
    };
    match syntax {
        Syntax::Url => judge(verdicts, base, value),
        Syntax::Document => Judgement::Own,
        Syntax::Srcset => of_all(&mut address::srcset(&address::decode(value))),
        Syntax::Urls => of_all(&mut address::decode(value).split_ascii_whitespace()),
        Syntax::Values => of_all(&mut address::decode(value).split(';').map(str::trim)),
    }
}

/// A `data:` frame is a document that nobody has gated, and that CSP refuses anyway.
fn is_data_frame(row: &Construct, value: &str) -> bool {
    let text = address::decode(value);
    let scheme = text.trim_start_matches(|c: char| c <= ' ').get(..5).unwrap_or_default();
    matches!(row.tag, "iframe" | "frame" | "object" | "embed")
        && row.syntax == Syntax::Url
        && scheme.eq_ignore_ascii_case("data:")
}

/// Moves an address out of reach: raw value to raw value, so that nothing is lost or decoded.
fn hold_attribute(element: &mut Element<'_, '_>, name: &str, raw: &str) -> Result<(), AnyError> {
    element.remove_attribute(name);
    element.set_attribute(&format!("data-octroi-{}", name.replace(':', "-")), raw)?;
    Ok(())
}

fn hold_script(element: &mut Element<'_, '_>) -> Result<(), AnyError> {
    if let Some(kind) = element.get_attribute("type") {
        element.set_attribute("data-octroi-type", &kind)?;
    }
    element.set_attribute("type", "text/plain")?;
    Ok(())
}

/// The element stays, empty; a notice comes after it and is laid over it by the style sheet.
fn hold_over(scene: &Scene, element: &mut Element<'_, '_>, held: &Held) -> Result<(), AnyError> {
    // Nothing in it can be reached while it lies under its notice.
    element.set_attribute("inert", "")?;
    if is_unseen(element) {
        return Ok(element.set_attribute("data-octroi-held", "")?);
    }
    let number = scene.next_embed();
    element.set_attribute("data-octroi-held", &number.to_string())?;
    let Some(notice) = scene.notice(number, held, Shape::Over) else {
        return Ok(());
    };
    // The style sheet names the first anchors itself, so that a site's policy against style
    // attributes does not part notices from their contents.
    if number > limits::ANCHOR_RULES_MAX {
        let style = element.get_attribute("style").unwrap_or_default();
        let gap = match style.trim_end() {
            "" => "",
            text if text.ends_with(';') => "",
            _ => ";",
        };
        element.set_attribute("style", &format!("{style}{gap}anchor-name:--octroi-{number}"))?;
    }
    element.after(&notice, ContentType::Html);
    Ok(())
}

/// The element goes out of the layout; a notice of the same size comes before it.
fn hold_instead(scene: &Scene, element: &mut Element<'_, '_>, held: &Held) -> Result<(), AnyError> {
    element.set_attribute("data-octroi-gone", "")?;
    if is_unseen(element) {
        return Ok(());
    }
    let number = scene.next_embed();
    let shape =
        Shape::Instead { width: pixels(element, "width"), height: pixels(element, "height") };
    if let Some(notice) = scene.notice(number, held, shape) {
        element.before(&notice, ContentType::Html);
    }
    Ok(())
}

/// A quoted post keeps its text; the notice below it offers what its script would add.
fn gate_quote(scene: &Scene, element: &mut Element<'_, '_>) -> Result<(), AnyError> {
    let Some(class) = element.get_attribute("class") else {
        return Ok(());
    };
    let policy = scene.setting().verdicts.policy();
    let place = policy.services().iter().position(|service| {
        service.quotes.iter().any(|quote| class.split_ascii_whitespace().any(|c| c == quote))
    });
    let Some(place) = place else {
        return Ok(());
    };
    let held = Held::Service(place);
    scene.note(&held);
    let number = scene.next_embed();
    if scene.setting().verdicts.allowed().service(place) {
        if let Some(back) = scene.place(number) {
            element.before(&back, ContentType::Html);
        }
    } else if let Some(notice) = scene.notice(number, &held, Shape::Below) {
        element.after(&notice, ContentType::Html);
    }
    Ok(())
}

fn gate_meta(scene: &Scene, element: &mut Element<'_, '_>) -> Result<(), AnyError> {
    let named = |name: &str| element.get_attribute(name).map(|v| address::decode(&v).into_owned());
    let charset = named("charset").unwrap_or_default().to_ascii_lowercase();
    let kind = named("http-equiv").unwrap_or_default().trim().to_ascii_lowercase();
    let content = named("content").unwrap_or_default();
    // Its escapes hide markup from a parser that reads ASCII; as another charset it is only ugly.
    if charset.contains("iso-2022") || content.to_ascii_lowercase().contains("iso-2022") {
        for name in ["charset", "content"] {
            if let Some(value) = element.get_attribute(name) {
                hold_attribute(element, name, &value)?;
            }
        }
        return Ok(());
    }
    let is_held = match kind.as_str() {
        "refresh" => {
            let target = address::refresh_target(&content);
            let (verdicts, base) = (&scene.setting().verdicts, &scene.setting().base);
            target.and_then(|target| judge(verdicts, base, target).blocked()).is_some()
        }
        "x-dns-prefetch-control" => !scene.setting().verdicts.allowed().is_everything(),
        _ => false,
    };
    if is_held && let Some(value) = element.get_attribute("http-equiv") {
        hold_attribute(element, "http-equiv", &value)?;
    }
    Ok(())
}

/// Speculation rules fetch whatever they name, and no policy governs where (browser.md section 2).
fn gate_speculation(scene: &Scene, element: &mut Element<'_, '_>) -> Result<(), AnyError> {
    let kind = element.get_attribute("type").unwrap_or_default();
    let rules = address::decode(&kind).trim().eq_ignore_ascii_case("speculationrules");
    if rules && !scene.setting().verdicts.allowed().is_everything() {
        hold_script(element)?;
    }
    Ok(())
}

/// Whether the site shows the element at all: tracking frames get no notice.
fn is_unseen(element: &Element<'_, '_>) -> bool {
    let tiny = |name| pixels(element, name).is_some_and(|size| size <= 2);
    let style: String = element
        .get_attribute("style")
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    element.has_attribute("hidden")
        || tiny("width")
        || tiny("height")
        || style.contains("display:none")
        || style.contains("visibility:hidden")
}

/// A dimension attribute in CSS pixels; a percentage is none.
fn pixels(element: &Element<'_, '_>, name: &str) -> Option<u32> {
    let value = element.get_attribute(name)?;
    let value = value.trim().trim_end_matches("px");
    value.parse::<f32>().ok().filter(|v| v.is_finite() && *v >= 0.0)?;
    value.split('.').next()?.parse().ok()
}
