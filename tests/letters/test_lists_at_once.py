"""Two who press the same button in the same moment: one outcome, and nothing twice."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT, template_database


@pytest.mark.processes
def test_confirming_and_leaving_at_once_is_as_doing_it_once(tmp_path):
    shutil.copy(template_database(), tmp_path / "newsroom.sqlite3")
    world = {**os.environ, "MASTHEAD_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "masthead.web.settings"}

    done = subprocess.run(
        [sys.executable, "-m", "tests.letters.at_once"],
        cwd=ROOT,
        env=world,
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout) == {
        "confirmed": ["False"] * 2 + ["True"] * 6,  # each of the two links was spent once
        "left": ["False"] * 7 + ["True"],
        "readers": 1,
        "subscriptions": 1,
        "consents": 2,
        "joined": 1,
        "left_noted": 1,
    }
