// How a number is written into a text: qdlib/wording.py in the browser, from qdlibWording's tables.

const superscript = (power) => String(power).replace(/[-\d]/g, (one) => qdlibWording.superscript[one]);
const grouped = (text) => text.replace(/\B(?<!\..*)(?=(\d{3})+(?!\d))/g, ",");

const WRITE = {
  fixed: (value, places) => value.toFixed(places),
  digits(value, count = 3, noise = 0) {
    if (Number.isNaN(value)) return "–";
    if (Math.abs(value) <= noise) return "0";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    const [mantissa, power] = value.toExponential(count - 1).split("e");
    if (power < -3 || power >= 7) return `${mantissa} × 10${superscript(Number(power))}`;
    return grouped(Number(`${mantissa}e${power}`).toFixed(Math.max(0, count - 1 - power)));
  },
  setting(value) {
    const [mantissa, ...power] = WRITE.digits(value).split(" ");
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return [short, ...power].join(" ");
  },
  duration(seconds) {
    if (Number.isNaN(seconds)) return qdlibWording.longer;
    const rounded = Number(seconds.toExponential(2));
    const [unit, own] = qdlibWording.units.findLast(([, one], k) => k === 0 || one <= rounded);
    return `${WRITE.digits(seconds / own)} ${unit}`;
  },
  volts: (value, never) => (Number.isNaN(value) ? never : `${value.toFixed(2).replace(/^-(0\.00)$/, "$1")} V`),
  palette: (value, colours) => colours[Math.round(Math.min(1, Math.max(0, value)) * (colours.length - 1))],
};

// A template of traced.py with its numbers.
const written = ({ plain, slots }, values) =>
  plain.map((text, k) => {
    if (k === 0) return text;
    const [kind, , ...options] = slots[k - 1];
    return WRITE[kind](values[k - 1], ...options) + text;
  }).join("");
