"""Collections, kills and a close at the same moment: no gap in the numbers, no line in a closed month."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT, template_database


@pytest.mark.processes
def test_receipts_have_no_gap_and_a_closed_month_no_late_line(tmp_path):
    shutil.copy(template_database(), tmp_path / "newsroom.sqlite3")
    world = {**os.environ, "MASTHEAD_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "masthead.web.settings"}

    command = [sys.executable, "-m", "tests.money.at_once"]
    done = subprocess.run(command, cwd=ROOT, env=world, check=True, capture_output=True, text=True)

    assert json.loads(done.stdout) == {
        "answers": ["True", "collected"],
        "numbers": True,
        "closed with": True,
        "in it or late": 10,
        "late stand in": True,
        "wrong": [],
    }
