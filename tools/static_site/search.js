// Search: all words of the question, in headings first.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const box = document.getElementById("search");
const found = document.getElementById("found");
let index = null;

function loadIndex() {
  index ??= new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: "assets/index.js" });
    script.onload = () =>
      done(qdlibIndex.map(([page, anchor, title, text]) =>
        ({ page, anchor, title, text, head: plain(title), body: plain(text) })));
    document.head.append(script);
  });
  return index;
}

async function search() {
  const all = await loadIndex();
  const words = plain(box.value).split(/\s+/).filter(Boolean);
  const score = ({ head, body }) =>
    words.every((word) => head.includes(word) || body.includes(word))
      ? 1 + words.filter((word) => head.includes(word)).length
      : 0;
  const hits = words.length ? all.filter(score).sort((a, b) => score(b) - score(a)) : [];
  found.replaceChildren(...hits.slice(0, 20).map((hit) => entry(hit, words[0])));
  if (words.length && !hits.length) found.textContent = "Nothing found.";
  found.hidden = !words.length;
}

function entry({ page, anchor, title, text, body }, word) {
  const link = document.createElement("a");
  link.href = `${page}.html${anchor && `#${encodeURIComponent(anchor)}`}`;
  const bold = Object.assign(document.createElement("b"), { textContent: title });
  const at = Math.max(0, body.indexOf(word) - 40);
  link.append(bold, ` ${at ? "…" : ""}${text.slice(at, at + 120)}…`);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

box.addEventListener("input", search);
document.addEventListener("keydown", ({ key }) => key === "Escape" && (found.hidden = true));
document.addEventListener("click", ({ target }) => (found.hidden ||= !target.closest(".qd-search")));
