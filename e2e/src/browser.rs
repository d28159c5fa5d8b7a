//! One Chromium, found or missed with a clear word, and a context of its own for each visitor.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::emulation::SetScriptExecutionDisabledParams;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams,
};
use chromiumoxide::handler::HandlerConfig;
use futures::StreamExt;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::limits;
use crate::process::{Process, Voice};
use crate::visitor::Visitor;

/// Where browsers are looked for, after the environment variable `OCTROI_CHROMIUM`.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// No sandbox, for machines where tests run as root; no traffic of the browser's own; and pages
/// in French first, so that the gate's own pages have one language.
const ARGUMENTS: [&str; 17] = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--accept-lang=fr-FR",
    "--window-size=1280,900",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
];

/// Whether the visitor's browser runs the page's scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As browsers are delivered.
    On,
    /// The visitor has switched them off.
    Off,
}

/// A running Chromium with a profile of its own; dropping it ends it and removes the profile.
#[derive(Debug)]
pub struct Browser {
    protocol: chromiumoxide::Browser,
    speaking: JoinHandle<()>,
    process: Process,
    profile: Option<TempDir>,
}

impl Browser {
    /// Launches it.
    pub async fn launch() -> Self {
        let profile = tempfile::Builder::new().prefix("octroi-e2e-").tempdir();
        let profile = profile.expect("a directory for the browser's profile");
        let mut data = std::ffi::OsString::from("--user-data-dir=");
        data.push(profile.path());
        let mut command = Command::new(find());
        command.args(ARGUMENTS).arg(data).arg("about:blank");
        let (process, address) = Process::start(&mut command, Voice::Err, |line| {
            line.strip_prefix("DevTools listening on ").map(str::to_owned)
        });
        let config = HandlerConfig {
            // The window's own size, which visitors change.
            viewport: None,
            request_timeout: limits::PAGE_WAIT,
            ..HandlerConfig::default()
        };
        let connected = chromiumoxide::Browser::connect_with_config(address, config).await;
        let (protocol, mut events) = connected.expect("the browser speaks the DevTools protocol");
        let speaking = tokio::spawn(async move { while events.next().await.is_some() {} });
        Self { protocol, speaking, process, profile: Some(profile) }
    }

    /// A visitor whom no site has ever seen, with an empty page before her.
    pub async fn visitor(&self, scripts: Scripts) -> Visitor<'_> {
        let made = self.protocol.create_browser_context(CreateBrowserContextParams::default());
        let context: BrowserContextId = made.await.expect("a browser context");
        let blank = CreateTargetParams::builder().url("about:blank");
        let blank = blank.browser_context_id(context.clone()).build().expect("a url is given");
        let page = self.protocol.new_page(blank).await.expect("a page");
        if scripts == Scripts::Off {
            let off = SetScriptExecutionDisabledParams::new(true);
            page.execute(off).await.expect("scripts can be switched off");
        }
        Visitor::new(&self.protocol, page, context, scripts)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.speaking.abort();
        self.process.end();
        // The browser's helpers may write for a moment after it is gone.
        let Some(profile) = self.profile.take() else { return };
        let path = profile.keep();
        for _ in 0..40 {
            if std::fs::remove_dir_all(&path).is_ok() || !path.exists() {
                return;
            }
            thread::sleep(limits::LOOK_AGAIN);
        }
    }
}

/// The browser's program.
fn find() -> PathBuf {
    if let Some(named) = env::var_os("OCTROI_CHROMIUM") {
        let path = PathBuf::from(named);
        assert!(path.is_file(), "OCTROI_CHROMIUM names no file: {}", path.display());
        return path;
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let places = NAMES.iter().flat_map(|name| {
        env::split_paths(&path).map(move |directory| directory.join(name)).collect::<Vec<_>>()
    });
    let mac = Path::new("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    let found = places.chain([mac.to_owned()]).find(|place| place.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "no Chromium found. Journeys are made in a real browser: install `chromium`, or name \
             one in OCTROI_CHROMIUM; `cargo xtask test` installs it where it can."
        )
    })
}
