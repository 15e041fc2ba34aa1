"""Mail goes out through a real server, to one person, and no password of it is ever said."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.dispatch.mail import MailServer
from plant.errors import Misconfigured, Rejected, Unavailable
from service.runtime.surroundings import Surroundings
from tests.mail_server import TestedMailServer, serving


@pytest.fixture
def server() -> Iterator[TestedMailServer]:
    with serving() as server:
        yield server


def test_a_mail_reaches_one_person_with_its_text_in_any_language(server: TestedMailServer) -> None:
    MailServer(url=server.url).send("li.wei@example.com", "泵 P-1\nBcc: x@example.com", "打开：\nhttp://a/b?c=d&e <f>")
    (mail,) = server.taken
    assert mail.to == ["li.wei@example.com"]
    assert mail.message["Subject"] == "泵 P-1 Bcc: x@example.com"
    assert mail.message["From"].addresses[0].addr_spec == "assetloop@example.com"
    assert mail.text.splitlines() == ["打开：", "http://a/b?c=d&e <f>"]


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@example.com, b@example.com", "A <a@example.com>", "a@example.com\n"]
)
def test_what_is_not_one_address_gets_nothing(server: TestedMailServer, address: str) -> None:
    with pytest.raises(Rejected, match="bad_mail_address"):
        MailServer(url=server.url).send(address, "s", "t")
    assert server.taken == []


def test_a_server_that_refuses_or_is_away_is_asked_again_later_and_no_password_is_said(
    server: TestedMailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mail = MailServer(url=server.url)
    server.refuses = True
    gone = MailServer(url=server.url.replace(f":{server.port}", ":1"))
    said = [repr(mail)]
    for one in (mail, gone):
        with pytest.raises(Unavailable) as refused:
            one.send("a@example.com", "s", "t")
        said.append(str(refused.value))
    assert server.taken == []
    assert "s3cret" not in "".join(said) + caplog.text


@pytest.mark.parametrize("url", ["", "smtp://example.com", "mailto://", "json://example.com", "mailto://user:s3cret@"])
def test_an_address_of_no_mail_server_is_refused_without_being_said(url: str) -> None:
    with pytest.raises(Misconfigured, match="ASSETLOOP_MAIL") as refused:
        MailServer(url=url)
    assert "s3cret" not in str(refused.value)


def test_a_setting_or_a_file_names_the_server(
    server: TestedMailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Surroundings.of(tmp_path).mail_server() is None
    (tmp_path / "mail").write_text(server.url + "\n")
    monkeypatch.setenv("ASSETLOOP_MAIL_FILE", str(tmp_path / "mail"))
    assert Surroundings.of(tmp_path).mail_server() == MailServer(url=server.url)
    monkeypatch.setenv("ASSETLOOP_MAIL", "mailto://other.example.com?from=a@example.com")
    assert Surroundings.of(tmp_path).mail_server() != MailServer(url=server.url)
    assert "other" not in repr(Surroundings.of(tmp_path).settings)
    monkeypatch.delenv("ASSETLOOP_MAIL")
    (tmp_path / "mail").unlink()
    with pytest.raises(Misconfigured, match="ASSETLOOP_MAIL_FILE"):
        Surroundings.of(tmp_path).mail_server()
