"""The labels of machines to print, and the page to which one leads on a phone."""
