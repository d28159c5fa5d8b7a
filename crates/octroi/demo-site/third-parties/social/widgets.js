// A stand-in for a social network's embed script: it turns every quoted post into a card in a frame of its own.
(() => {
  const origin = new URL(document.currentScript.src).origin;
  const frames = new Map();
  const embed = () => document.querySelectorAll("blockquote.quoted-post[data-post]").forEach((quote) => {
    const frame = document.createElement("iframe");
    frame.src = `${origin}/post/${quote.dataset.post}`;
    frame.title = "Publication citée";
    frame.style.cssText = "display:block;border:0;width:100%;max-width:34rem;height:15rem;margin:2.2rem auto";
    frames.set(quote.dataset.post, frame);
    quote.replaceWith(frame);
  });
  addEventListener("message", (event) => {
    const frame = event.origin === origin && frames.get(String(event.data.post));
    if (frame) frame.style.height = `${Math.ceil(event.data.height)}px`;
  });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", embed); else embed();
})();
