// A stand-in for a measurement script: it names the visitor in the page's own storage and reports every page.
(() => {
  const script = document.currentScript;
  const known = /(?:^|; )_mes_id=([^;]+)/.exec(document.cookie);
  const visitor = known ? known[1] : Math.random().toString(36).slice(2, 12);
  document.cookie = `_mes_id=${visitor}; path=/; max-age=33696000; SameSite=Lax`;
  let pages = 1;
  try {
    pages = Number(localStorage.getItem("mes.pages") || 0) + 1;
    localStorage.setItem("mes.pages", pages);
    localStorage.setItem("mes.visitor", visitor);
  } catch { /* storage denied */ }
  const report = new URLSearchParams({
    site: script.dataset.site, visitor, pages, page: location.pathname, title: document.title,
    from: document.referrer, screen: `${screen.width}x${screen.height}`, language: navigator.language,
  });
  navigator.sendBeacon(new URL("/collect", script.src), report);
})();
