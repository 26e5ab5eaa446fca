"""Makes the hashed lock files from pyproject.toml: first for development, then what runs, within those versions.

Pinned versions stay unless pyproject.toml asks for others or `--upgrade` is given. `--check` compares and changes
nothing. No address of an index is written into them.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
COMPILE = ["pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
DEV = ["pyproject.toml", "--extra", "scale", "--group", "dev"]
RUN = ["pyproject.toml", "-c", "requirements/dev.lock"]
SCALE = [*RUN, "--extra", "scale"]


def make(folder: Path, *extra: str) -> None:
    """Write dev.lock, run.lock and scale.lock (with PostgreSQL) into `folder`, preferring the pins that are there."""
    uv = Path(sys.executable).with_name("uv")
    for words, name in ((DEV, "dev.lock"), (RUN, "run.lock"), (SCALE, "scale.lock")):
        command = [str(uv), *COMPILE, *words, "-o", f"requirements/{name}", *extra]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    if "--check" not in sys.argv:
        make(ROOT, *[word for word in sys.argv[1:] if word == "--upgrade"])
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "requirements").mkdir()
        shutil.copy(ROOT / "pyproject.toml", folder)
        for lock in LOCKS.glob("*.lock"):
            shutil.copy(lock, folder / "requirements")
        make(folder)
        made = {lock.name: (folder / "requirements" / lock.name).read_text() for lock in LOCKS.glob("*.lock")}
    stale = [name for name, text in made.items() if text != (LOCKS / name).read_text()]
    print(f"stale: {', '.join(stale)}: run `make locks`" if stale else "the locks are what pyproject.toml asks for")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
