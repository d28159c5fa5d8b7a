//! A visitor: one page in a browser context of her own, and what she can see and do there.

use std::time::Instant;

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::emulation::SetDeviceMetricsOverrideParams;
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType,
    MouseButton,
};
use chromiumoxide::cdp::browser_protocol::network::CookieParam;
use chromiumoxide::cdp::browser_protocol::page::NavigateParams;
use chromiumoxide::cdp::browser_protocol::storage::{GetCookiesParams, SetCookiesParams};
use chromiumoxide::cdp::js_protocol::runtime::EvaluateParams;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use crate::browser::Scripts;
use crate::limits;

const LOOK: &str = include_str!("look.js");

/// She ends with the test; her browser ends with its own value.
#[derive(Debug)]
pub struct Visitor<'b> {
    browser: &'b chromiumoxide::Browser,
    page: Page,
    context: BrowserContextId,
    scripts: Scripts,
}

/// A place on the page, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Area {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// What stands in the place of a content.
#[derive(Clone, Debug, Deserialize)]
pub struct Notice {
    /// Its element's id.
    pub id: String,
    /// All its words.
    pub text: String,
    /// The service that its form names.
    pub service: String,
    /// Where it is.
    pub area: Area,
    /// Where the held element is, if it keeps its place.
    pub held: Option<Area>,
    /// The held element's address.
    pub source: String,
    /// It has a button for this service.
    pub accepts: bool,
    /// It has a button for everything.
    pub accepts_all: bool,
    /// It has a link to more information.
    pub informs: bool,
    /// It has a link to the page where consent is withdrawn.
    pub withdraws: bool,
    /// It has a link to the preference centre.
    pub manages: bool,
    /// Something in it is wider than itself.
    pub overflows: bool,
}

/// A cookie in her browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Whose it is.
    pub domain: String,
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Whether scripts are kept from it.
    pub http_only: bool,
}

/// Names of what scripts have stored for the page's origin.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Storage {
    /// `localStorage`.
    pub local: Vec<String>,
    /// `sessionStorage`.
    pub session: Vec<String>,
}

impl<'b> Visitor<'b> {
    pub(crate) fn new(
        browser: &'b chromiumoxide::Browser,
        page: Page,
        context: BrowserContextId,
        scripts: Scripts,
    ) -> Self {
        Self { browser, page, context, scripts }
    }

    /// Whether her browser runs scripts.
    #[must_use]
    pub fn scripts(&self) -> Scripts {
        self.scripts
    }

    /// Sees pages in a window of this size.
    pub async fn resize(&self, width: i64, height: i64) {
        let size = SetDeviceMetricsOverrideParams::new(width, height, 1.0, width < 600);
        self.page.execute(size).await.expect("the window can be resized");
    }

    /// Opens an address and waits until it has loaded.
    pub async fn open(&self, address: &str) {
        self.mark().await;
        let went = self.page.execute(NavigateParams::new(address)).await;
        let went = went.unwrap_or_else(|e| panic!("{address}: {e}"));
        if let Some(error) = &went.error_text {
            panic!("{address}: {error}");
        }
        self.arrive(address).await;
    }

    /// Opens an address, reads to its end as readers do, and comes back to its top.
    pub async fn read(&self, address: &str) {
        self.open(address).await;
        for _ in 0..60 {
            let more: bool = self
                .eval(
                    "(scrollBy({ top: innerHeight * .8, behavior: 'instant' }), \
                       scrollY + innerHeight < document.documentElement.scrollHeight - 1)",
                )
                .await;
            // Time for what is loaded only when it comes into view.
            sleep(limits::LOOK_AGAIN * 3).await;
            if !more {
                break;
            }
        }
        let _: bool = self.eval("(scrollTo({ top: 0, behavior: 'instant' }), true)").await;
    }

    /// Goes back one page, by the browser's button.
    pub async fn back(&self) {
        use chromiumoxide::cdp::browser_protocol::page::{
            GetNavigationHistoryParams, NavigateToHistoryEntryParams,
        };
        let history = self.page.execute(GetNavigationHistoryParams::default()).await;
        let history = history.expect("the browser keeps a history").result;
        let place = usize::try_from(history.current_index - 1).expect("there is a page before");
        let entry = history.entries[place].id;
        self.mark().await;
        let back = NavigateToHistoryEntryParams::new(entry);
        self.page.execute(back).await.expect("the browser goes back");
        self.arrive("the page before").await;
    }

    /// Presses the gate's button of this action, wherever it is first seen, and waits for the page
    /// that follows.
    pub async fn press(&self, action: &str) {
        self.press_in("", action).await;
    }

    /// The same within the elements that `scope` selects.
    pub async fn press_in(&self, scope: &str, action: &str) {
        self.follow(scope, &format!("button[name=action][value={action}]")).await;
    }

    /// Clicks what `selector` finds within `scope`, and waits for the page that follows.
    pub async fn follow(&self, scope: &str, selector: &str) {
        self.mark().await;
        self.click(scope, selector).await;
        self.arrive(selector).await;
    }

    /// Clicks what `selector` finds within `scope`: a real click, at its middle, if nothing
    /// covers it.
    pub async fn click(&self, scope: &str, selector: &str) {
        #[derive(Deserialize)]
        struct Point {
            x: f64,
            y: f64,
        }
        let look = format!("target({}, {})", quoted(scope), quoted(selector));
        let begun = Instant::now();
        let point = loop {
            if let Some(point) = self.eval::<Option<Point>>(&look).await {
                break point;
            }
            if begun.elapsed() > limits::PAGE_WAIT {
                let text = self.text().await;
                panic!("nothing to click: {scope} {selector} on {}\n{text}", self.url().await);
            }
            sleep(limits::LOOK_AGAIN).await;
        };
        for kind in [
            DispatchMouseEventType::MouseMoved,
            DispatchMouseEventType::MousePressed,
            DispatchMouseEventType::MouseReleased,
        ] {
            let event = DispatchMouseEventParams::builder().r#type(kind).x(point.x).y(point.y);
            let event = event.button(MouseButton::Left).click_count(1).build();
            self.page.execute(event.expect("whole")).await.expect("the mouse works");
        }
    }

    /// Presses and releases a key.
    pub async fn key(&self, key: &str) {
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let event = DispatchKeyEventParams::builder().r#type(kind).key(key).build();
            self.page.execute(event.expect("whole")).await.expect("the keyboard works");
        }
    }

    /// The value of an expression in the page, of which `look.js` is part. Works whether or not
    /// the page's own scripts run.
    pub async fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        let begun = Instant::now();
        loop {
            match self.attempt(expression).await {
                Ok(value) => {
                    return serde_json::from_value(value.clone())
                        .unwrap_or_else(|e| panic!("{expression}: {e}: {value}"));
                }
                // Between two pages there is nothing to evaluate in.
                Err(why) => {
                    assert!(begun.elapsed() < limits::PAGE_WAIT, "{expression}: {why}");
                    sleep(limits::LOOK_AGAIN).await;
                }
            }
        }
    }

    async fn attempt(&self, expression: &str) -> Result<serde_json::Value, String> {
        let whole = format!("(() => {{ {LOOK}\nreturn {expression}; }})()");
        let evaluate = EvaluateParams::builder().expression(whole).return_by_value(true);
        let evaluate = evaluate.build().map_err(|e| e.to_string())?;
        let answer = self.page.execute(evaluate).await.map_err(|e| e.to_string())?.result;
        if let Some(thrown) = answer.exception_details {
            return Err(format!("{thrown:?}"));
        }
        Ok(answer.result.value.unwrap_or_default())
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        let begun = Instant::now();
        while !self.eval::<bool>(expression).await {
            assert!(
                begun.elapsed() < limits::PAGE_WAIT,
                "never true: {expression} on {}",
                self.url().await
            );
            sleep(limits::LOOK_AGAIN).await;
        }
    }

    /// Marks the document, so that the next one is told apart from it.
    async fn mark(&self) {
        let _: bool = self.eval("(window.octroiLeft = true)").await;
    }

    async fn arrive(&self, by: &str) {
        let begun = Instant::now();
        let arrived = "!window.octroiLeft && document.readyState === 'complete'";
        while self.attempt(arrived).await != Ok(serde_json::Value::Bool(true)) {
            assert!(begun.elapsed() < limits::PAGE_WAIT, "no page followed: {by}");
            sleep(limits::LOOK_AGAIN).await;
        }
    }

    /// The address that she sees.
    pub async fn url(&self) -> String {
        self.eval("location.href").await
    }

    /// All words of the page, those of the gate's own elements included.
    pub async fn text(&self) -> String {
        self.eval("words(document.body)").await
    }

    /// Whether something that `selector` finds within `scope` is visible, in shadow roots too.
    pub async fn sees(&self, scope: &str, selector: &str) -> bool {
        let (scope, selector) = (quoted(scope), quoted(selector));
        self.eval(&format!("inside({scope}, {selector}).some(shown)")).await
    }

    /// Whether the banner asks her for a choice.
    pub async fn is_asked(&self) -> bool {
        self.sees("octroi-banner", "button[name=action]").await
    }

    /// Whether the page has its small way to the preference centre.
    pub async fn has_control(&self) -> bool {
        self.sees("octroi-control", "a[href*='/_octroi/preferences']").await
    }

    /// How far she has scrolled.
    pub async fn scrolled(&self) -> f64 {
        self.eval("scrollY").await
    }

    /// Every notice of the page.
    pub async fn notices(&self) -> Vec<Notice> {
        self.eval("noticed()").await
    }

    /// What scripts have stored for the page's origin.
    pub async fn storage(&self) -> Storage {
        self.eval("({ local: Object.keys(localStorage), session: Object.keys(sessionStorage) })")
            .await
    }

    /// Every cookie of every site in her browser.
    pub async fn cookies(&self) -> Vec<Cookie> {
        let all = GetCookiesParams::builder().browser_context_id(self.context.clone()).build();
        let all = self.browser.execute(all).await.expect("the browser shows its cookies").result;
        let mut cookies: Vec<_> = all
            .cookies
            .into_iter()
            .map(|c| Cookie {
                domain: c.domain,
                name: c.name,
                value: c.value,
                http_only: c.http_only,
            })
            .collect();
        cookies.sort_by(|a, b| (&a.domain, &a.name).cmp(&(&b.domain, &b.name)));
        cookies
    }

    /// Names of her cookies, with the host they belong to.
    pub async fn cookie_names(&self) -> Vec<String> {
        self.cookies().await.iter().map(|c| format!("{}/{}", c.domain, c.name)).collect()
    }

    /// The gate's own cookie on the newspaper, if there is one.
    pub async fn token(&self) -> Option<String> {
        let own = |c: &Cookie| c.name == "octroi" && c.domain == "journal.localhost";
        self.cookies().await.into_iter().find(own).map(|cookie| cookie.value)
    }

    /// Puts a cookie into her browser, as if a site had set it.
    pub async fn plant(&self, address: &str, name: &str, value: &str) {
        let cookie = CookieParam::builder().url(address).name(name).value(value).path("/").build();
        let planted = SetCookiesParams::builder()
            .cookie(cookie.expect("whole"))
            .browser_context_id(self.context.clone())
            .build();
        self.browser.execute(planted.expect("whole")).await.expect("cookies can be set");
    }
}

/// A JavaScript string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
