"""An application on a real database, and the console in a real server for a real browser."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import psycopg
import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from api.identity.access import Access
from api.identity.signing_in import passwords
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people
from tests.api import plant_rows
from tests.api.plant_rows import NOW

with warnings.catch_warnings():
    # Starlette asks for httpx2, which this product has no other use for.
    warnings.filterwarnings("ignore", "Using `httpx` with `starlette.testclient` is deprecated")
    from fastapi.testclient import TestClient

Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Let a password's hash take a thousandth of what it takes in the product: tests sign in some hundred times."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))
        yield


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def application(app_database: Database, clock: ManualClock) -> FastAPI:
    """The application for this machine alone, without the console."""
    return create_app(app_database, clock, access=Access(), console=False, version="1.2.3")


@pytest.fixture
def client(application: FastAPI, app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    """A client as which Ada acts, who has every role."""
    with TestClient(application, base_url="http://127.0.0.1:8080") as client:
        people.sign_in(client, app_database, clock)
        yield client


@pytest.fixture
def plant(app_database: Database, superuser: Superuser) -> None:
    """The shipped plant, all healthy."""
    plant_rows.fill(app_database, superuser, NOW)


@pytest.fixture
def sick_plant(app_database: Database, superuser: Superuser, plant: None) -> None:  # noqa: ARG001 - filled first
    """The shipped plant with one sick pump, an alert and a work order."""
    plant_rows.sicken(app_database, superuser, NOW)
