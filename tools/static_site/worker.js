// Computes a page's model beside the page: the latest question is answered, those before it may not be.

const parts = new Map(); // of the page, by their numbers
let machine, pool;

const same = (a, b) => a?.length === b.length && a.every((one, k) => Object.is(one, b[k]));

function doubles(place) {
  const bytes = Uint8Array.from(atob(pool[place]), (letter) => letter.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}

function answer({ evaluation, shown, last }, at) {
  evaluation.set(at);
  const which = evaluation.evaluate(shown.which);
  const series = {};
  for (const [name, formulas] of Object.entries(pool[shown.series[which]])) {
    const points = formulas.map((formula) => Float64Array.from(evaluation.evaluate(formula)));
    if (points.some((one, k) => !same(last.get(name)?.[k], one))) series[name] = points;
    last.set(name, points);
  }
  const written = Object.entries(shown.html).map(([part, places]) => {
    const { slots } = pool[places[which]];
    return [part, slots.map(([, formula]) => evaluation.evaluate(formula))];
  });
  return { at, which, series, written: Object.fromEntries(written), whole: evaluation.whole };
}

// The columns that can be downloaded, [title, kind, words or numbers].
function columns({ evaluation, shown }, at) {
  evaluation.set(at);
  const own = pool[shown.table[1][evaluation.evaluate(shown.which)]];
  return own.map(([title, kind, what]) =>
    kind === "text" ? [title, kind, what] : [title, kind, Float64Array.from(evaluation.evaluate(what))],
  );
}

onmessage = ({ data: { module, pool: own, number, model, at, table } }) => {
  if (module) {
    pool = own;
    machine = new Machine(Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0)));
  } else if (model) {
    // last : points of each trace, as they were sent last
    const part = { evaluation: new Evaluation(machine, model, doubles), last: new Map() };
    parts.set(number, { ...part, shown: model.shown });
  } else if (table) postMessage({ number, columns: columns(parts.get(number), at) });
  else postMessage({ number, ...answer(parts.get(number), at) });
};
