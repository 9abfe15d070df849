// A figure updated in place.

const MARGIN = { l: 62, r: 14, t: 30, b: 46 };
const GAP = { x: 78, y: 84 };
const PANEL = { width: 290, height: 205, columns: 3 };
const PATIENCE = 8000; // [ms] with the server's plotly.js, before the kernel is asked
const CONFIG = { displayModeBar: false };
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

// plotly.js: the page's, or else the server's, or else from the kernel, which is slower.
async function library(model) {
  if (!window.Plotly) {
    const page = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    await Promise.race([run(`${page.fullLabextensionsUrl}/plotly.min.js`).catch(() => {}), late]);
  }
  if (!window.Plotly) {
    const source = await new Promise((done) => {
      model.on("msg:custom", (_, [buffer]) => done(buffer));
      model.send({ plotly: true });
    });
    // as seen by neither a CommonJS nor an AMD loader, plotly.js sets window.Plotly
    const hidden = "const module = undefined, exports = undefined, define = undefined;\n";
    await import(URL.createObjectURL(new Blob([hidden, source], { type: "text/javascript" })));
  }
  return window.Plotly;
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

// Once an element is about to come into view: a page with many figures is there sooner.
function seen(el) {
  return new Promise((done) => {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        watch.disconnect();
        done();
      },
      { rootMargin: "600px" },
    );
    watch.observe(el);
  });
}

// One for each figure: its points, as a message brings only those traces that moved.
export default () => {
  const points = {};

  function moved(model) {
    const brought = Object.entries(model.get("series"));
    return Object.fromEntries(
      brought.map(([name, [x, y]]) => [name, { x: floats(x), y: floats(y) }]),
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
    await seen(div);
    const Plotly = await library(model);

    function drawAll() {
      if (!el.clientWidth) return;
      const { data, layout } = model.get("figure");
      const template = model.get("templates")[isDark() ? "dark" : "light"];
      const traces = data.map((trace) => ({ ...trace, ...points[trace.name] }));
      Plotly.react(div, traces, arranged(layout, el.clientWidth, template), CONFIG);
    }

    function drawMoved() {
      if (!div.data) return;
      const arrays = moved(model);
      const traces = div.data.flatMap(({ name }, index) => (name in arrays ? [index] : []));
      // only these redraw without axes and texts, three times as fast as Plotly.react
      if (!traces.every((index) => (div.data[index].type ?? "scatter") === "scatter"))
        return drawAll();
      const data = traces.map((index) => arrays[div.data[index].name]);
      // an animation overtaken by the next one rejects
      Plotly.animate(div, { data, traces }, AT_ONCE).catch(() => {});
    }

    const sizes = new ResizeObserver(() => el.clientWidth !== div.layout?.width && drawAll());
    const themes = new MutationObserver(drawAll);
    sizes.observe(el);
    themes.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
    model.on("change:figure", drawAll);
    model.on("change:series", drawMoved);
    return () => {
      sizes.disconnect();
      themes.disconnect();
      model.off("change:figure", drawAll);
      model.off("change:series", drawMoved);
      Plotly.purge(div);
    };
  }

  return { initialize, render };
};
