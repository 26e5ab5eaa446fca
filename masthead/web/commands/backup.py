"""`masthead backup` and `masthead restore`: database and files in one file, copied while the newsroom runs.

The database is copied first, by SQLite's own online copy (one consistent moment), then media and originals: a file
that the copied database names was there before and is only ever added, not rewritten. Each file's hash stands in
a manifest, and what was written is read again before the backup bears its name.
"""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from masthead import __version__
from masthead.core import clock, config
from masthead.core.config import Config
from masthead.web.commands.new import refuse_a_full

MANIFEST = "manifest.json"
DATABASE, DUMP = "newsroom.sqlite3", "newsroom.pgdump"
KEPT = ("media", "originals")
NOT_IN_IT = "secrets.env"
CHUNK = 1 << 20


class Broken(Exception):
    """A backup whose bytes are not those that were written."""


def run(arguments: Namespace) -> None:
    target = Path(arguments.file).resolve()
    if target.exists():
        raise SystemExit(f"{target} exists: a backup never overwrites. Nothing has been changed.")
    settings = config.load()
    try:
        manifest = write(settings, target)
    except OSError as error:
        raise SystemExit(f"The backup could not be written: {error}.") from None
    size = target.stat().st_size / 1e6
    _say(f"{target}: {len(manifest['files'])} files, {size:.1f} MB, read again and found whole.")
    _say(f"{NOT_IN_IT} is not in it: keep a copy of that file in another place.")


def run_restore(arguments: Namespace) -> None:
    source, folder = Path(arguments.file), Path(arguments.folder).resolve()
    refuse_a_full(folder)
    if not source.is_file():
        raise SystemExit(f"{source} is not there. Nothing has been changed.")
    try:
        manifest = read(source, folder)
    except (Broken, tarfile.TarError, EOFError, OSError, sqlite3.Error) as error:
        raise SystemExit(f"{source} cannot be restored: {error}. Nothing has been changed.") from None
    _say(f"{folder}: {len(manifest['files'])} files of {manifest['made_at']}, each as it was.")
    _say(f"Next: put {NOT_IN_IT} into it (or set MASTHEAD_SECRET), then: masthead --home {folder} check")
    if DUMP in manifest["files"]:
        _say(f"The database: createdb it, then  pg_restore --no-owner -d DATABASE {folder / DUMP}")


def write(settings: Config, target: Path) -> dict[str, Any]:
    """Write and verify a backup; `target` appears only when it is whole. Gives the manifest."""
    part = target.with_name(target.name + ".part")
    manifest: dict[str, Any] = {"masthead": __version__, "made_at": clock.now().isoformat(), "files": {}}
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3) as archive:
                    for name, path in _to_keep(settings, Path(scratch)):
                        _add(archive, name, path, manifest["files"])
                    _add_text(archive, MANIFEST, json.dumps(manifest, indent=1))
                raw.flush()
                os.fsync(raw.fileno())
            read(part, Path(scratch) / "rehearsal")
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        part.rename(target)
    return manifest


def _to_keep(settings: Config, scratch: Path) -> Iterator[tuple[str, Path]]:
    if settings.database:
        yield DUMP, _dump(settings, scratch / DUMP)
    else:
        yield DATABASE, _copy(settings.database_file, scratch / DATABASE)
    if (settings.home / "masthead.toml").exists():
        yield "masthead.toml", settings.home / "masthead.toml"
    for folder in KEPT:
        for path in sorted((settings.home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(settings.home).as_posix(), path


def _copy(database: Path, target: Path) -> Path:
    if not database.exists():
        raise SystemExit(f"There is no database at {database}. Nothing has been written.")
    with closing(sqlite3.connect(database, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    return target


def _dump(settings: Config, target: Path) -> Path:
    if shutil.which("pg_dump") is None:
        raise SystemExit("pg_dump is missing: install postgresql-client, then try again. Nothing has been written.")
    parts = urlsplit(settings.database)
    environment = {**os.environ, "PGPASSWORD": settings.database_password.get_secret_value()}
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={target}", parts.geturl()]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"pg_dump failed: {ended.stderr.strip().splitlines()[-1]}. Nothing has been written.")
    return target


def _add(archive: tarfile.TarFile, name: str, path: Path, files: dict[str, Any]) -> None:
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return  # a rendition that was made anew meanwhile
    with source:
        member = tarfile.TarInfo(name)
        member.size = os.fstat(source.fileno()).st_size
        member.mode = 0o600
        hashing = _Hashing(source)
        archive.addfile(member, hashing)
        files[name] = {"sha256": hashing.digest.hexdigest(), "size": member.size}


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(text.encode()), 0o600
    archive.addfile(member, io.BytesIO(text.encode()))


class _Hashing:
    """A file whose bytes are hashed as they are read."""

    def __init__(self, source: BinaryIO) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self.source.read(size)
        self.digest.update(found)
        return found


def read(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup into `folder`, which appears only when every file has its hash and the database is whole.

    Raises Broken. Paths that lead out of the folder, and anything but plain files, are refused.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".restore-"))
    try:
        found: dict[str, dict[str, Any]] = {}
        with tarfile.open(source, mode="r:gz") as archive:
            for member in archive:
                found[member.name] = _unpack(archive, member, part)
        manifest = _manifest(part)
        del found[MANIFEST]
        if found != manifest["files"]:
            names = found | manifest["files"]
            wrong = sorted(name for name in names if found.get(name) != manifest["files"].get(name))
            raise Broken(f"{len(wrong)} files are not what was written, first {wrong[0]}")
        if DATABASE in found:
            _refuse_a_broken_database(part / DATABASE)
        (part / MANIFEST).unlink()
        for name in (*KEPT, "state"):
            (part / name).mkdir(exist_ok=True)
        if folder.exists():
            folder.rmdir()
        part.chmod(0o755)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return manifest


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> dict[str, Any]:
    name = PurePosixPath(member.name)
    if not member.isreg() or name.is_absolute() or ".." in name.parts:
        raise Broken(f"it holds {member.name!r}, which no backup of ours would")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None
    hashing = _Hashing(content)  # type: ignore[arg-type]
    with path.open("wb") as target:
        while chunk := hashing.read(CHUNK):
            target.write(chunk)
    if name.parts[0] not in KEPT:
        path.chmod(0o600)
    return {"sha256": hashing.digest.hexdigest(), "size": path.stat().st_size}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError):
        raise Broken("it has no manifest: it is no backup, or it was cut off") from None
    return manifest


def _refuse_a_broken_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise Broken(f"its database is damaged: {verdict}")
        if database.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise Broken("its database has rows that refer to missing ones")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
