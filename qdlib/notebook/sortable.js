// A table that its column headers sort, by mouse or by keyboard: they are buttons.

const AFTER = { none: "ascending", ascending: "descending", descending: "ascending" };

// What a row sorts by: a number, or text where there is none; NaN is an empty cell.
function key(row, column) {
  const cell = row.cells[column];
  return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
}

function compare(a, b) {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
  return a - b;
}

function sort(table, column, order) {
  const empty = (row) => Number.isNaN(key(row, column));
  const sign = order === "descending" ? -1 : 1;
  const rows = [...table.tBodies[0].rows].sort(
    (a, b) => empty(a) - empty(b) || sign * compare(key(a, column), key(b, column)) || 0,
  );
  table.tBodies[0].append(...rows);
  [...table.tHead.rows[0].cells].forEach((head, k) =>
    head.setAttribute("aria-sort", k === column ? order : "none"),
  );
}

function render({ model, el }) {
  let state;

  function draw() {
    el.innerHTML = model.get("html");
    const table = el.querySelector("table");
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      head.setAttribute("aria-sort", "none");
      button.onclick = () => {
        state = [column, AFTER[head.getAttribute("aria-sort")]];
        sort(table, ...state);
      };
    });
    if (state) sort(table, ...state);
  }

  draw();
  model.on("change:html", draw);
  return () => model.off("change:html", draw);
}

export default { render };
