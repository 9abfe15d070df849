// A page without a kernel: what it does not compute (computed.js) has controls that choose among
// frames that were computed beforehand. Before this stand qdlib_plot, qdlib_sortable and
// qdlibTemplates; qdlibPage is the page's data.

const { pool, recordings } = qdlibPage;
const FINE = matchMedia("(pointer: fine)").matches;
const arrays = new Map();
const moved = new Map(); // what the reader does to a figure, by its element: {zoom, switched}

// An array of the pool as the Float64Array that qdlib_plot takes for a message's buffer.
function array(place) {
  if (!arrays.has(place)) {
    const bytes = Uint8Array.from(atob(pool[place]), (letter) => letter.charCodeAt(0));
    arrays.set(place, Float64Array.from(new Float32Array(bytes.buffer)));
  }
  return arrays.get(place);
}

// What anywidget gives a widget, as far as ours use it.
class Model {
  values = {};
  listeners = {};
  get = (name) => this.values[name];
  on = (event, act) => (this.listeners[event] ??= new Set()).add(act);
  off = (event, act) => this.listeners[event]?.delete(act);
  send = () => {};
  set(values) {
    Object.assign(this.values, values);
    for (const name of Object.keys(values))
      for (const act of this.listeners[`change:${name}`] ?? []) act();
  }
}

// One moving part of a page; show() takes what a frame says of it.
function htmlPart(el) {
  return ({ html }) => (el.innerHTML = pool[html]);
}

function sortablePart(el) {
  const model = new Model();
  return ({ html }) => {
    const isNew = !("html" in model.values);
    model.set({ html: pool[html] });
    if (isNew) qdlib_sortable.render({ model, el });
  };
}

function plotPart(el, labels, said) {
  const model = new Model();
  const widget = qdlib_plot();
  let drawn = {};
  let figure = null;
  return (now) => {
    const named = (series) =>
      Object.fromEntries(series.map(([name, places]) => [pool[name], places.map(array)]));
    const isNew = now.figure !== figure;
    if (isNew) [figure, drawn] = [now.figure, {}];
    const differs = ([name, places]) => places.some((one, k) => drawn[name]?.[k] !== one);
    const series = now.named ?? named(Object.entries(now.series).filter(differs));
    drawn = now.series;
    if ("figure" in model.values)
      return model.set({ ...said, ...(isNew && { figure: pool[figure] }), series });
    model.set({ ...labels, ...said, figure: pool[figure], series, templates: qdlibTemplates });
    widget.initialize({ model });
    widget.render({ model, el });
    tools(el, pool[figure]);
  };
}

// Between the first state and a frame's changes, series mix; a new figure has its own.
function mixed(then, now) {
  if (!now) return then;
  if (!now.series || "figure" in now) return now;
  return { ...then, series: { ...then.series, ...now.series } };
}

// The place of a value on a ladder, or of the number next to it.
function nearest(values, value) {
  if (values.includes(value)) return values.indexOf(value);
  const off = values.map((each) => Math.abs(each - value));
  return off.indexOf(Math.min(...off));
}

function play(section, recording) {
  const { controls, together, frames, shown, labels } = recording;
  const find = (kind, name) => section.querySelector(`[data-${kind}="${CSS.escape(name)}"]`);
  const at = Object.fromEntries(controls.map(({ name, first }) => [name, first]));
  const defaults = { ...at };
  const said = { settings: {}, link: "" }; // what a saved picture says of the controls
  const parts = Object.fromEntries(
    Object.keys(shown).map((number) => {
      const el = find("part", number);
      const part = "plot" in el.dataset ? plotPart : "sortable" in el.dataset ? sortablePart : htmlPart;
      return [number, part(el, labels[number], said)];
    }),
  );
  const current = {};

  function draw({ changes = {}, also = {} }) {
    const set = controls.map(({ name, label, values, texts }) => {
      const [value, text] = also[name] ?? [values[at[name]], texts[at[name]]];
      const input = find("control", name);
      input.value = nearest(values, value);
      input.setAttribute("aria-valuetext", text);
      const readout = input.parentElement.querySelector(".widget-readout");
      if (readout) readout.textContent = text;
      return { name, label, value };
    });
    said.settings = Object.fromEntries(set.map(({ label, value }) => [label, value]));
    said.link = new URLSearchParams(set.map(({ name, value }) => [name, value])).toString();
    for (const [number, show] of Object.entries(parts)) {
      const now = mixed(shown[number], changes[number]);
      if (JSON.stringify(now) !== current[number]) show(now);
      current[number] = JSON.stringify(now);
    }
  }

  function move(name, place) {
    const shared = together.includes(name);
    for (const own of Object.keys(at))
      if (!(shared && together.includes(own))) at[own] = defaults[own];
    at[name] = place;
    if (!shared) return draw(frames.alone[name][place]);
    const count = (own) => controls.find((one) => one.name === own).values.length;
    draw(frames.together[together.reduce((k, own) => k * count(own) + at[own], 0)]);
  }

  for (const { name, texts } of controls) {
    const input = find("control", name);
    if (input.type === "range") input.max = texts.length - 1;
    input.addEventListener("input", () => move(name, Number(input.value)));
  }
  for (const [label, frame] of Object.entries(frames.presets ?? {}))
    find("press", label).onclick = () => {
      Object.assign(at, defaults);
      draw(frame);
    };
  const note = section.querySelector("[data-note]");
  if (note && controls.length) {
    const labels = together.map((name) => controls.find((one) => one.name === name).label);
    const free = labels.length ? `These move together: ${labels.join("; ")}. ` : "";
    const alone = `One control at a time: moving ${
      free ? "any other" : "one"
    } puts the rest back to where they began.`;
    note.textContent = `${recording.model ? CANNOT : KEPT}${controls.length > 1 ? free + alone : ""}`;
  }
  draw({});
}

// Zoom, and a legend that switches curves, under a figure.
function tools(el, { data, layout }) {
  const own = { zoom: FINE, switched: new Map() };
  moved.set(el, own);
  const bar = document.createElement("div");
  bar.className = "qs-tools";
  el.after(bar);
  const plot = () => el.querySelector(".js-plotly-plot");
  const redraw = () => plot() && Plotly.react(plot(), plot().data, plot().layout, { displayModeBar: false });
  const zoom = Object.assign(document.createElement("button"), {
    type: "button",
    className: "jupyter-button",
    textContent: "Zoom",
    title: "Drag to zoom into a panel; a double click shows all again",
    onclick: () => {
      own.zoom = !own.zoom;
      zoom.setAttribute("aria-pressed", own.zoom);
      redraw();
    },
  });
  zoom.setAttribute("aria-pressed", own.zoom);
  bar.append(zoom, curves(data, layout, own, redraw));
}

function curves(data, layout, own, redraw) {
  const made = document.createElement("details");
  made.className = "qs-curves";
  made.append(Object.assign(document.createElement("summary"), { textContent: "Curves" }));
  const groups = new Map();
  for (const trace of data.filter(({ hoverinfo }) => hoverinfo !== "skip")) {
    const axis = trace.xaxis ?? "x";
    if (!groups.has(axis)) {
      const group = document.createElement("fieldset");
      const title = layout.annotations?.find(({ xref }) => xref === `${axis} domain`)?.text ?? "";
      const legend = document.createElement("legend");
      legend.textContent = title.replace(/<[^>]*>/g, "");
      group.append(legend);
      made.append(group);
      groups.set(axis, group);
    }
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
    const swatch = document.createElement("span");
    swatch.className = "qs-swatch";
    swatch.style.background = trace.line?.color ?? trace.marker?.color ?? "currentColor";
    box.onchange = () => {
      own.switched.set(trace.name, box.checked);
      redraw();
    };
    label.append(box, swatch, trace.name.slice(trace.name.indexOf("/") + 1));
    groups.get(axis).append(label);
  }
  return made;
}

// qdlib_plot draws for a page that must scroll under a finger: neither zoom nor hidden curves.
const { react } = Plotly;
Plotly.react = (div, data, layout, config) => {
  const { zoom, switched } = moved.get(div.parentElement) ?? { switched: new Map() };
  // an animation of an invisible trace would take all others with it
  const style = (on) => ({ opacity: on ? 1 : 0, hoverinfo: on ? "all" : "skip" });
  const traces = data.map((trace) =>
    switched.has(trace.name) ? { ...trace, ...style(switched.get(trace.name)) } : trace,
  );
  const axes = Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key));
  const freed = axes.map((key) => [key, { ...layout[key], fixedrange: !zoom }]);
  const dragmode = zoom ? "zoom" : false;
  return react(div, traces, { ...layout, ...Object.fromEntries(freed), dragmode }, config);
};

document.querySelectorAll("[data-recording]").forEach((section) => {
  const recording = recordings[section.dataset.recording];
  const kept = async () => {
    await frames();
    for (const el of section.querySelectorAll("[data-plot], .qs-tools"))
      "plot" in el.dataset ? el.replaceChildren() : el.remove();
    play(section, recording);
  };
  if (!recording.model) play(section, recording);
  else if (canCompute()) compute(section, recording, kept);
  else kept();
});
