"""The lock files hold what pyproject.toml asks for, with a hash for each file and no address of an index."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
ASKED = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = ASKED["project"]["dependencies"]
SCALE = [*RUN, *ASKED["project"]["optional-dependencies"]["scale"]]
DEV = [*RUN, *ASKED["dependency-groups"]["dev"], *ASKED["project"]["optional-dependencies"]["scale"]]


def pinned(name: str) -> dict[str, Version]:
    """Package → version of one lock file."""
    text = (ROOT / "requirements" / name).read_text()
    return {
        canonicalize_name(found[1]): Version(found[2])
        for found in re.finditer(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize(("lock", "asked"), [("run.lock", RUN), ("scale.lock", SCALE), ("dev.lock", DEV)])
def test_a_lock_pins_what_was_asked_for(lock, asked):
    pins = pinned(lock)

    wrong = [
        each for each in map(Requirement, asked) if not each.specifier.contains(pins[canonicalize_name(each.name)])
    ]

    assert wrong == []


def test_what_runs_is_pinned_alike_in_both_locks():
    assert pinned("run.lock").items() <= pinned("scale.lock").items() <= pinned("dev.lock").items()


@pytest.mark.parametrize("lock", ["run.lock", "scale.lock", "dev.lock"])
def test_a_lock_names_hashes_and_no_index(lock):
    text = (ROOT / "requirements" / lock).read_text()

    assert text.count("--hash=sha256:") > len(pinned(lock))
    assert "://" not in text


def test_made_anew_the_locks_are_the_same():
    command = [sys.executable, "tools/locks.py", "--check"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    if made.returncode and "stale" not in made.stdout:
        pytest.skip(f"no package index is reachable: {made.stderr.strip().splitlines()[-1]}")
    assert made.returncode == 0, made.stdout
