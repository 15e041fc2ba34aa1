// What a list is asked for stands in the address, and goes along when the language is changed.
window.keepAddress = (query) => {
  history.replaceState(history.state, "", window.location.pathname + query);
  const here = encodeURIComponent(window.location.pathname + query);
  for (const other of document.querySelectorAll("[data-testid^=language-]")) {
    other.href = other.getAttribute("href").replace(/next=.*$/, `next=${here}`);
  }
};
