"""People and tokens at the command line, as who runs the product keeps them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from tests.commands import run_text_command


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_text_command(*arguments, environment={**os.environ, "ASSETLOOP_DATABASE_URL": url})


def told(url: str, *arguments: str) -> Any:
    done = run(url, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_person_is_added_given_roles_linked_and_disabled(database_url: str) -> None:
    first = told(database_url, "person", "link")
    assert first["sign_in"] == "admin"
    assert "/welcome/" in first["link"]
    added = told(database_url, "person", "add", "Li.Wei", "--name", "Li Wei", "--role", "maintenance")
    assert added["sign_in"] == "li.wei"
    assert told(database_url, "person", "grant", "li.wei", "supervisor")["roles"] == ["maintenance", "supervisor"]
    assert told(database_url, "person", "withdraw", "li.wei", "maintenance")["roles"] == ["supervisor"]
    made = told(database_url, "person", "team", "engineering", "--answers", "--on-call", "li.wei")
    assert (made["members"], made["on_call"], made["answers_for_engineering"]) == (["li.wei"], ["li.wei"], True)
    assert told(database_url, "person", "disable", "li.wei") == {"disabled": "li.wei"}
    people = {one["sign_in"]: one for one in told(database_url, "person", "list")["people"]}
    assert people["li.wei"] == {
        "sign_in": "li.wei",
        "name": "Li Wei",
        "roles": ["supervisor"],
        "teams": ["engineering"],
        "disabled": True,
    }


def test_a_token_is_issued_listed_and_revoked(database_url: str) -> None:
    issued = told(database_url, "token", "issue", "report", "--role", "operations", "--scope", "see", "--days", "3")
    (listed,) = told(database_url, "token", "list")["tokens"]
    assert (listed["name"], listed["role"], listed["scopes"]) == ("report", "operations", ["see"])
    assert issued["token"].startswith(f"api_{listed['token_id']}_")
    assert told(database_url, "token", "revoke", listed["token_id"]) == {"revoked": listed["token_id"]}
    assert "revoked" in run(database_url, "token", "list").stdout


def test_what_makes_no_sense_is_one_line(database_url: str) -> None:
    for arguments, said in (
        (("person", "add", "a", "--name", "A", "--role", "king"), "king is no role"),
        (("person", "disable", "nobody"), "nobody signs in as nobody"),
        (("person", "grant", "nobody", "operations@nowhere"), "nobody signs in as nobody"),
        (("token", "issue", "t"), "say whose it is"),
    ):
        done = run(database_url, *arguments)
        assert done.returncode in {1, 2}, arguments
        assert done.stderr.count("\n") == 1
        assert said in done.stderr
