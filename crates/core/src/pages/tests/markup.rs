//! Reads what was written: elements, forms and headings, by the rewriter's own parser.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use lol_html::{RewriteStrSettings, element, end_tag, rewrite_str};

pub(super) type Attributes = BTreeMap<String, String>;

#[derive(Default)]
pub(super) struct Parsed {
    /// Tag and attributes, in order.
    pub(super) elements: Vec<(String, Attributes)>,
    /// Elements without an end tag.
    pub(super) open: Vec<String>,
    /// For each form, the fields that it sends besides its buttons.
    pub(super) forms: Vec<Vec<(String, String)>>,
    select: String,
}

impl Parsed {
    pub(super) fn values<'a>(&'a self, attribute: &'a str) -> impl Iterator<Item = &'a str> {
        self.elements.iter().filter_map(move |(_, a)| a.get(attribute).map(String::as_str))
    }

    pub(super) fn count(&self, tag: &str) -> usize {
        self.elements.iter().filter(|(name, _)| name == tag).count()
    }

    pub(super) fn with_class<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a Attributes> {
        self.elements.iter().map(|(_, attributes)| attributes).filter(move |attributes| {
            attributes.get("class").is_some_and(|c| c.split(' ').any(|part| part == class))
        })
    }

    /// Whether no heading is more than one level below the one before it.
    pub(super) fn is_stepwise(&self) -> bool {
        let levels: Vec<u32> = self
            .elements
            .iter()
            .filter_map(|(tag, _)| tag.strip_prefix('h')?.parse().ok())
            .collect();
        levels.windows(2).all(|pair| pair[1] <= pair[0] + 1)
    }

    fn element(&mut self, tag: &str, attributes: Attributes) {
        let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        match tag {
            "form" => self.forms.push(Vec::new()),
            "select" => self.select = get("name"),
            _ => {}
        }
        let is_on = attributes.contains_key("checked") || attributes.contains_key("selected");
        let field = match (tag, get("type").as_str()) {
            ("input", "hidden") => Some(get("name")),
            ("input", "radio") if is_on => Some(get("name")),
            ("option", _) if is_on => Some(self.select.clone()),
            _ => None,
        };
        if let (Some(name), Some(form)) = (field, self.forms.last_mut()) {
            form.push((name, get("value")));
        }
        self.elements.push((tag.to_owned(), attributes));
    }
}

const VOID: [&str; 4] = ["input", "link", "meta", "path"];

/// Parses HTML; attribute values come decoded.
pub(super) fn parse(html: &str) -> Parsed {
    let parsed = Rc::new(RefCell::new(Parsed::default()));
    let (elements, closes) = (Rc::clone(&parsed), Rc::clone(&parsed));
    let handler = element!("*", move |element| {
        let tag = element.tag_name();
        let attributes = element
            .attributes()
            .iter()
            .map(|a| (a.name(), htmlize::unescape_attribute(a.value()).into_owned()))
            .collect();
        elements.borrow_mut().element(&tag, attributes);
        if VOID.contains(&tag.as_str()) {
            return Ok(());
        }
        elements.borrow_mut().open.push(tag.clone());
        if let Some(handlers) = element.end_tag_handlers() {
            let closes = Rc::clone(&closes);
            handlers.push(end_tag!(move |_| {
                let open = closes.borrow_mut().open.pop();
                assert_eq!(open.as_deref(), Some(tag.as_str()), "crossed end tags");
                Ok(())
            }));
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(handler);
    rewrite_str(html, settings).unwrap();
    std::mem::take(&mut *parsed.borrow_mut())
}
