"""What the press must be told, as plain values: so that it starts without loading the typed settings (half a second).

Whoever starts the server may hand them over in the environment variable MASTHEAD_PRESS, as
`Setup.of(config).as_json()`; otherwise they are read from masthead.core.config.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from masthead.core.config import Config

VARIABLE = "MASTHEAD_PRESS"
STORE_MB = 512


@dataclass(frozen=True)
class Setup:
    """The press's settings."""

    home: str
    state: str
    media: str
    address: str
    hosts: tuple[str, ...]
    secrets: tuple[str, ...]
    secure: bool
    time_zone: str
    language: str
    memory_bytes: int
    sqlite: str
    postgres: dict[str, str]
    demo: bool
    fingerprint: str
    """Of every setting: pages depend on some, such as who takes payments, so prints made with others are not used."""

    @classmethod
    def of(cls, config: "Config") -> "Setup":
        """From the newsroom's settings."""
        return cls(
            home=str(config.home),
            state=str(config.state),
            media=str(config.media),
            address=config.address,
            hosts=(config.host, *config.also_hosts),
            secrets=config.secrets,
            secure=config.secure,
            time_zone=config.time_zone,
            language=config.language,
            memory_bytes=config.print_memory_mb * 1_000_000,
            sqlite="" if config.database else str(config.database_file),
            postgres=_postgres(config.database, config.database_password.get_secret_value()),
            demo=config.demo,
            fingerprint=_fingerprint(config),
        )

    @classmethod
    def load(cls) -> "Setup":
        """From the environment, else from the newsroom's settings."""
        if handed := os.environ.get(VARIABLE):
            said = json.loads(handed)
            return cls(**{**said, "hosts": tuple(said["hosts"]), "secrets": tuple(said["secrets"])})
        from masthead.core import config

        return cls.of(config.load())

    def as_json(self) -> str:
        """For the environment variable. It holds the secrets, as MASTHEAD_SECRET beside it does."""
        return json.dumps(asdict(self))

    @property
    def state_folder(self) -> Path:
        return Path(self.state)


def _fingerprint(config: "Config") -> str:
    digest = hashlib.sha256()
    for name, value in config:
        secret = getattr(value, "get_secret_value", None)
        digest.update(f"{name}={secret() if secret else value}\n".encode())
    return digest.hexdigest()


def _postgres(address: str, password: str) -> dict[str, str]:
    if not address:
        return {}
    parts = urlsplit(address)
    said = {
        "dbname": parts.path.lstrip("/"),
        "user": unquote(parts.username or ""),
        "password": password,
        "host": parts.hostname or "",
        "port": str(parts.port or ""),
    }
    return {name: value for name, value in said.items() if value}
