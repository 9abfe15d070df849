// The page around a dashboard: the link in the address bar, the CSV file, names for the sliders.

const isVoila = () => "voila" in document.body.dataset;

// The page's link: what other dashboards on it have said stays, each under its own scope.
function address(model) {
  const scope = model.get("scope");
  const others = [...new URLSearchParams(location.hash.slice(1))].filter(
    ([name]) => scope && !name.startsWith(`${scope}.`),
  );
  const all = [new URLSearchParams(others).toString(), model.get("link")].filter(Boolean);
  return `${location.href.split("#")[0]}#${all.join("&")}`;
}

function save({ name, text, type = "text/csv" }) {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// ipywidgets leaves the slider handles without a name for screen readers
function nameHandles() {
  for (const handle of document.querySelectorAll(".qd-control .noUi-handle:not([aria-label])")) {
    const label = handle.closest(".qd-control").querySelector(".widget-label");
    handle.setAttribute("aria-label", label.textContent);
  }
}

// ipywidgets would read 3,5 as 3
function readCommas({ target, type, key }) {
  if (!target.matches?.(".widget-readout") || (type === "keydown" && key !== "Enter")) return;
  if (target.textContent.includes(",")) target.textContent = target.textContent.replace(",", ".");
}

// Once the controls stand on the page: a slider that appears sends its own value, rounded to its
// steps, and would undo a link that was quicker.
function whenDrawn(scope, count, act, patience = 300) {
  const own = CSS.escape(`qd-of-${scope}`);
  const drawn = document.querySelectorAll(`.${own} .noUi-target, .${own} select`).length;
  if (drawn >= count || patience === 0) setTimeout(act, 50);
  else setTimeout(() => whenDrawn(scope, count, act, patience - 1), 30);
}

function initialize({ model }) {
  const abort = new AbortController();
  model.on("msg:custom", save);
  // JupyterLab's address bar belongs to JupyterLab
  if (isVoila()) {
    const open = () => location.hash.includes("=") && model.send({ link: location.hash });
    whenDrawn(model.get("scope"), model.get("controls"), open);
    addEventListener("hashchange", open, { signal: abort.signal });
    let timer;
    model.on("change:link", () => {
      clearTimeout(timer); // browsers allow only some 100 replaceState calls in 30 s
      timer = setTimeout(() => history.replaceState(history.state, "", address(model)), 300);
    });
  }
  return () => abort.abort();
}

function render({ model, el }) {
  el.classList.add("qd-page");
  const button = (label, onclick) => {
    const made = Object.assign(document.createElement("button"), { type: "button", onclick });
    made.className = "jupyter-button";
    made.textContent = label;
    el.append(made);
    return made;
  };
  if (isVoila() && model.get("controls")) {
    const copy = button("Copy link", async () => {
      try {
        await navigator.clipboard.writeText(address(model));
        copy.textContent = "Link copied";
        setTimeout(() => (copy.textContent = "Copy link"), 1500);
      } catch {
        prompt("Copy this link:", address(model)); // no clipboard without https
      }
    });
  }
  if (model.get("downloads")) button("Download CSV", () => model.send({ csv: true }));

  const busy = Object.assign(document.createElement("span"), { className: "qd-busy" });
  busy.setAttribute("role", "status");
  el.append(busy);
  const tell = () => (busy.textContent = model.get("busy") ? "computing …" : "");
  model.on("change:busy", tell);

  const layouts = new ResizeObserver(nameHandles); // by then the sliders are there
  layouts.observe(el);
  document.addEventListener("focusin", nameHandles);
  for (const event of ["keydown", "focusout"]) document.addEventListener(event, readCommas, true);
  return () => {
    layouts.disconnect();
    model.off("change:busy", tell);
    document.removeEventListener("focusin", nameHandles);
  };
}

export default { initialize, render };
