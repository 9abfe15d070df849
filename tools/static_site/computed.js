// A part of a page that computes: each step is asked of a worker, and the latest answer is shown.

const CANNOT = "This browser cannot compute here: the page shows what was computed before. ";
const KEPT = "This part steps through what was computed before. ";
const COMPUTED = "Computed here, in your browser, by the model itself: all controls move freely.";
const ENDS = "The solver does not reach all that these settings ask for: the curves end before.";
const SETTLES = 400; // [ms] without a step, after which the address has it

const canCompute = () => "WebAssembly" in window && "Worker" in window && typeof qdlibModel === "object";

// The page's worker, which knows the parts that have asked it; fails for good if it gives up.
const worker = {
  parts: [],
  start() {
    this.own = new Worker(URL.createObjectURL(new Blob([qdlibModel.worker])));
    this.own.onmessage = ({ data }) => this.parts[data.number].answered(data);
    this.own.onerror = () => {
      this.own.terminate();
      for (const { failed } of this.parts) failed();
    };
    this.own.postMessage({ module: qdlibModel.module, pool });
  },
  join(part, model) {
    if (!this.own) this.start();
    const number = this.parts.push(part) - 1;
    this.own.postMessage({ number, model });
    return (question) => this.own.postMessage({ number, ...question });
  },
};

// failed() is called if it cannot be.
function compute(section, { model, labels, shown: first }, failed) {
  const { controls, parts, sizes, follow } = model;
  const find = (kind, name) => section.querySelector(`[data-${kind}="${CSS.escape(name)}"]`);
  const defaults = Object.fromEntries(controls.map(({ name, first }) => [name, first]));
  const at = { ...defaults };
  const said = { settings: {}, link: "" }; // what a saved picture says of the controls
  const draw = plotPart(find("part", model.plot), labels[model.plot], said);
  const points = {}; // of all traces
  const told = {};
  let [figure, settling, send] = [first[model.plot].figure, 0, null];
  let [moved, busy, waiting] = [false, false, false];

  const entry = ({ of, index }, at) =>
    index[of.reduce((k, name) => k * sizes[name] + at[name], 0)];

  function answered(data) {
    if (data.columns) return save(model.shown.table[0], csv(said.settings, data.columns));
    busy = false;
    if (waiting) ask();
    show(data);
  }

  const join = () => (send ??= worker.join({ answered, failed }, model));

  function ask() {
    [waiting, busy] = [busy, true];
    if (!waiting) join()({ at: { ...at } });
  }

  function show({ at, which, series, written: numbers, whole }) {
    label(at);
    ends.textContent = whole ? "" : ENDS;
    if (moved) settled();
    Object.assign(points, series);
    const now = model.shown.figure.values[entry(model.shown.figure, at)];
    draw({ figure: now, named: now === figure ? series : points });
    figure = now;
    for (const [name, places] of Object.entries(model.shown.html)) {
      const html = written(pool[places[which]], numbers[name]);
      if (html !== told[name]) find("part", parts[name]).innerHTML = html;
      told[name] = html;
    }
  }

  // What the controls stand at, in words for a picture, and in the address.
  function label(at) {
    const set = controls.map(({ name, label, values }) => [
      model.scope + name,
      label,
      values[at[name]],
    ]);
    said.settings = Object.fromEntries(set.map(([, label, value]) => [label, value]));
    said.link = new URLSearchParams(set.map(([name, , value]) => [name, value])).toString();
  }

  function set(places) {
    Object.assign(at, places);
    for (const { name, texts } of controls) {
      const input = find("control", name);
      input.value = at[name];
      input.setAttribute("aria-valuetext", texts[at[name]]);
      const readout = input.parentElement.querySelector(".widget-readout");
      if (readout) readout.textContent = texts[at[name]];
    }
  }

  // The address, which may have other parts of the page as well, follows when nothing moves.
  function settled() {
    clearTimeout(settling);
    settling = setTimeout(() => {
      const link = new URLSearchParams(location.hash.slice(1));
      for (const [name, value] of new URLSearchParams(said.link)) link.set(name, value);
      history.replaceState(null, "", `#${link}`);
    }, SETTLES);
  }

  function move(places) {
    moved = true;
    set(places);
    ask();
  }

  for (const { name, texts } of controls) {
    const input = find("control", name);
    if (input.type === "range") input.max = texts.length - 1;
    input.addEventListener("input", () => {
      at[name] = Number(input.value);
      const table = follow[name];
      move(table ? table.values[entry(table, at)] : {});
    });
  }
  for (const [label, places] of Object.entries(model.presets))
    find("press", label).onclick = () => move({ ...defaults, ...places });
  const note = section.querySelector("[data-note]");
  const ends = document.createElement("span");
  ends.setAttribute("role", "alert");
  if (note) {
    note.textContent = COMPUTED;
    const message = Object.assign(document.createElement("p"), { className: "qd-message" });
    message.append(ends);
    note.after(message);
    if (model.shown.table) {
      const onclick = () => join()({ at: { ...at }, table: true });
      const own = { type: "button", className: "jupyter-button", textContent: "Download CSV" };
      note.after(Object.assign(document.createElement("button"), { ...own, onclick }));
    }
  }
  set({});
  label(at);
  draw(first[model.plot]); // as it was kept, until there is more to show
  const places = linked(controls, model.scope);
  if (Object.keys(places).length) move(places);
  // a page's only part makes ready when all is drawn, others when a reader comes near
  const ready = () => send ?? ask();
  if (!model.scope) (window.requestIdleCallback ?? setTimeout)(ready);
  else for (const event of ["pointerenter", "focusin"]) section.addEventListener(event, ready);
}

// Columns of a table as a CSV file's text, the controls' values before it as comments.
function csv(settings, columns) {
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cells = {
    text: quoted,
    flag: (one) => (one ? "True" : "False"),
    number: (one) => (Number.isNaN(one) ? "" : String(Number(one.toPrecision(6)))),
  };
  const rows = Array.from(columns[0][2], (_, k) =>
    columns.map(([, kind, values]) => cells[kind](values[k])).join(","),
  );
  const head = Object.entries(settings).map(([label, value]) => `# ${label}: ${value}`);
  return [...head, columns.map(([title]) => quoted(title)).join(","), ...rows, ""].join("\n");
}

function save(download, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}

// Places of the controls in the page's link, where a page with several has their scope as well.
function linked(controls, scope) {
  const link = new URLSearchParams(location.hash.slice(1));
  const own = controls.filter(({ name }) => link.has(scope + name));
  return Object.fromEntries(
    own.map(({ name, values }) => {
      const text = link.get(scope + name);
      return [name, nearest(values, typeof values[0] === "number" ? Number(text) : text)];
    }),
  );
}

// Frames that were kept for a browser that cannot compute, in a file of their own; what only they
// show has places below 0 in the pool.
let kept;
function frames() {
  kept ??= new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: qdlibPage.frames });
    script.onload = done;
    script.onerror = missing;
    document.head.append(script);
  }).then(() => {
    qdlibFrames.pool.forEach((item, k) => (pool[-1 - k] = item));
    for (const [k, own] of Object.entries(qdlibFrames.frames)) recordings[k].frames = own;
  });
  return kept;
}
