"""One mail to one person, through the server that `ASSETLOOP_MAIL` names."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from plant.errors import Misconfigured, Rejected, Unavailable

_SCHEMES = ("mailto://", "mailtos://")
_EXAMPLE = "mailtos://user:password@smtp.example.com:587?from=assetloop@example.com&mode=starttls"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail is handed in: an address as `apprise` writes it, whose password no log and no `repr` shows.

    Raises:
        Misconfigured: it is no such address.
    """

    url: str = field(repr=False)

    def __post_init__(self) -> None:
        self._to("somebody@example.com")

    def send(self, address: str, subject: str, text: str) -> None:
        """Hand one mail in; when it returns, the server has taken it.

        Raises:
            Rejected: that is not one mail address.
            Unavailable: the server is away, or does not take it.
        """
        from apprise.utils.parse import is_email

        known = is_email(address)
        if not known or known["full_email"] != address:
            raise Rejected("bad_mail_address", "it is not one mail address")
        if not self._to(address).send(body=text, title=" ".join(subject.split())):
            raise Unavailable("the mail server does not take the mail; ASSETLOOP_MAIL names it")

    def _to(self, address: str) -> Any:
        from apprise import AppriseAsset
        from apprise.plugins.email.base import NotifyEmail

        logging.getLogger("apprise").setLevel(logging.ERROR)  # what it says names people and servers
        wrong = Misconfigured(f"ASSETLOOP_MAIL is no address of a mail server, as {_EXAMPLE}")
        found = NotifyEmail.parse_url(self.url) if self.url.startswith(_SCHEMES) else None
        if not found:
            raise wrong
        for name in ("cc", "bcc", "tags"):
            found.pop(name, None)
        asset = AppriseAsset(app_id="assetloop", secure_logging=True)
        try:
            return NotifyEmail(**{**found, "targets": [address], "format": "text", "asset": asset})
        except TypeError as error:
            raise wrong from error
