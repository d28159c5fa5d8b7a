//! Inline scripts that belong to a service: recognised by how they begin, dropped while it is blocked.
//!
//! A service may come inside the page itself, where no address betrays it: above all scripts that
//! notice what was blocked and fetch it again by way of the site's own host. The header cannot stop
//! what is inline; so their text is taken out.

use lol_html::html_content::{ContentType, TextChunk};
use lol_html::send::ElementContentHandlers;

use super::address::Held;
use super::scene::Scene;
use crate::limits;

/// What is known of the script that is passing by.
enum Stage {
    /// Its beginning is held until there is enough of it to compare.
    Beginning(String),
    Passing,
    Dropping,
}

/// The handler that looks at how each inline script begins.
pub(super) fn script_text(scene: &Scene) -> ElementContentHandlers<'static> {
    let scene = scene.clone();
    let mut stage = Stage::Beginning(String::new());
    ElementContentHandlers::default().text(move |chunk: &mut TextChunk<'_>| {
        stage = match std::mem::replace(&mut stage, Stage::Passing) {
            Stage::Beginning(mut held) => {
                held.push_str(chunk.as_str());
                compare(&scene, held, chunk)
            }
            Stage::Passing => Stage::Passing,
            Stage::Dropping => {
                chunk.remove();
                Stage::Dropping
            }
        };
        if chunk.last_in_text_node() {
            stage = Stage::Beginning(String::new());
        }
        Ok(())
    })
}

/// Decides once there is enough, the same wherever the stream was cut.
fn compare(scene: &Scene, held: String, chunk: &mut TextChunk<'_>) -> Stage {
    if held.len() < limits::INLINE_BYTES && !chunk.last_in_text_node() {
        chunk.remove();
        return Stage::Beginning(held);
    }
    let beginning = held.get(..held.floor_char_boundary(limits::INLINE_BYTES)).unwrap_or(&held);
    let verdicts = &scene.setting().verdicts;
    let owner =
        verdicts.policy().inline().iter().find(|(sign, _)| beginning.contains(sign.as_str()));
    if let Some((_, place)) = owner {
        scene.note(&Held::Service(*place));
        if !verdicts.allowed().service(*place) {
            chunk.remove();
            return Stage::Dropping;
        }
    }
    if held.len() > chunk.as_str().len() || chunk.removed() {
        chunk.replace(&held, ContentType::Html);
    }
    Stage::Passing
}
