// A place to drop a file: it goes to the kernel in parts.

const PART = 500_000; // [bytes]

function render({ model, el }) {
  const input = Object.assign(document.createElement("input"), {
    type: "file",
    accept: ".csv,.txt,.tsv,.dat,.toml,text/plain,text/csv",
  });
  const words = document.createElement("span");
  const megabytes = model.get("limit") / 1e6;
  words.textContent = `Drop a table here, or choose a file (CSV or text, at most ${megabytes} MB).`;
  const zone = document.createElement("label");
  zone.className = "qd-drop";
  zone.append(words, input);
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  el.classList.add("qd-upload");
  el.append(zone, told);

  async function send(file) {
    if (file.size > model.get("limit")) {
      told.textContent = `${file.name} has ${(file.size / 1e6).toFixed(1)} MB: at most ${megabytes} MB are taken.`;
      return;
    }
    told.textContent = `Reading ${file.name} …`;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const parts = Math.max(1, Math.ceil(bytes.length / PART));
    for (let part = 0; part < parts; part += 1) {
      const { buffer } = bytes.slice(part * PART, (part + 1) * PART);
      model.send({ name: file.name, part, parts }, undefined, [buffer]);
    }
    told.textContent = "";
  }

  const take = ([file]) => file && send(file);
  input.onchange = () => {
    take(input.files);
    input.value = ""; // the same file may be chosen again, once it is mended
  };
  const over = (event) => {
    event.preventDefault();
    zone.classList.toggle("qd-over", event.type === "dragover");
  };
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", over);
  zone.addEventListener("drop", (event) => {
    over(event);
    take(event.dataTransfer.files);
  });
}

export default { render };
