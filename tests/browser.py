"""Fixtures for tests in a browser: one Chromium, and one newsroom that really runs, for a whole session of tests."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from masthead.core import clock
from masthead.core.signing import Keyring
from masthead.press.passes import Passes
from tests.people import Visitor, chromium
from tests.running import RunningNewsroom, running_newsroom

# Playwright keeps an event loop running beside the tests that follow; Django would take them for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNewsroom]:
    """The demonstration, running. Tests that share it only read, or give as somebody new."""
    with running_newsroom(tmp_path_factory.mktemp("site") / "newsroom") as newsroom:
        yield newsroom


def reader_of(edition: str, browser: Browser, site: RunningNewsroom, *, javascript: bool = True) -> Visitor:
    """A visitor whose browser has a pass for `edition`."""
    visitor = Visitor(browser, site, javascript=javascript)
    if edition != "public":
        passes = Passes(Keyring.of("pass", site.secret), secure=False)
        until = round((clock.now() + timedelta(hours=20)).timestamp())
        visitor.context.add_cookies(
            [{"name": passes.cookie_name, "value": passes.make(edition, until), "url": site.address}]
        )
    return visitor
