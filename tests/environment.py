"""The settings that tests run with: read before Django is, as a pytest plug-in."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="masthead-test-"))
os.environ["MASTHEAD_HOME"] = str(HOME)
os.environ.setdefault("MASTHEAD_SECRET", "a secret for tests alone, forty letters long")
os.environ["MASTHEAD_ADDRESS"] = "http://localhost:8000"
