// Around every served page: the wait for the kernel, and its sleep.

const qdSite = (() => {
  const LATE = 8000; // [ms] after which a page says what it waits for
  const PENDING = 'main script[type="application/vnd.voila.cell-output+json"]';
  const LOST = "Error displaying widget: model not found"; // says a widget's place
  const PATIENCE = 600_000; // [ms] from its opening, for which a page's parts may come
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

  function watch() {
    setInterval(() => (tell(), qdFrame.reach()), 500);
  }

  // From now on Jupyter's settings are those that name the kernel; who has read the others already
  // looks for its id at the body.
  function kernel(id) {
    find("jupyter-config-data").remove();
    document.body.dataset.kernelId = id;
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
  AbortSignal.timeout = (ms) => timeout(Math.max(ms, PATIENCE));

  // The widgets' manager looks for a model every 100 ms until 2 s are over. On a busy machine they
  // are over before it looks once more, and a part that has come is lost: its clock stands still.
  // It waits 4 s for all models together, and then asks for each of them: on a busy machine, for more.
  const { setTimeout: wait } = window;
  const { now } = Date;
  const within = (method) => new Error().stack.includes(method);
  window.setTimeout = (act, ms, ...others) => {
    if (ms === 4000 && within("_loadFromKernel")) return wait(act, PATIENCE, ...others);
    const looks = ms === 100 && within("get_model");
    if (!looks || performance.now() > PATIENCE) return wait(act, ms, ...others);
    return wait(() => {
      Date.now = () => 0;
      try {
        act();
      } finally {
        queueMicrotask(() => (Date.now = now)); // after what act has set going
      }
    }, ms);
  };

  addEventListener("beforeunload", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("DOMContentLoaded", () => {
    for (const id of ["qd-asleep", "qd-waiting"])
      find(id)?.querySelector("button").addEventListener("click", () => location.reload());
    if (!complete) sleeps(true); // the server has broken off
  });

  return { kernel, progress, wait: watch, complete: () => (complete = true) };
})();
