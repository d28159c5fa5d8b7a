// A stand-in for a video player: it reports that it was shown, whether or not the film is started.
(() => {
  const { id, via } = document.currentScript.dataset;
  const tell = (event, at) => fetch(`/stats?event=${event}&video=${id}&at=${at}&via=${via}`, { credentials: "include", keepalive: true }).catch(() => {});
  const bar = document.querySelector(".bar i"), clock = document.querySelector("time");
  let at = 0, timer;
  try { localStorage.setItem("filoche.seen", id); } catch { /* storage denied */ }
  tell("shown", 0);
  document.querySelector("button").addEventListener("click", () => {
    const playing = document.body.classList.toggle("playing");
    tell(playing ? "play" : "pause", at);
    clearInterval(timer);
    if (playing) timer = setInterval(() => {
      at += 1;
      bar.style.width = `${Math.min(100, at / 2.4)}%`;
      clock.textContent = `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
      if (at % 10 === 0) tell("watching", at);
    }, 1000);
  });
})();
