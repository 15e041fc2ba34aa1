// What is done while the console is away waits in this browser, and goes once when it is back: notes, ticks, photos, reports.
(() => {
  const { texts, person } = JSON.parse(document.currentScript.dataset.said);
  const AGAIN_MS = 30000;
  const SOON = [401, 408, 425, 429];
  let sending = false;

  const open = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open("assetloop", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  async function store(mode, act) {
    const database = await open();
    return new Promise((resolve, reject) => {
      const change = database.transaction("waiting", mode);
      const asked = act(change.objectStore("waiting"));
      change.oncomplete = () => resolve(asked.result);
      change.onabort = () => reject(change.error);
    }).finally(() => database.close());
  }

  // What another person did on this device waits until they are signed in.
  async function mine() {
    const every = await store("readonly", (rows) => rows.getAll());
    return every.filter((one) => one.person === person).sort((one, other) => one.at - other.at);
  }

  const put = (entry) => store("readwrite", (rows) => rows.put(entry));
  const remove = (entry) => store("readwrite", (rows) => rows.delete(entry.key));

  function request({ key, json, file, report, files }) {
    const headers = { "Idempotency-Key": key };
    if (report) {
      const body = new FormData();
      body.set("report", JSON.stringify(report));
      files.forEach((one) => body.append("files", one, one.name));
      return { method: "POST", headers, body };
    }
    headers["Content-Type"] = file ? "application/octet-stream" : "application/json";
    return { method: "POST", headers, body: file || JSON.stringify(json) };
  }

  // Send what waits, oldest first; what is refused stays and says why, and is sent again only by a press.
  async function send() {
    if (sending) {
      return;
    }
    sending = true;
    try {
      for (const entry of (await mine()).filter((one) => !one.refused)) {
        const answer = await fetch(entry.path, request(entry)).catch(() => null);
        const said = answer && !answer.ok ? await answer.json().catch(() => ({})) : {};
        if (!answer || answer.status >= 500 || SOON.includes(answer.status) || said.error === "under_way") {
          break;
        }
        await (answer.ok ? remove(entry) : put({ ...entry, refused: said.detail || String(answer.status) }));
      }
    } finally {
      sending = false;
      await draw();
    }
  }

  const make = (tag, props, ...within) => {
    const made = Object.assign(document.createElement(tag), props);
    made.append(...within);
    return made;
  };
  const press = (text, act) => make("button", { type: "button", className: "button quiet", textContent: text, onclick: act });

  const list = make("section", { id: "waiting", hidden: true });
  list.setAttribute("role", "status");

  async function draw() {
    const every = await mine();
    list.hidden = every.length === 0;
    const lines = every.map((entry) => {
      const line = make("div", { className: "waits-here" }, make("span", { textContent: entry.what }));
      if (entry.refused) {
        const why = make("span", { className: "alarming", textContent: texts.refused.replace("{why}", entry.refused) });
        const again = async () => (await put({ ...entry, key: createRandomUUID(), refused: null }), send());
        line.append(why, press(texts.again, again), press(texts.forget, async () => (await remove(entry), draw())));
      }
      return line;
    });
    const count = every.filter((one) => !one.refused).length;
    list.replaceChildren(make("strong", { textContent: texts.waiting.replace("{count}", count) }), ...lines);
  }

  window.waiting = {
    add: async (entry) => {
      await put({ ...entry, key: createRandomUUID(), person, at: Date.now() });
      await send();
    },
  };

  const field = (label, input) => make("label", { className: "plain-field" }, make("span", { className: "small muted", textContent: label }), input);
  const text = (name, props = {}) => make("input", { name, className: "field", ...props });
  const choice = (name, options) => {
    const select = make("select", { name, className: "field" });
    select.append(...options.map(([value, said]) => make("option", { value, textContent: said })));
    return select;
  };
  const photos = () => make("input", { name: "files", type: "file", multiple: true, accept: "image/*", className: "field" });

  function form(title, fields, entries) {
    const made = make("form", { className: "card form" }, make("h2", { textContent: title }), ...fields);
    made.append(make("button", { className: "button", textContent: texts.keep }));
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      const said = new FormData(made);
      const files = said.getAll("files").filter((one) => one.size);
      for (const entry of entries((name) => String(said.get(name) ?? "").trim(), files)) {
        await window.waiting.add(entry);
      }
      made.reset();
    });
    return made;
  }

  // The forms of a page that stand there while the console is away, by what it said of the asset and its orders.
  class OfflineWork extends HTMLElement {
    static observedAttributes = ["work"];
    connectedCallback() {
      this.build();
    }
    attributeChangedCallback() {
      this.build();
    }
    build() {
      const isTyped = [...this.querySelectorAll("input, textarea")].some((one) => one.value);
      if (!this.isConnected || isTyped) {
        return;
      }
      const work = JSON.parse(this.getAttribute("work") || "{}");
      const forms = (work.orders || []).flatMap((order) => [
        ...order.tasks.map((task) => this.tick(order, task)),
        ...(order.notes ? [this.note(order)] : []),
      ]);
      this.replaceChildren(make("p", { className: "muted", textContent: texts.offline }), ...forms);
      if (work.asset) {
        this.append(this.report(work));
      }
    }
    tick(order, task) {
      const isReading = task.kind === "reading";
      const found = isReading
        ? field(task.says, text("reading", { required: true, inputMode: "decimal", pattern: "-?[0-9]+([.,][0-9]+)?" }))
        : field(texts.verdict, choice("verdict", task.verdicts));
      return form(`${order.number} · ${task.text}`, [found, field(texts.note, text("note"))], (said) => {
        const json = isReading ? { reading: Number(said("reading").replace(",", ".")) } : { verdict: said("verdict") };
        const path = `${order.path}/tasks/${task.position}/answer`;
        return [{ what: `${order.number} · ${task.text}`, path, json: { ...json, note: said("note") } }];
      });
    }
    note(order) {
      const words = make("textarea", { name: "said", className: "field", maxLength: 4000, rows: 3 });
      const fields = [field(texts.note, words), field(texts.photos, photos())];
      return form(`${order.number} · ${texts.note}`, fields, (said, files) => [
        ...(said("said") ? [{ what: `${order.number} · ${said("said")}`, path: `${order.path}/comments`, json: { said: said("said") } }] : []),
        ...files.map((file) => ({
          what: `${order.number} · ${file.name}`,
          path: `${order.path}/attachments?name=${encodeURIComponent(file.name)}`,
          file,
        })),
      ]);
    }
    report({ asset, modes, severities }) {
      const fields = [
        field(texts.seen, text("what", { required: true, maxLength: 200 })),
        field(texts.mode, choice("failure_mode", modes)),
        field(texts.severity, choice("severity", severities)),
        field(texts.photos, photos()),
      ];
      return form(`${asset.asset} · ${texts.report}`, fields, (said, files) => {
        const report = { ...asset, what: said("what"), failure_mode: said("failure_mode"), severity: said("severity") };
        return [{ what: `${asset.asset} · ${said("what")}`, path: "/api/v1/work-orders/report", report, files }];
      });
    }
  }
  customElements.define("offline-work", OfflineWork);

  window.connection.on("back", send);
  setInterval(() => !list.hidden && send(), AGAIN_MS);
  window.addEventListener("load", () => {
    document.getElementById("connection").after(list);
    send();
  });
})();
