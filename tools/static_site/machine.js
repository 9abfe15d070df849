// The compiled functions of module.py, on rooms of named numbers and arrays in their memory.

class Machine {
  constructor(bytes) {
    this.exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    this.end = (this.exports.__heap_base.value + 15) & ~15;
    [this.result, this.error] = [this.take(2), this.take(2)];
  }

  take(count) {
    const at = this.end;
    this.end += 8 * count;
    const { memory } = this.exports;
    const missing = this.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  // leaves : [[name, number], [name, shape, values or nothing]]
  room(leaves) {
    const made = new Map();
    for (const [name, shape, values] of leaves) {
      if (!Array.isArray(shape)) made.set(name, { value: shape });
      else {
        const size = shape.reduce((product, one) => product * one, 1);
        const leaf = { at: this.take(size), shape, size };
        if (values) new Float64Array(this.exports.memory.buffer, leaf.at, size).set(values);
        made.set(name, leaf);
      }
    }
    return made;
  }

  // The number, or the array as it stands in memory; it moves when a room is made.
  read(room, name) {
    const { value, at, size } = room.get(name);
    return at === undefined ? value : new Float64Array(this.exports.memory.buffer, at, size);
  }

  write(room, name, values) {
    const leaf = room.get(name);
    if (leaf.at === undefined) leaf.value = values[0];
    else this.read(room, name).set(values);
  }

  // parts : numbers, and pairs of a room and the beginning of its leaves' names
  call(name, ...parts) {
    const flat = parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      const [room, start] = part;
      const own = [...room].filter(([each]) => each.startsWith(start)).map(([, leaf]) => leaf);
      return own.flatMap(({ value, at, shape }) => (at === undefined ? [value] : [at, ...shape]));
    });
    if (this.exports[name](this.result, this.error, ...flat)) throw new Error(`${name} failed`);
    return Number(new BigInt64Array(this.exports.memory.buffer, this.result, 1)[0]);
  }
}
