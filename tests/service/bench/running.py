"""A bench run as its user runs it, on a test's server and with its settings alone."""

from __future__ import annotations

from tests.commands import run_text_command, without_settings


def run_bench(server_url: str, *arguments: str, timeout_s: float = 300) -> str:
    """Run `assetloop bench` to its end; return what it prints."""
    named = without_settings(ASSETLOOP_DATABASE_URL=server_url, ASSETLOOP_ALLOW_UNSUPPORTED="1")
    done = run_text_command("bench", *arguments, environment=named, timeout_s=timeout_s)
    assert done.returncode == 0, done.stderr
    return done.stdout
