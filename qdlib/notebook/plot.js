// A figure updated in place.

const MARGIN = { l: 62, r: 14, t: 30, b: 46 };
const GAP = { x: 78, y: 84 };
const PANEL = { width: 290, height: 205, columns: 3 };
const PAPER = 660; // [px], between the margins of a page
const PRINTS = ["beforeprint", "afterprint"];
const PATIENCE = 8000; // [ms] with the server's plotly.js, before the kernel is asked
const LATE = 3000; // [ms] after which an empty place says what it waits for
const CONFIG = { displayModeBar: false };
const CAPTION = { size: 11, line: 15, letter: 5.8, pad: 10 }; // of an exported picture [px]
const SCALE = { svg: 1, png: 3 };
const SETTLED = 700; // [ms] without a step, after which the words may be read aloud
const NEAR = 0.5; // [px]
const NOWHERE = "M0,0";
const AT_ONCE = {
  mode: "immediate",
  transition: { duration: 0 },
  frame: { duration: 0, redraw: false },
};

// slice: a message's buffers need not start on the 8 bytes a Float64Array wants
const floats = ({ buffer, byteOffset, byteLength }) =>
  new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));

const isDark = () => document.body.dataset.jpThemeLight === "false";

// A script of the page, new or already there, once it has run.
function run(src) {
  const found = document.querySelector(`script[src="${src}"]`);
  const script = found ?? Object.assign(document.createElement("script"), { src });
  return new Promise((done, fail) => {
    script.addEventListener("load", done);
    script.addEventListener("error", fail);
    if (!found) document.head.append(script);
  });
}

// plotly.js from the kernel.
async function sent(model) {
  const source = await new Promise((done) => {
    model.on("msg:custom", (_, [buffer]) => done(buffer));
    model.send({ plotly: true });
  });
  if (window.Plotly) return;
  // as seen by neither a CommonJS nor an AMD loader, plotly.js sets window.Plotly
  const hidden = "const module = undefined, exports = undefined, define = undefined;\n";
  await import(URL.createObjectURL(new Blob([hidden, source], { type: "text/javascript" })));
}

// plotly.js: the page's, or else the server's, or else from the kernel, which is slower; whichever
// comes first, once the server has been given a while.
async function library(model) {
  if (!window.Plotly) {
    const page = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    const served = run(`${page.fullLabextensionsUrl}/plotly-cartesian.min.js`);
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    await Promise.race([served.catch(() => {}), late]);
    if (!window.Plotly) await Promise.any([served, sent(model)]);
  }
  return window.Plotly;
}

// An empty place that says what it waits for, if that takes long; gone once `coming` is there.
async function announced(div, coming) {
  const note = Object.assign(document.createElement("p"), { className: "qd-drawing" });
  note.setAttribute("role", "status");
  div.before(note);
  div.dataset.drawing = "";
  const late = setTimeout(() => {
    note.textContent = "The figure is being drawn; plotly.js, which draws it, is still on its way …";
  }, LATE);
  try {
    return await coming;
  } catch (error) {
    note.textContent = `No figure, as plotly.js did not come (${error.message}). Load the page again.`;
    throw error;
  } finally {
    clearTimeout(late);
    delete div.dataset.drawing;
    if (window.Plotly) note.remove();
  }
}

// The intervals [start, end] of `count` equal cells of a unit length with `gap` between them.
function cells(count, gap) {
  const size = (1 - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, k) => [k * (size + gap), k * (size + gap) + size]);
}

// Where each subplot stands, [column, row, columns, rows]: in reading order, and with `lead` the
// first one over two columns and, where there are three, two rows.
function places(count, columns, lead) {
  const taken = new Set();
  const free = (c, r) => !taken.has(`${c},${r}`);
  return Array.from({ length: count }, (_, k) => {
    const across = lead && k === 0 ? Math.min(2, columns) : 1;
    const down = lead && k === 0 && columns !== 2 ? 2 : 1;
    let cell = 0;
    while (!free(cell % columns, Math.floor(cell / columns))) cell += 1;
    const [c, r] = [cell % columns, Math.floor(cell / columns)];
    for (let i = 0; i < across; i += 1)
      for (let j = 0; j < down; j += 1) taken.add(`${c + i},${r + j}`);
    return [c, r, across, down];
  });
}

// The layout with its subplots in as many columns as the width has room for.
function arranged(layout, width, template) {
  const xs = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key) && !layout[key].overlaying);
  const columns = Math.max(1, Math.min(xs.length, PANEL.columns, Math.floor(width / PANEL.width)));
  const where = places(xs.length, columns, layout.meta?.lead);
  const rows = Math.max(...where.map(([, r, , down]) => r + down));
  const inner = rows * (layout.meta?.height ?? PANEL.height) + (rows - 1) * GAP.y;
  const across = cells(columns, GAP.x / (width - MARGIN.l - MARGIN.r));
  const down = cells(rows, GAP.y / inner).reverse();
  const result = {
    dragmode: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    ...layout,
    width,
    height: inner + MARGIN.t + MARGIN.b,
    margin: MARGIN,
    template,
  };
  for (const key of Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key)))
    result[key] = { ...layout[key], fixedrange: true };
  xs.forEach((key, k) => {
    const partner = (layout[key].anchor ?? key.replace("xaxis", "y")).replace("y", "yaxis");
    const [c, r, width, height] = where[k];
    result[key].domain = [across[c][0], across[c + width - 1][1]];
    result[partner] = { ...result[partner], domain: [down[r + height - 1][0], down[r][1]] };
  });
  return result;
}

// Text in lines of at most `room` letters: plotly's does not wrap.
function wrapped(text, room) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

// What a picture says of itself: the figure with the controls' values, and whom to cite.
function captions(model) {
  const set = Object.entries(model.get("settings")).map(([label, value]) => `${label}: ${value}`);
  return [[model.get("title"), set.join("; ")].filter(Boolean).join(". "), model.get("credit")];
}

// The figure on the page's ground, with its captions below: a title is all that plotly puts there.
function captioned({ data, layout }, texts) {
  const room = Math.floor((layout.width - 2 * CAPTION.pad) / CAPTION.letter);
  const lines = texts.flatMap((text) => wrapped(text, room));
  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  const extra = lines.length * CAPTION.line + 2 * CAPTION.pad;
  const height = layout.height + extra;
  const title = {
    text: lines.join("<br>").replace(/&|<(?!br>)|(?<!<br)>/g, (mark) => marks[mark]),
    font: { size: CAPTION.size },
    x: 0,
    xanchor: "left",
    y: (extra - 2 * CAPTION.pad) / height,
    yanchor: "top",
    yref: "container",
    pad: { l: CAPTION.pad },
  };
  const margin = { ...layout.margin, b: layout.margin.b + extra };
  const { paper_bgcolor } = layout.template.layout;
  return { data, layout: { ...layout, title, margin, paper_bgcolor, height } };
}

// An SVG file that says what it shows, to readers and, as JSON, to programs.
function described(svg, model, texts) {
  const file = new DOMParser().parseFromString(svg, "image/svg+xml");
  const about = ["title", "settings", "link", "credit"].map((key) => [key, model.get(key)]);
  const parts = {
    title: model.get("title"),
    desc: texts.join("\n"),
    metadata: JSON.stringify(Object.fromEntries(about)),
  };
  const made = Object.entries(parts).map(([tag, textContent]) =>
    Object.assign(file.createElementNS(file.documentElement.namespaceURI, tag), { textContent }),
  );
  file.documentElement.prepend(...made);
  return new XMLSerializer().serializeToString(file);
}

// The file's name holds the controls' values, as the page's link does.
function fileName(model, format) {
  const scoped = [...new URLSearchParams(model.get("link"))];
  const set = scoped.map(([name, value]) => `${name.split(".").at(-1)}=${value}`);
  const stem = ["qdlib", model.get("name"), ...set].join("_").replace(/[^\w.=+-]+/g, "-");
  return `${stem.slice(0, 180)}.${format}`;
}

// Save the figure as it is seen, as a file of a format.
async function download(Plotly, figure, model, format) {
  const texts = captions(model);
  const drawn = captioned(figure, texts);
  const { width, height } = drawn.layout;
  const options = { format, width, height, scale: SCALE[format], imageDataOnly: true };
  const image = await Plotly.toImage(drawn, options);
  const svg = format === "svg";
  const bytes = svg
    ? described(image, model, texts)
    : Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
  const type = svg ? "image/svg+xml" : "image/png";
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  Object.assign(document.createElement("a"), {
    href: url,
    download: fileName(model, format),
  }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// The buttons under a figure; `save(format)` may fail, which is said beside them.
function toolbar(title, save) {
  const bar = Object.assign(document.createElement("div"), { className: "qd-export" });
  const problem = document.createElement("span");
  problem.setAttribute("role", "alert");
  for (const format of ["png", "svg"]) {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.className = "jupyter-button";
    button.textContent = format.toUpperCase();
    button.title = "Download the figure as it is seen, its settings below it";
    button.setAttribute("aria-label", `${button.textContent} of ${title}`);
    button.onclick = async () => {
      button.disabled = true;
      problem.textContent = "";
      await save(format).catch((error) => (problem.textContent = `No picture: ${error}`));
      button.disabled = false;
      button.focus();
    };
    bar.append(button);
  }
  bar.append(problem);
  return bar;
}

// Whether the page is being printed.
let paper = false;
for (const event of PRINTS) addEventListener(event, () => (paper = event === "beforeprint"));

// Once an element is about to come into view, or onto paper: a page with many figures is there sooner.
function seen(el) {
  return new Promise((done) => {
    const act = () => {
      watch.disconnect();
      removeEventListener("beforeprint", act);
      done();
    };
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && act(),
      { rootMargin: "600px" },
    );
    watch.observe(el);
    addEventListener("beforeprint", act);
  });
}

// The path of a line through points [px]; a point that cannot be drawn leaves a gap, one that is
// less than NEAR from the last adds nothing to see.
function path(xs, ys) {
  let d = "";
  let last = null; // the place that was drawn last
  let left = ""; // a near place, drawn after all if the line ends there
  for (let k = 0; k < xs.length; k += 1) {
    const [x, y] = [xs[k], ys[k]];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      d += left;
      [left, last] = ["", null];
    } else if (last && Math.abs(x - last[0]) < NEAR && Math.abs(y - last[1]) < NEAR) {
      left = `L${x},${y}`;
    } else {
      d += `${last ? "L" : "M"}${x},${y}`;
      [left, last] = ["", [x, y]];
    }
  }
  return d + left || NOWHERE;
}

// Draw one trace of a plotly figure on its own, without axes, texts and defaults, which take
// plotly.js most of a step. False where that is not enough: it has no place for a point yet, or
// areas and error bars to follow.
function place(div, index, { x, y }) {
  const trace = div._fullData?.[index];
  const axes = [trace?.xaxis, trace?.yaxis].map((id) => div._fullLayout[id?.replace(/^./, "$&axis")]);
  if (trace?.type !== "scatter" || trace.visible !== true || trace.fill !== "none") return false;
  if (trace.cliponaxis === false || axes.some((axis) => !axis?.d2p || axis.autorange)) return false;
  const [drawn] = div.getElementsByClassName(`trace${trace.uid}`);
  if (!drawn) return false;
  const [xs, ys] = [Array.from(x, axes[0].d2p), Array.from(y, axes[1].d2p)];
  const seen = (k) => Number.isFinite(xs[k]) && Number.isFinite(ys[k]);
  const count = xs.filter((_, k) => seen(k)).length;
  const points = trace.mode.includes("markers") ? [...drawn.querySelectorAll("path.point")] : null;
  const texts = trace.mode.includes("text") ? [...drawn.querySelectorAll("g.textpoint")] : null;
  const marks = [points, texts].filter(Boolean);
  if (marks.some((own) => own.length !== count || !own.every((mark) => seen(mark.__data__.i))))
    return false;
  const [line, ...others] = drawn.querySelectorAll("path.js-line");
  if (trace.mode.includes("lines")) {
    if (!line && count) return false;
    line?.setAttribute("d", path(xs, ys));
    for (const other of others) other.setAttribute("d", NOWHERE); // plotly.js has one for each part
  }
  for (const mark of points ?? []) {
    const k = mark.__data__.i;
    mark.setAttribute("transform", `translate(${xs[k]},${ys[k]})`);
  }
  // a text has its place itself, as has each of its lines, and is shifted off it by a transform
  for (const mark of texts ?? [])
    for (const line of mark.querySelectorAll("text, tspan.line")) {
      line.setAttribute("x", xs[mark.__data__.i]);
      line.setAttribute("y", ys[mark.__data__.i]);
    }
  return true;
}

// One for each figure: its points, as a message brings only those traces that moved.
export default () => {
  const points = {};

  function moved(model) {
    const brought = Object.entries(model.get("series"));
    return Object.fromEntries(
      brought.map(([name, arrays]) => [
        name,
        Object.fromEntries(arrays.map((one, k) => ["xyz"[k], floats(one)])),
      ]),
    );
  }

  function initialize({ model }) {
    const take = () => Object.assign(points, moved(model));
    take();
    model.on("change:figure", () => {
      for (const name of Object.keys(points)) delete points[name];
    });
    model.on("change:series", take);
  }

  async function render({ model, el }) {
    const div = el.appendChild(document.createElement("div"));
    div.style.minHeight = `${PANEL.height}px`;
    const title = model.get("title") || "Figure";
    div.setAttribute("role", "img");
    div.setAttribute("aria-label", title);
    await seen(div);
    const Plotly = await announced(div, library(model));
    const behind = new Set(); // names of the traces whose points plotly.js does not know yet
    let settled;

    function current() {
      const { data, layout } = model.get("figure");
      const template = model.get("templates")[isDark() ? "dark" : "light"];
      const traces = data.map((trace) => ({ ...trace, ...points[trace.name] }));
      const width = Math.min(el.clientWidth, paper ? PAPER : Infinity);
      return { data: traces, layout: arranged(layout, width, template) };
    }

    // The words beside the figure describe it, and are read aloud, but not at each step of a drag.
    function describe(moving) {
      const said = el.closest(".qd-main")?.querySelector(".qd-said");
      if (!said || said.querySelector("table")) return; // a table is too much to be read at once
      said.id ||= `qd-said-${Math.random().toString(36).slice(2)}`;
      div.setAttribute("aria-describedby", said.id);
      said.setAttribute("aria-live", "polite");
      said.setAttribute("aria-busy", moving);
      clearTimeout(settled);
      if (moving) settled = setTimeout(() => said.setAttribute("aria-busy", false), SETTLED);
    }

    // All lines are ours, whatever has drawn the figure: so they look the same after any step.
    function placeAll() {
      div.data.forEach(({ name }, index) => points[name] && place(div, index, points[name]));
    }

    function open({ points: [{ x, y }] }) {
      const address = model.get("opens").replace("{x}", x.toFixed(3)).replace("{y}", y.toFixed(3));
      window.open(address, "_blank", "noopener");
    }

    function drawAll() {
      if (!el.clientWidth) return;
      const { data, layout } = current();
      const isNew = !div.data;
      behind.clear();
      Plotly.react(div, data, layout, CONFIG).then(placeAll, () => {});
      // elsewhere the address leads to no page
      if (isNew && model.get("opens") && "voila" in document.body.dataset)
        div.on("plotly_click", open);
      describe(false);
    }

    function drawMoved() {
      describe(true);
      if (!div.data) return;
      const names = Object.keys(moved(model)).filter((name) => indexOf(name) >= 0);
      const failed = names.filter((name) => !place(div, indexOf(name), points[name]));
      for (const name of names) behind.add(name);
      if (failed.length) catchUp();
    }

    const indexOf = (name) => div.data.findIndex((trace) => trace.name === name);

    // Let plotly.js know the points that were drawn without it: the reader may ask for one.
    function catchUp() {
      if (!behind.size) return;
      const traces = [...behind].map(indexOf).filter((index) => index >= 0);
      // only these redraw without axes and texts, three times as fast as Plotly.react
      if (!traces.every((index) => (div.data[index].type ?? "scatter") === "scatter"))
        return drawAll();
      const names = traces.map((index) => div.data[index].name);
      const data = names.map((name) => points[name]);
      behind.clear();
      // an animation overtaken by the next one rejects, and may not have been told
      const untold = () => names.forEach((name) => behind.add(name));
      Plotly.animate(div, { data, traces }, AT_ONCE).then(placeAll, untold);
    }

    el.append(toolbar(title, (format) => download(Plotly, current(), model, format)));
    const sizes = new ResizeObserver(() => paper || el.clientWidth === div.layout?.width || drawAll());
    const themes = new MutationObserver(drawAll);
    div.addEventListener("pointermove", catchUp, true);
    sizes.observe(el);
    themes.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    model.on("change:figure", drawAll);
    model.on("change:series", drawMoved);
    for (const event of PRINTS) addEventListener(event, drawAll);
    drawAll(); // now, as what prints does not wait for the observers
    return () => {
      for (const event of PRINTS) removeEventListener(event, drawAll);
      clearTimeout(settled);
      sizes.disconnect();
      themes.disconnect();
      model.off("change:figure", drawAll);
      model.off("change:series", drawMoved);
      Plotly.purge(div);
    };
  }

  return { initialize, render };
};
