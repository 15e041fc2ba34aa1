// Times in the zone of the site that they are about, choices kept in cookies, and pictures of what opens.

const pad = (value) => String(value).padStart(2, "0");
const zones = { of: {}, page: document.documentElement.dataset.site || "" };
const clocks = new Map();

// What a clock in a zone shows at an instant, as if it were UTC; without a zone the reader's own.
function wall(at, zone) {
  if (!zone) {
    return new Date(at.getTime() - at.getTimezoneOffset() * 60000);
  }
  if (!clocks.has(zone)) {
    const numeric = Object.fromEntries(["year", "month", "day", "hour", "minute", "second"].map((key) => [key, "numeric"]));
    clocks.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...numeric }));
  }
  const part = Object.fromEntries(clocks.get(zone).formatToParts(at).map((one) => [one.type, Number(one.value)]));
  return new Date(Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second, at.getUTCMilliseconds()));
}

function offset(at, zone) {
  const minutes = Math.round((wall(at, zone) - at) / 60000);
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function written(at, mode, zone) {
  const said = wall(at, zone).toISOString().replace("T", " ");
  if (mode === "minute") {
    return said.slice(0, 16);
  }
  return mode === "full" ? `${said.slice(0, 19)} ${offset(at, zone)}` : said.slice(0, 19);
}

// The instant at which a clock in a zone shows what was typed; in the hour that is skipped, the one after it.
function instant(typed, zone) {
  const shown = Date.parse(`${typed}Z`);
  let at = shown;
  for (let turn = 0; turn < 2; turn += 1) {
    at = shown - (wall(new Date(at), zone) - at);
  }
  return new Date(at);
}

// The zone of a site; of none: that of every site the reader sees, where it is one. Else the reader's own.
function zoneOf(site) {
  const known = Object.values(zones.of);
  return zones.of[site] || (new Set(known).size === 1 ? known[0] : "");
}

const pageZone = () => zoneOf(zones.page);
const zoneAt = (element) => zoneOf(element.closest("[data-site]")?.dataset.site || zones.page);

window.knowZones = (of, page) => {
  zones.of = of;
  zones.page = page ?? zones.page;
  document.querySelectorAll("local-time, local-instant").forEach((one) => one.draw());
};
window.aboutSite = (site) => window.knowZones(zones.of, site);
window.zoneText = (value) => written(new Date(value), "second", pageZone());
window.zoneTick = (value) => {
  const said = written(new Date(value), "second", pageZone());
  return said.endsWith("00:00:00") ? said.slice(5, 10) : said.slice(11, said.endsWith(":00") ? 16 : 19);
};
// A chart's marks stand where the reader's own clock begins a day or a month: they are named by the nearest day of the site.
const nearestDay = (value) => written(new Date(value + 12 * 3600000), "second", pageZone()).slice(0, 10);
window.zoneDay = (value) => {
  const isMidnight = written(new Date(value), "second", "").endsWith("00:00:00");
  return isMidnight ? nearestDay(value).slice(5) : window.zoneTick(value);
};
window.zoneMonth = (value) => nearestDay(value).slice(0, 7);

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
    const zone = zoneAt(this);
    if (mode === "zone") {
      this.textContent = offset(new Date(), zone);
      return;
    }
    const at = new Date(this.getAttribute("at") || NaN);
    if (Number.isNaN(at.getTime())) {
      this.textContent = "–";
      return;
    }
    // Beside times of another zone it says its own.
    const isOther = mode !== "full" && offset(at, zone) !== offset(at, pageZone());
    this.textContent = `${written(at, mode, zone)}${isOther ? ` ${offset(at, zone)}` : ""}`;
    const own = offset(at, zone) === offset(at, "") ? "" : ` · ${written(at, "full", "")}`;
    this.title = `${written(at, "full", zone)}${own} · ${at.toISOString()}`;
  }
}
customElements.define("local-time", LocalTime);

// A date and a time in the zone of the site it is about; it says what was chosen in UTC, or nothing where it was emptied.
class LocalInstant extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) {
      return;
    }
    const field = document.createElement("input");
    field.type = "datetime-local";
    field.className = "field";
    this.field = field;
    this.at = this.getAttribute("at") || "";
    this.draw();
    field.addEventListener("change", (event) => {
      event.stopPropagation();
      this.at = field.value ? instant(field.value, zoneAt(this)).toISOString() : "";
      this.dispatchEvent(new CustomEvent("chosen", { detail: this.at }));
    });
    this.append(field);
  }
  draw() {
    const at = new Date(this.at || NaN);
    const isKnown = this.field && !Number.isNaN(at.getTime());
    if (this.field) {
      this.field.value = isKnown ? written(at, "minute", zoneAt(this)).replace(" ", "T") : "";
    }
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
// wait for `sendFiles`. It says `attached` with how many were taken, or `refused` with why one was not. One that `tries`
// sends a single file with dry_run first and says `tried` with what the address answered; `sendFiles` then has it taken.
class AttachFiles extends HTMLElement {
  connectedCallback() {
    if (this.firstChild) {
      return;
    }
    const field = document.createElement("input");
    field.type = "file";
    field.multiple = !this.hasAttribute("tries");
    field.className = "field";
    field.accept = this.getAttribute("accept") || "";
    field.setAttribute("aria-label", this.getAttribute("label") || "");
    field.addEventListener("change", (event) => {
      event.stopPropagation();
      if (this.hasAttribute("tries")) {
        this.try(this.getAttribute("to"));
      } else if (this.getAttribute("to")) {
        this.send(this.getAttribute("to"), true);
      }
    });
    this.append(field);
  }
  async try(to) {
    const file = this.querySelector("input").files[0];
    if (!file) {
      return;
    }
    try {
      const answer = await this.post(`${to}${to.includes("?") ? "&" : "?"}dry_run=true`, file);
      const said = await answer.json();
      const detail = answer.ok ? { file: file.name, said } : `${file.name}: ${said.detail}`;
      this.dispatchEvent(new CustomEvent(answer.ok ? "tried" : "refused", { detail }));
    } catch (error) {
      this.dispatchEvent(new CustomEvent("refused", { detail: `${file.name}: ${error.message}` }));
    }
  }
  post(to, file) {
    const called = `${this.getAttribute("name-as") || "name"}=${encodeURIComponent(file.name)}`;
    return fetch(`${to}${to.includes("?") ? "&" : "?"}${called}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
  }
  async send(to, tells) {
    const field = this.querySelector("input");
    const refused = [];
    let taken = 0;
    field.disabled = true;
    for (const file of field.files) {
      try {
        const answer = await this.post(to, file);
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

window.sendFiles = async (id, to, tells = false) => {
  const element = document.getElementById(id);
  return element ? element.send(to, tells) : [];
};
