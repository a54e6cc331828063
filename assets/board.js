// Brings what is new without a reload. Everything else on the page works without it.
"use strict";
(() => {
  const whole = document.querySelector("[data-live]");
  if (!whole || !("EventSource" in window)) return;

  // What somebody has opened, typed or stands on outlives the exchange.
  const open = (root) => [...root.querySelectorAll("details")];

  const renew = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    const stale = document.querySelector("[data-live]");
    if (!fresh || !stale || stale.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
    const were = open(stale).map((one) => one.open);
    const focus = document.activeElement?.getAttribute?.("href");
    open(fresh).forEach((one, at) => { one.open = were[at] ?? false; });
    stale.replaceChildren(...fresh.childNodes);
    if (focus) stale.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
    live(true);
  };

  const live = (on) => {
    const sign = document.querySelector(".live");
    if (sign) sign.hidden = !on;
  };

  const source = new EventSource(whole.dataset.live);
  source.addEventListener("open", () => live(true));
  source.addEventListener("error", () => live(false));
  source.addEventListener("changed", () => { renew().catch(() => live(false)); });
})();
