// What a list is asked for stands in the address, and goes along when the language is changed.
window.keepAddress = (query) => {
  history.replaceState(history.state, "", window.location.pathname + query);
  const here = encodeURIComponent(window.location.pathname + query);
  for (const other of document.querySelectorAll("[data-testid^=language-]")) {
    other.href = other.getAttribute("href").replace(/next=.*$/, `next=${here}`);
  }
};

// The key / leads to the search, from wherever nothing is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const fields = document.querySelectorAll("[data-testid=search-field], [data-testid=search-everywhere]");
  const field = [...fields].find((one) => one.offsetParent !== null);
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else {
    window.location.href = "/search";
  }
});

// What a row cuts off is said whole where one points at it.
document.addEventListener("mouseover", (event) => {
  const one = event.target.closest?.(".clip, .why, .ellipsis");
  if (one && (one.dataset.whole || !one.title)) {
    one.title = one.scrollWidth > one.clientWidth ? one.textContent : "";
    one.dataset.whole = "yes";
  }
});

// On a phone all ways to go open above the four that are always in view; Escape, or a tap elsewhere, closes them.
function openWays(open) {
  const nav = document.querySelector(".nav");
  const button = nav?.querySelector(".all-ways");
  if (!nav || nav.classList.contains("open") === open) {
    return;
  }
  nav.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
}
document.addEventListener("click", (event) => {
  const nav = document.querySelector(".nav");
  openWays(Boolean(event.target.closest(".all-ways")) && !nav.classList.contains("open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector(".nav.open")) {
    openWays(false);
    document.querySelector(".all-ways").focus();
  }
  // What stands for a button is pressed by the space bar, as buttons are.
  if (event.key === " " && event.target.matches?.("[role=button]")) {
    event.preventDefault();
    event.target.click();
  }
});

// A list that is drawn anew, or a sheet that is closed, takes the focus with it: it goes back to what stands there now.
let lastFocus = [];

function wayTo(element) {
  const way = [];
  for (let one = element.closest("[data-testid]"); one; one = one.parentElement.closest("[data-testid]")) {
    way.unshift(`[data-testid="${CSS.escape(one.dataset.testid)}"]`);
  }
  return way;
}
document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".q-dialog")) {
    lastFocus = wayTo(event.target);
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".q-dialog, button, a, input, [tabindex='0']")) {
    lastFocus = [];
  }
});
new MutationObserver(() => {
  if (lastFocus.length && document.activeElement === document.body && !document.querySelector(".q-dialog")) {
    document.querySelector(lastFocus.join(" "))?.focus({ preventScroll: true });
  }
}).observe(document.documentElement, { childList: true, subtree: true });
