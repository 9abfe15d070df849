// Around every page of the site: the theme, the wait for the kernel, and its sleep.

const qdSite = (() => {
  const KEY = "qdlib-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const find = (id) => document.getElementById(id);
  let chosen = null; // where the browser keeps nothing
  let complete = false;
  let leaving = false;

  function isDark() {
    try {
      chosen = localStorage.getItem(KEY) ?? chosen;
    } catch {} // no storage: the choice lasts as long as the page
    return chosen ? chosen === "dark" : system.matches;
  }

  // The reader's theme, at first the system's; the figures follow the body's attribute.
  function paint() {
    const dark = isDark();
    find("qd-dark").media = dark ? "all" : "not all";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    if (!document.body) return;
    document.body.dataset.jpThemeLight = String(!dark);
    document.body.dataset.jpThemeName = dark ? "JupyterLab Dark" : "JupyterLab Light";
    const label = `Switch to the ${dark ? "light" : "dark"} theme`;
    find("qd-theme").title = label;
    find("qd-theme").setAttribute("aria-label", label);
  }

  function choose() {
    chosen = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(KEY, chosen);
    } catch {}
    paint();
  }

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

  system.addEventListener("change", paint);
  addEventListener("storage", paint);
  addEventListener("beforeunload", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("DOMContentLoaded", () => {
    find("qd-theme").addEventListener("click", choose);
    find("qd-asleep").querySelector("button").addEventListener("click", () => location.reload());
    const menu = document.querySelector(".qd-menu");
    addEventListener("click", ({ target }) => menu.contains(target) || (menu.open = false));
    addEventListener("keydown", ({ key }) => key === "Escape" && (menu.open = false));
    if (!complete) sleeps(true); // the server has broken off
  });
  paint();

  return { paint, progress, complete: () => (complete = true) };
})();
