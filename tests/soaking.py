"""For `make soak`: every property is tried with many more seeds. Loaded with `-p tests.soaking` alone."""

import os

import pytest
from hypothesis import settings

TIMES = int(os.environ.get("MASTHEAD_SOAK", "20"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Multiply the number of examples of each property, whether it is a function or a machine."""
    for item in items:
        machine, function = getattr(item, "cls", None), getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        if isinstance(found := getattr(machine, "settings", None), settings):
            if not hasattr(machine, "soaks"):
                machine.settings, machine.soaks = _more(found), True
        elif found := getattr(function, "_hypothesis_internal_use_settings", None):
            function._hypothesis_internal_use_settings = _more(found)


def _more(found: settings) -> settings:
    return settings(found, max_examples=found.max_examples * TIMES, deadline=None)
