// Around every served page: the wait for the kernel, and its sleep.

const qdSite = (() => {
  const LATE = 8000; // [ms] after which a page says what it waits for
  const PENDING = 'main script[type="application/vnd.voila.cell-output+json"]';
  // what a widget's place says whose model took more than 2 s while others had come
  const LOST = "Error displaying widget: model not found";
  const AGAIN = "qd-again"; // when a page was loaded again for it
  const find = (id) => document.getElementById(id);
  let complete = false;
  let leaving = false;
  let computing = ""; // which part of the page the kernel is at

  function progress(part, parts) {
    computing = `part ${part} of ${parts}`;
    if (!find("loading")) return;
    find("loading_text").textContent = `Computing: ${computing} …`;
    const bar = find("loading").querySelector("progress");
    Object.assign(bar, { max: parts, value: part - 1 });
  }

  // What the page still waits for, in words; nothing once it is all there.
  function awaited() {
    if (!complete) return computing ? `the kernel computes, ${computing}` : "its kernel is starting";
    if (document.querySelector(PENDING)) return "its controls and figures are being built";
    return document.querySelector("main [data-drawing]") ? "its figures are being drawn" : "";
  }

  function isLost() {
    const bare = [...document.querySelectorAll("main .jupyter-widgets:not(:has(*))")];
    return bare.some((one) => one.textContent === LOST);
  }

  // A page that has lost a part is loaded again, once a minute at most: what was chosen is in its
  // address.
  function mend() {
    const since = Date.now() - Number(sessionStorage.getItem(AGAIN));
    if (!isLost() || since < 60_000) return;
    sessionStorage.setItem(AGAIN, Date.now());
    leaving = true;
    location.reload();
  }

  function words() {
    if (leaving || !find("qd-asleep").hidden) return "";
    if (isLost()) return "A part of this page did not come up.";
    const what = performance.now() > LATE ? awaited() : "";
    return what && `This page is late: ${what}. It goes on by itself.`;
  }

  // Quiet as long as the page is whole and in time, or asleep.
  function tell() {
    const text = words();
    const status = find("qd-waiting").querySelector("[role=status]");
    find("qd-waiting").hidden = !text;
    if (status.textContent !== text) status.textContent = text;
  }

  // What is wider than the page scrolls, by the keyboard too.
  function reach() {
    for (const one of document.querySelectorAll("main .jp-RenderedHTML:not([tabindex])"))
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  }

  function watch() {
    setInterval(() => (mend(), tell(), reach()), 500);
  }

  const sleeps = (now) => leaving || (find("qd-asleep").hidden = !now);

  // The kernel's connection is closed when the kernel ends; Jupyter opens it anew if it can.
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => sleeps(false));
      this.addEventListener("close", () => sleeps(true));
    }
  };

  // anywidget gives each widget 2 s to come up, and one that took longer never hears of its kernel
  // again: on a busy machine a page whose sliders move nothing.
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => timeout(Math.max(ms, 600_000));

  addEventListener("beforeunload", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("DOMContentLoaded", () => {
    for (const id of ["qd-asleep", "qd-waiting"])
      find(id)?.querySelector("button").addEventListener("click", () => location.reload());
    if (!complete) sleeps(true); // the server has broken off
  });

  return { progress, wait: watch, complete: () => (complete = true) };
})();
