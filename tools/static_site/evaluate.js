// Formulas of traced.py on benches of model.py, computed by the Machine when they are asked for.

const zipped = (act) => (a, b) => {
  if (typeof a === "number" && typeof b === "number") return act(a, b);
  const at = (one) => (typeof one === "number" ? () => one : (k) => one[k]);
  const [left, right] = [at(a), at(b)];
  return Float64Array.from({ length: a.length ?? b.length }, (_, k) => act(left(k), right(k)));
};
const total = (values) => values.reduce((sum, one) => sum + one, 0);

const OPERATIONS = {
  "+": zipped((a, b) => a + b),
  "-": zipped((a, b) => a - b),
  "*": zipped((a, b) => a * b),
  "/": zipped((a, b) => a / b),
  "^": zipped(Math.pow),
  ">": zipped((a, b) => Number(a > b)),
  where: (which, then, otherwise) => {
    const at = (one, k) => (typeof one === "number" ? one : one[k]);
    return Float64Array.from(which, (yes, k) => at(yes ? then : otherwise, k));
  },
  known: (values) => values.map((one) => Number(!Number.isNaN(one))),
  joined: (...parts) => Float64Array.from(parts.flatMap((part) => [...part])),
  exp: (values) => (typeof values === "number" ? Math.exp(values) : values.map(Math.exp)),
  between: (values, left, share) =>
    left.map((k, j) => (1 - share[j]) * values[k] + share[j] * values[k + 1]),
  sums: (values) => values.reduce((sums, one) => sums.concat((sums.at(-1) ?? 0) + one), []),
  at: (values, k) => values.at(k),
  mean: (values) => total(values) / values.length,
  max: (values) => values.reduce((most, one) => (one > most || Number.isNaN(most) ? one : most), NaN),
  list: (...values) => Float64Array.from(values),
  above: (a, b, then, otherwise) => (a > b ? then : otherwise),
};

class Evaluation {
  // model : of a page; doubles(place) : an array of its pool
  constructor(machine, { benches, tables, places, sizes }, doubles) {
    Object.assign(this, { machine, places, sizes, doubles, at: {}, checked: new Set() });
    const known = (values) => (values?.f64 === undefined ? values : doubles(values.f64));
    this.benches = new Map(
      Object.entries(benches).map(([name, { leaves, since }]) => {
        const room = machine.room(leaves.map(([leaf, shape, values]) => [leaf, shape, known(values)]));
        const own = tables.filter(({ bench }) => bench === name);
        return [name, { room, since, tables: own, key: null, drawn: null }];
      }),
    );
    this.known = known;
  }

  // at : place of each control on its ladder
  set(at) {
    this.at = at;
    this.checked.clear();
  }

  entry({ of, index }) {
    return index[of.reduce((k, name) => k * this.sizes[name] + this.at[name], 0)];
  }

  // The room of a bench, its protocol carried out; nothing is done twice.
  bench(name) {
    const bench = this.benches.get(name);
    if (this.checked.has(name)) return bench;
    this.checked.add(name);
    const entries = bench.tables.map(({ table }) => this.entry(table));
    const since = bench.since && [this.bench(bench.since[0]), this.evaluate(bench.since[1])];
    const key = JSON.stringify([entries, since?.[0].key, since?.[1]]);
    if (key === bench.key) return bench;
    bench.tables.forEach(({ leaf, table }, k) => {
      const value = this.known(table.values[entries[k]]);
      this.machine.write(bench.room, leaf, typeof value === "number" ? [value] : value);
    });
    if (since) {
      const kelvin = this.machine.read(bench.room, "numbers.temperature");
      this.machine.call("resume", since[1], [since[0].room, "rows."], kelvin, [bench.room, "work."]);
    } else this.machine.call("rest", [bench.room, ""]);
    const done = this.machine.call("carry_out", [bench.room, ""]);
    Object.assign(bench, { key, drawn: null, whole: done === bench.room.get("rows.voltage").size });
    return bench;
  }

  // Whether all that the current places of the controls ask for has been solved.
  get whole() {
    return [...this.checked].every((name) => this.benches.get(name).whole);
  }

  bands(name, k) {
    const bench = this.bench(name);
    const instant = k < 0 ? k + bench.room.get("rows.voltage").size : k;
    if (bench.drawn !== instant) this.machine.call("draw", instant, [bench.room, ""]);
    bench.drawn = instant;
    return this.copied(bench.room, "bands");
  }

  // What a function of two arrays and a level puts into its last argument.
  found(name, x, y, level) {
    const made = [x.length, y.length, 1].map((size, k) => [["x", "y", "found"][k], [size]]);
    this.rooms ??= new Map();
    if (!this.rooms.has(x.length)) this.rooms.set(x.length, this.machine.room(made));
    const room = this.rooms.get(x.length);
    this.machine.write(room, "x", x);
    this.machine.write(room, "y", y);
    this.machine.call(name, [room, "x"], [room, "y"], level, [room, "found"]);
    return this.machine.read(room, "found")[0];
  }

  // A copy: what looks into the memory is gone when another room is made, and the memory grows.
  copied(room, name) {
    const seen = this.machine.read(room, name);
    return typeof seen === "number" ? seen : seen.slice();
  }

  // A number or an array.
  evaluate(formula) {
    if (!Array.isArray(formula)) return formula;
    const [kind, ...parts] = formula;
    if (kind === "leaf") return this.copied(this.bench(parts[0]).room, parts[1]);
    if (kind === "values") return this.known(parts[0]);
    if (kind === "place") return this.known(this.places[parts[0]].values[this.entry(this.places[parts[0]])]);
    if (kind === "bands") return this.bands(parts[0], this.evaluate(parts[1]));
    const [first, ...others] = parts;
    const values = this.evaluate(first);
    if (kind === "part") return values.subarray(others[0], others[0] + others[1]);
    if (kind === "pick") return Float64Array.from(others[0], (k) => values[k]);
    if (kind === "between") return OPERATIONS.between(values, ...others.map(this.known));
    if (kind === "cross" || kind === "fade")
      return this.found(kind, values, this.evaluate(others[0]), others[1]);
    return OPERATIONS[kind](values, ...others.map((one) => this.evaluate(one)));
  }
}
