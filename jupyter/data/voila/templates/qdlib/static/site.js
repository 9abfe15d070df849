// Around every served page: the wait for the kernel, and its sleep.

const qdSite = (() => {
  const find = (id) => document.getElementById(id);
  let complete = false;
  let leaving = false;

  function progress(part, parts) {
    if (!find("loading")) return;
    find("loading_text").textContent = `Computing: part ${part} of ${parts} …`;
    const bar = find("loading").querySelector("progress");
    Object.assign(bar, { max: parts, value: part - 1 });
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

  addEventListener("beforeunload", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("DOMContentLoaded", () => {
    find("qd-asleep").querySelector("button").addEventListener("click", () => location.reload());
    if (!complete) sleeps(true); // the server has broken off
  });

  return { progress, complete: () => (complete = true) };
})();
