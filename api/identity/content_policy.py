"""The Content-Security-Policy of every answer, and the nonce by which a page's own scripts are known."""

from __future__ import annotations

import re

_SCRIPT = re.compile(rb"<script(?=[\s>])(?![^>]*\snonce=)")


def policy(nonce: str) -> str:
    """Return the policy for one answer.

    Scripts are those of this server and those the page names by the nonce: none that somebody got into the page. The
    console compiles its templates in the browser, hence 'unsafe-eval'; its library sets styles on elements.
    """
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def with_nonce(page: bytes, nonce: str) -> bytes:
    """Name every script of a page that we wrote.

    >>> with_nonce(b"<head><script>1</script></head>", "abc")
    b'<head><script nonce="abc">1</script></head>'
    """
    return _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', page)
