"""A measurement says beside each figure what is wanted, and fails when it is not so."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import rig

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("found", "limits", "says"),
    [
        (0.5, {"at_least": 0.5}, "target at least 0.5: met"),
        (0.49, {"at_least": 0.5}, "target at least 0.5: MISSED"),
        (20, {"at_most": 20}, "target at most 20: met"),
        (20.1, {"at_most": 20}, "target at most 20: MISSED"),
        (0, {"at_most": 0}, "target at most 0: met"),
    ],
)
def test_a_figure_is_judged_by_its_target(found, limits, says, monkeypatch):
    monkeypatch.setattr(rig, "missed", [])

    assert rig.judged("the rate", found, **limits) == says
    assert len(rig.missed) == says.endswith("MISSED")


@pytest.mark.parametrize(("found", "status"), [("1.4", 0), ("1.6", 1)])
def test_the_command_ends_with_what_was_missed(found, status):
    slow = (
        "import sys, runpy, types; from bench import rig; "
        "part = types.ModuleType('bench.slow'); "
        f"part.main = lambda: print(rig.judged('the page', {found}, at_most=1.5)); "
        "sys.modules['bench.slow'] = part; sys.argv = ['bench', 'slow']; "
        "runpy.run_module('bench', run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", slow], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == status, done.stderr
    assert ("missed: the page: 1.60, target at most 1.5" in done.stdout) == bool(status)
