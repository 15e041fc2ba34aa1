// Times in the viewer's own zone, choices kept in cookies, and pictures of what opens.

const pad = (value) => String(value).padStart(2, "0");

function offset(at) {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function written(at, mode) {
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const minute = `${pad(at.getHours())}:${pad(at.getMinutes())}`;
  if (mode === "minute") {
    return `${day} ${minute}`;
  }
  const second = `${day} ${minute}:${pad(at.getSeconds())}`;
  return mode === "full" ? `${second} ${offset(at)}` : second;
}

class LocalTime extends HTMLElement {
  static observedAttributes = ["at", "mode"];
  connectedCallback() {
    this.draw();
  }
  attributeChangedCallback() {
    this.draw();
  }
  draw() {
    const mode = this.getAttribute("mode");
    if (mode === "zone") {
      this.textContent = offset(new Date());
      return;
    }
    const at = new Date(this.getAttribute("at") || NaN);
    const known = !Number.isNaN(at.getTime());
    this.textContent = known ? written(at, mode) : "–";
    if (known) {
      this.title = `${written(at, "full")} · ${at.toISOString()}`;
    }
  }
}
customElements.define("local-time", LocalTime);

// A date and a time in the viewer's own zone; it says what was chosen in UTC, or nothing where it was emptied.
class LocalInstant extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) {
      return;
    }
    const field = document.createElement("input");
    field.type = "datetime-local";
    field.className = "field";
    this.field = field;
    this.show(this.getAttribute("at"));
    field.addEventListener("change", (event) => {
      event.stopPropagation();
      const chosen = field.value ? new Date(field.value).toISOString() : "";
      this.dispatchEvent(new CustomEvent("chosen", { detail: chosen }));
    });
    this.append(field);
  }
  show(said) {
    const at = new Date(said || NaN);
    this.field.value = Number.isNaN(at.getTime()) ? "" : written(at, "minute").replace(" ", "T");
  }
}
customElements.define("local-instant", LocalInstant);

window.keepChoice = (name, value) => {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=strict`;
  showContrast();
};

// More contrast where a person chose it here, or their system asks for it and nothing was chosen here.
const asksForContrast = window.matchMedia("(prefers-contrast: more)");

function showContrast() {
  const chosen = /(?:^|; )assetloop_contrast=(\w+)/.exec(document.cookie)?.[1];
  const more = chosen === "more" || (chosen !== "usual" && asksForContrast.matches);
  document.documentElement.dataset.contrast = more ? "more" : "usual";
}
asksForContrast.addEventListener("change", showContrast);
showContrast();

// Files that a person chooses. With an address they are sent there at once, each in a request of its own; without one they
// wait for `sendFiles`. It says `attached` with how many were taken, or `refused` with why one was not.
class AttachFiles extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) {
      return;
    }
    const field = document.createElement("input");
    field.type = "file";
    field.multiple = true;
    field.className = "field";
    field.accept = this.getAttribute("accept") || "";
    field.setAttribute("aria-label", this.getAttribute("label") || "");
    field.addEventListener("change", (event) => {
      event.stopPropagation();
      if (this.getAttribute("to")) {
        this.send(this.getAttribute("to"), true);
      }
    });
    this.append(field);
  }
  async send(to, tells) {
    const field = this.querySelector("input");
    const refused = [];
    let taken = 0;
    field.disabled = true;
    for (const file of field.files) {
      try {
        const called = `${this.getAttribute("name-as") || "name"}=${encodeURIComponent(file.name)}`;
        const answer = await fetch(`${to}${to.includes("?") ? "&" : "?"}${called}`, {
          method: "POST",
          headers: { "Content-Type": "application/octet-stream" },
          body: file,
        });
        const said = answer.ok ? null : await answer.json();
        taken += answer.ok ? 1 : 0;
        if (said) {
          refused.push(`${file.name}: ${said.detail}`);
        }
      } catch (error) {
        refused.push(`${file.name}: ${error.message}`);
      }
    }
    field.disabled = false;
    field.value = "";
    if (tells) {
      this.dispatchEvent(new CustomEvent(refused.length ? "refused" : "attached", { detail: refused.join("\n") || taken }));
    }
    return refused;
  }
}
customElements.define("attach-files", AttachFiles);

window.sendFiles = async (id, to) => {
  const element = document.getElementById(id);
  return element ? element.send(to, false) : [];
};
