// Looks at a page through its open shadow roots; prefixed to every expression of the harness.
const deepAll = (selector, root = document) => {
  const found = [...root.querySelectorAll(selector)];
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) found.push(...deepAll(selector, element.shadowRoot));
  }
  return found;
};
const inside = (scope, selector) => {
  const hosts = scope ? document.querySelectorAll(scope) : [document];
  return [...hosts].flatMap((host) =>
    [...deepAll(selector, host), ...(host.shadowRoot ? deepAll(selector, host.shadowRoot) : [])]);
};
const area = (element) => {
  const box = element.getBoundingClientRect();
  return { x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height };
};
const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const deepAt = (x, y) => {
  let hit = document.elementFromPoint(x, y);
  while (hit?.shadowRoot) {
    const within = hit.shadowRoot.elementFromPoint(x, y);
    if (!within || within === hit) break;
    hit = within;
  }
  return hit;
};
// The middle of the first visible match that really lies on top there.
const target = (scope, selector) => {
  for (const element of inside(scope, selector)) {
    if (!shown(element)) continue;
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const hit = deepAt(x, y);
    if (hit && (hit === element || element.contains(hit))) return { x, y };
  }
  return null;
};
const words = (node) => {
  let text = "";
  const root = node.shadowRoot ?? node;
  for (const child of root.childNodes) {
    if (child.nodeType === 3) text += child.data;
    else if (child.nodeType === 1 && !["STYLE", "SCRIPT", "TEMPLATE", "NOSCRIPT"].includes(child.tagName))
      text += ` ${words(child)} `;
  }
  return text.replace(/\s+/g, " ").trim();
};
const noticed = () => [...document.querySelectorAll("octroi-notice")].map((notice) => {
  const root = notice.shadowRoot;
  const number = notice.id.replace("octroi-", "");
  const held = document.querySelector(`[data-octroi-held="${number}"]`);
  const has = (selector) => !!root && [...root.querySelectorAll(selector)].some(shown);
  return {
    id: notice.id,
    text: words(notice),
    service: root?.querySelector('input[name="service"]')?.value ?? "",
    area: area(notice),
    held: held ? area(held) : null,
    source: held?.getAttribute("data-octroi-src") ?? "",
    accepts: has('button[name="action"][value="accept_service"]'),
    accepts_all: has('button[name="action"][value="accept_all"]'),
    informs: has('a[href*="/_octroi/services/"]'),
    withdraws: has('a[href*="/_octroi/policy"]'),
    manages: has('a[href*="/_octroi/preferences"]'),
    overflows: !!root && [...root.querySelectorAll("section")].some((s) => s.scrollWidth > s.clientWidth + 1),
  };
});
