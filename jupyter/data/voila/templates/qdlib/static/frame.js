// Around every page, served or static: the theme, the menu, the copy buttons.

const qdFrame = (() => {
  const KEY = "qdlib-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const find = (id) => document.getElementById(id);
  let chosen = null; // where the browser keeps nothing
  let printing = false; // paper is white

  function isDark() {
    try {
      chosen = localStorage.getItem(KEY) ?? chosen;
    } catch {} // no storage: the choice lasts as long as the page
    return chosen ? chosen === "dark" : system.matches;
  }

  // The reader's theme, at first the system's; the figures follow the body's attribute.
  function paint() {
    const dark = isDark() && !printing;
    if (find("qd-dark")) find("qd-dark").media = dark ? "all" : "not all";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    if (!document.body) return;
    document.body.dataset.jpThemeLight = String(!dark);
    document.body.dataset.jpThemeName = dark ? "JupyterLab Dark" : "JupyterLab Light";
    if (!find("qd-theme")) return;
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

  // The clipboard is there on secure pages only; a selection can always be copied.
  async function copy(button) {
    const code = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  }

  // What is wider than the page scrolls, by the keyboard too.
  function reach() {
    for (const one of document.querySelectorAll("main :is(.jp-RenderedHTML, .qd-equation):not([tabindex])"))
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  }

  system.addEventListener("change", paint);
  addEventListener("storage", paint);
  addEventListener("click", ({ target }) => {
    if (target.closest("#qd-theme")) choose();
    if (target.matches(".qd-copy")) copy(target);
    const menu = document.querySelector(".qd-menu");
    if (menu && !menu.contains(target)) menu.open = false;
  });
  addEventListener("keydown", ({ key }) => {
    const menu = document.querySelector(".qd-menu");
    if (key === "Escape" && menu) menu.open = false;
  });
  for (const [event, on] of [["beforeprint", true], ["afterprint", false]])
    addEventListener(event, () => {
      printing = on;
      paint();
    });
  addEventListener("DOMContentLoaded", paint);
  addEventListener("load", reach);
  addEventListener("resize", reach);
  paint();

  return { paint, reach };
})();
