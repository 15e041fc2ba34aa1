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
