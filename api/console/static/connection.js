// A page that outlives its connection. It says since when the console is away; what is pressed meanwhile is handed on in
// order, once, when it is back; and the page is loaded again only by who looks at it, or where nothing was typed in it.
(() => {
  const { texts, signIn } = JSON.parse(document.currentScript.dataset.said);
  const TELL_AFTER_MS = 1000;
  const NO_ANSWER_MS = 6000;
  const SHOWN_MS = 8000;
  const HELD_MS = 5000;
  const CLICK_MS = 50;
  const LOADED = "assetloop.loaded-again";
  const LOADED_LATELY_MS = 20000;
  const loadedAt = Number(sessionStorage.getItem(LOADED));
  const waiting = new Map();
  const told = { away: [], back: [], event: [] };
  let socket = null;
  let state = "here";
  let since = null;
  let telling = null;
  let number = 0;
  let hasConnected = false;

  const banner = document.createElement("div");
  banner.id = "connection";
  banner.setAttribute("role", "status");
  banner.hidden = true;
  const says = document.createElement("span");
  const button = document.createElement("button");
  button.className = "button quiet";
  button.addEventListener("click", () => leaveFor(state === "signed-out" ? signIn : null));
  banner.append(says, button);
  document.addEventListener("DOMContentLoaded", () => document.body.prepend(banner));

  const clock = (at) => written(at, "second").split(" ")[1];

  function show(now) {
    state = now;
    const key = state.replace("-", "_");
    document.documentElement.dataset.connection = state;
    banner.hidden = state === "here";
    says.textContent = (texts[key] || "").replace("{at}", clock(since || new Date()));
    button.hidden = !texts[`${key}_do`];
    button.textContent = texts[`${key}_do`] || "";
  }

  function lose() {
    since ||= new Date();
    told.away.forEach((tell) => tell());
    telling ||= setTimeout(() => state === "here" && show("away"), TELL_AFTER_MS);
  }

  function regain() {
    clearTimeout(telling);
    const wasAway = state === "away";
    telling = since = null;
    show("here");
    told.back.forEach((tell) => tell());
    if (wasAway) {
      Quasar.Notify.create({ message: texts.back, type: "positive", timeout: SHOWN_MS / 2 });
    }
  }

  function leaveFor(address) {
    waiting.clear();
    if (address) {
      location.href = address;
    } else {
      sessionStorage.setItem(LOADED, Date.now());
      location.reload();
    }
  }

  // The server no longer knows this page: it was started again, or the page was away for longer than it is kept.
  function outlive() {
    since ||= new Date();
    clearTimeout(telling);
    socket.disconnect();
    const isInUse = window.drafts.any() || document.querySelector(".q-dialog") || waiting.size > 0;
    const isTooSoon = Date.now() - loadedAt < LOADED_LATELY_MS;
    isInUse || isTooSoon ? show("stale") : leaveFor(null);
  }

  async function lookWhy() {
    const answer = await fetch("/api/v1/me", { cache: "no-store", signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (answer?.status === 401 && state === "away") {
      socket.disconnect();
      show("signed-out");
    }
    return answer !== null && answer.status < 500;
  }

  function refused(error) {
    if (error.message === "Implicit handshake failed") {
      outlive();
      return;
    }
    if (error.message === "timeout" && !hasConnected) {
      socket.io.opts.transports = ["polling", "websocket"]; // a proxy in between may let no WebSocket through
    }
    lose();
    lookWhy();
  }

  // While a button is held down nothing is drawn anew under it: a press that began is a press.
  const held = [];
  let holding = null;

  function hold() {
    clearTimeout(holding);
    holding = setTimeout(letGo, HELD_MS);
  }

  function letGo() {
    clearTimeout(holding);
    holding = null;
    held.splice(0).forEach((draw) => draw());
  }
  const isSpace = (event) => event.key === " ";
  const letGoSoon = () => holding && setTimeout(letGo, CLICK_MS); // the click comes after the button is up
  document.addEventListener("pointerdown", hold, true);
  document.addEventListener("pointerup", letGoSoon, true);
  document.addEventListener("pointercancel", letGoSoon, true);
  document.addEventListener("keydown", (event) => isSpace(event) && hold(), true);
  document.addEventListener("keyup", (event) => isSpace(event) && letGoSoon(), true);

  const hand = (emit, event) => emit("event", event, (isTaken) => isTaken && waiting.delete(event.number));

  function keep(made) {
    socket = made;
    const on = made.on.bind(made);
    const emit = made.emit.bind(made);
    made.on = (name, handler) => {
      if (name === "connect_error") {
        return on(name, refused);
      }
      if (["connect", "disconnect"].includes(name)) {
        return on(name, handler);
      }
      return on(name, (...said) => {
        if (name === "run_javascript" && said[0].code.includes("outbox rewind failed")) {
          outlive();
        } else if (holding) {
          held.push(() => handler(...said));
        } else {
          handler(...said);
        }
      });
    };
    made.emit = (name, message, ...rest) => {
      if (name !== "event") {
        return emit(name, message, ...rest);
      }
      const event = { ...message, number: (number += 1) };
      waiting.set(event.number, event);
      told.event.forEach((tell) => tell(event));
      if (made.connected) {
        hand(emit, event);
        setTimeout(() => waiting.has(event.number) && made.connected && giveUp(), NO_ANSWER_MS);
      }
      return made;
    };
    on("disconnect", lose);
    on("connect", () => {
      hasConnected = true;
      regain();
      waiting.forEach((event) => hand(emit, event));
    });
    return made;
  }

  // What was sent has had no answer: the line is dead, whatever it says of itself.
  function giveUp() {
    lose();
    socket.io.engine?.close();
  }

  let real;
  Object.defineProperty(window, "io", {
    configurable: true,
    get: () => real,
    set: (io) => {
      real = Object.assign((...given) => keep(io(...given)), io);
    },
  });

  window.connection = {
    isAway: () => state !== "here" || !socket?.connected,
    held: () => held.length,
    on: (what, tell) => told[what].push(tell),
    emit: (event) => socket.emit("event", event),
  };

  function again() {
    if (socket && !socket.connected && state !== "stale" && state !== "signed-out") {
      socket.disconnect();
      socket.io.opts.query.next_message_id = window.nextMessageId;
      socket.connect();
    }
  }
  window.addEventListener("offline", async () => (await lookWhy()) || giveUp());
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted && socket?.connected) {
      socket.emit("leaving", window.clientId);
      socket.disconnect();
    }
  });

  // A link that leads nowhere now would throw away the page that is there.
  document.addEventListener(
    "click",
    async (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || !window.connection.isAway() || event.ctrlKey || event.metaKey || link.target === "_blank") {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      (await lookWhy()) ? (location.href = link.href) : show(state === "here" ? "away" : state);
    },
    true,
  );

  window.addEventListener("load", () => {
    sessionStorage.removeItem(LOADED);
    if (loadedAt) {
      const message = texts.loaded_again.replace("{at}", clock(new Date(loadedAt)));
      Quasar.Notify.create({ message, type: "info", timeout: SHOWN_MS });
    }
  });
})();
