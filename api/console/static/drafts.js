// What a person types in a form stays in this tab until it was done: a field that is drawn anew, or a page that was loaded
// again, has it back. Secrets are not kept, nor what one person typed for another, nor anything longer than half a day.
(() => {
  const { texts, person } = JSON.parse(document.currentScript.dataset.said);
  const KEPT_MS = 12 * 3600 * 1000;
  const VERDICT_MS = 15000;
  const SETTLE_MS = 60;
  const PREFIX = "assetloop.draft ";
  const here = `${PREFIX}${person} ${location.pathname}`;
  const VALUES = /^(update:.*|chosen)$/;
  const known = new Set();
  const drafts = read();
  const back = [];
  let telling = null;

  function read() {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${person} `)) {
        sessionStorage.removeItem(key);
      }
    }
    const kept = JSON.parse(sessionStorage.getItem(here) || "{}");
    const isYoung = ([, draft]) => Date.now() - draft.at < KEPT_MS;
    // What a page before this one had pressed, nobody says any more what became of: it is there again.
    const unpressed = ([key, draft]) => [key, { ...draft, pressed: false }];
    return new Map(Object.entries(kept).filter(isYoung).map(unpressed));
  }

  function write() {
    try {
      drafts.size ? sessionStorage.setItem(here, JSON.stringify(Object.fromEntries(drafts))) : sessionStorage.removeItem(here);
    } catch {
      // a tab that may keep nothing still has the field itself
    }
  }

  const elements = () => (typeof mounted_app === "undefined" ? {} : mounted_app.elements);

  function nodeOf(id) {
    const part = mounted_app.$refs[`r${id}`];
    const node = document.getElementById(`c${id}`) || part?.$el || part;
    return node instanceof Element ? node : node?.parentElement;
  }

  // The form that a field stands in: a sheet or a card with a button.
  function homeOf(node) {
    const home = node?.closest?.(".sheet, .card");
    return home?.querySelector(".button") ? home : null;
  }

  function nameOf(home) {
    const around = home.parentElement?.closest("[data-testid]")?.dataset.testid || "";
    return `${around} ${home.querySelector("h1, h2")?.textContent || ""}`;
  }

  function keyOf(id) {
    const props = elements()[id]?.props || {};
    const name = props["data-testid"];
    const home = name && !name.startsWith("filter-") && props.type !== "password" ? homeOf(nodeOf(id)) : null;
    return home ? `${nameOf(home)} / ${name}` : null;
  }

  window.connection.on("event", (event) => {
    const type = elements()[event.id]?.events.find((one) => one.listener_id === event.listener_id)?.type || "";
    const key = VALUES.test(type) ? keyOf(event.id) : null;
    if (key) {
      known.add(Number(event.id));
      drafts.set(key, { type, args: event.args, at: Date.now() });
      write();
    }
  });

  // Let a field say what it said before, to the server and to who looks at it; returns what it says now.
  function put(id, type, args) {
    const element = elements()[id];
    const heard = element.events.find((one) => one.type === type);
    if (!heard) {
      return null;
    }
    const isInstant = type === "chosen";
    const prop = isInstant ? "at" : type.slice("update:".length);
    const now = isInstant ? { detail: element.props.at } : element.props[prop];
    window.connection.emit({ id: Number(id), client_id: window.clientId, listener_id: heard.listener_id, args });
    const value = JSON.parse(args[0] ?? "null");
    if (isInstant) {
      nodeOf(id)?.show(value?.detail);
    } else if (element.props.loopback === false) {
      element.props[prop] = value;
    }
    return [JSON.stringify(now ?? null)];
  }

  function restore() {
    for (const id of drafts.size ? Object.keys(elements()) : []) {
      const key = known.has(Number(id)) ? null : keyOf(id);
      const draft = key && drafts.get(key);
      if (draft && !draft.pressed) {
        known.add(Number(id));
        const before = put(id, draft.type, draft.args);
        before && back.push({ id, key, type: draft.type, before });
      }
    }
    if (back.length) {
      clearTimeout(telling);
      telling = setTimeout(tell, SETTLE_MS);
    }
  }

  function tell() {
    const told = back.splice(0);
    const forget = () => {
      told.forEach(({ id, type, before }) => elements()[id] && put(id, type, before));
      told.forEach(({ key }) => drafts.delete(key));
      write();
    };
    const actions = [{ label: texts.draft_forget, color: "white", handler: forget }];
    Quasar.Notify.create({ message: texts.draft_back, type: "info", timeout: 8000, actions });
  }

  // What was pressed is not put back while nobody has said what became of it.
  document.addEventListener(
    "click",
    (event) => {
      const home = event.target.closest?.(".button") ? homeOf(event.target) : null;
      const pressed = home ? [...drafts].filter(([key]) => key.startsWith(`${nameOf(home)} / `)) : [];
      pressed.forEach(([, draft]) => (draft.pressed = true));
      pressed.length && setTimeout(() => release(pressed), VERDICT_MS);
    },
    true,
  );

  function release(pressed) {
    if (window.connection.isAway()) {
      setTimeout(() => release(pressed), VERDICT_MS);
      return;
    }
    pressed.forEach(([, draft]) => delete draft.pressed);
    restore();
  }

  window.drafts = {
    any: () => [...drafts.values()].some((draft) => !["null", '""', "false", "{}"].includes(draft.args[0])),
    // A form was done, or refused: what was typed in it is forgotten, or stays.
    verdict: (isDone) => {
      for (const [key, draft] of drafts) {
        if (draft.pressed && isDone) {
          drafts.delete(key);
        }
        delete draft.pressed;
      }
      write();
      restore();
    },
  };

  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/logout") {
      drafts.clear();
      Object.keys(sessionStorage).forEach((key) => key.startsWith(PREFIX) && sessionStorage.removeItem(key));
    }
  });

  let settling = null;
  const settle = () => {
    clearTimeout(settling);
    settling = drafts.size ? setTimeout(restore, SETTLE_MS) : null;
  };
  window.addEventListener("load", () => {
    new MutationObserver(settle).observe(document.body, { childList: true, subtree: true });
    settle();
  });
})();
