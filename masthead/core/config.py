"""What whoever runs the machine sets: environment variables or one TOML file, typed and checked at the start.

What an editor may want to change (name of the paper, logo, colours, amounts) is on the desk instead.
Secrets come from the environment alone.
"""

import os
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

PREFIX = "MASTHEAD_"
SECRETS = (
    "secret",
    "secret_before",
    "mail_password",
    "letters_password",
    "letters_key",
    "letters_fallback_key",
    "dkim_key",
    "database_password",
    "jitsi_key",
    "returns_password",
    "hooks_password",
    "hooks_key",
    "stripe_key",
    "stripe_hook_secret",
    "stripe_hook_secret_before",
    "gocardless_token",
    "gocardless_hook_secret",
    "gocardless_hook_secret_before",
)
Transport = Literal["smtp", "postmark", "mailgun"]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LIMIT = re.compile(r"([1-9]\d{0,8}) ?/ ?(?:([1-9]\d{0,4}) )?(second|minute|hour|day)s?")
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
STRIPE_KEYS = {"live": ("sk_live_", "rk_live_"), "test": ("sk_test_", "rk_test_")}


class BadConfig(SystemExit):
    """Configuration that stops the start, said in one line that names the setting and the cure."""


class Config(BaseSettings):
    """One newsroom's settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    home: Path = Field(description="The newsroom's folder: database, media, prints and state live below it.")
    address: str = Field("http://127.0.0.1:8000", description="The public address of the site, with scheme, no path.")
    also_hosts: list[str] = Field([], description="Further host names that lead to this site, such as www.")
    bind: str = Field("127.0.0.1", description="The address of this machine to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="The port to listen on.")
    time_zone: str = Field("Europe/London", description="The newsroom's time zone, an IANA name.")
    language: str = Field("en-gb", description="The language of the site.")
    database: str = Field("", description="Empty for SQLite in the newsroom's folder, or postgresql://user@host/name.")
    database_password: SecretStr = Field(SecretStr(""), description="Password of the PostgreSQL user.")
    secret: SecretStr = Field(description="What passes, links and sessions are signed with; 32 characters or more.")
    secret_before: SecretStr = Field(SecretStr(""), description="The former secret, valid beside the new one.")
    mail: str = Field("", description="smtp://user@host:587 or smtps://…; empty keeps mail in the folder `mail`.")
    mail_password: SecretStr = Field(SecretStr(""), description="Password of the mail server's user.")
    mail_from: str = Field("newsroom@localhost", description="The address that mail comes from.")
    letters_through: Transport = Field("smtp", description="What takes letters to many: a mail server, or a provider.")
    letters_mail: str = Field("", description="A mail server for letters alone, as `mail` is written; empty: `mail`.")
    letters_password: SecretStr = Field(SecretStr(""), description="Password of that mail server's user.")
    letters_key: SecretStr = Field(SecretStr(""), description="The key that the provider of letters knows us by.")
    letters_api: str = Field("", description="Where the provider answers, when not at its usual address.")
    letters_fallback: Transport | Literal[""] = Field("", description="What takes letters when the first fails.")
    letters_fallback_key: SecretStr = Field(SecretStr(""), description="The key for it, when it is a provider.")
    letters_fallback_api: str = Field("", description="Where it answers, when not at its usual address.")
    letters_from: str = Field("", description="The address that letters come from; empty: `mail_from`.")
    letters_unsubscribe: str = Field(
        "", description="An address for unsubscribing by mail; what comes there must arrive in `returns_mailbox`."
    )
    letters_a_minute: Annotated[int, Field(ge=0)] = Field(
        1000, description="How many letters a minute one receiving domain gets at most; 0: as many as it takes."
    )
    letters_patience: Annotated[int, Field(ge=1, le=600)] = Field(
        20, description="For how many seconds a mail server may be silent before letters are tried again later."
    )
    dkim_selector: str = Field("", description="The name under which the public key for signatures is in the DNS.")
    dkim_key: SecretStr = Field(SecretStr(""), description="The private key for DKIM signatures, PEM: RSA or Ed25519.")
    jitsi_app_id: str = Field("", description="The app id that a Jitsi server for calls knows us by.")
    jitsi_key: SecretStr = Field(SecretStr(""), description="Its secret (HS256), or a private key in PEM (RS256).")
    jitsi_key_id: str = Field("", description="With a private key: the id that the server knows it by.")
    returns_address: str = Field(
        "", description="Where letters that can't be delivered go back to; empty: `mail_from`."
    )
    returns_mailbox: str = Field("", description="The mailbox of that: imaps://user@host/INBOX, or maildir:/path.")
    returns_password: SecretStr = Field(SecretStr(""), description="Password of that mailbox's user.")
    hooks_password: SecretStr = Field(SecretStr(""), description="user:password that a mail provider's webhooks give.")
    dns_server: str = Field("", description="Who is asked about SPF, DKIM, DMARC, address:port; empty: the system's.")
    hooks_key: SecretStr = Field(SecretStr(""), description="The key that a mail provider signs its webhooks with.")
    stripe_mode: Literal["live", "test"] = Field("live", description="Whether Stripe's key moves money or only tries.")
    stripe_key: SecretStr = Field(SecretStr(""), description="The key that Stripe knows us by: rk_live_… or sk_live_….")
    stripe_hook_secret: SecretStr = Field(SecretStr(""), description="What Stripe signs its webhooks with: whsec_….")
    stripe_hook_secret_before: SecretStr = Field(SecretStr(""), description="The former one, valid beside the new one.")
    stripe_api: str = Field("", description="Where a Stripe of your own for tests answers, on this machine alone.")
    gocardless_mode: Literal["live", "sandbox"] = Field("live", description="Whether its token moves money or tries.")
    gocardless_token: SecretStr = Field(SecretStr(""), description="The access token that GoCardless knows us by.")
    gocardless_hook_secret: SecretStr = Field(SecretStr(""), description="What GoCardless signs its webhooks with.")
    gocardless_hook_secret_before: SecretStr = Field(SecretStr(""), description="The former one, valid beside it.")
    gocardless_api: str = Field("", description="Where a GoCardless of your own for tests answers, on this machine.")
    web_processes: Annotated[int, Field(ge=1, le=64)] = Field(1, description="How many web processes serve.")
    print_memory_mb: Annotated[int, Field(ge=4, le=4096)] = Field(64, description="Memory for prints, a process.")
    behind_proxy: bool = Field(False, description="Whether a proxy of yours sets X-Forwarded-For.")
    limits: dict[str, str] = Field(
        {}, description='Limits other than usual, by name: `"money.begun-by-address" = "40/15 minutes"`.'
    )
    attack_from: Annotated[int, Field(ge=5, le=10_000)] = Field(
        20, description="So many first payments must have ended within an hour before declined ones can be an attack."
    )
    attack_share: Annotated[int, Field(ge=10, le=100)] = Field(
        50, description="Percent of them that must have been declined for it to be one: then the least amount rises."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is written to the log.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then the newsroom's TOML file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone: use a name such as Europe/London")
        return value

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"{value!r} is no address: use https://host, without a path")
        return value.rstrip("/")

    @field_validator("secret")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 32:
            raise ValueError("it has fewer than 32 characters: `masthead new` makes a good one")
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> "Config":
        if urlsplit(self.address).scheme == "http" and self.host not in LOOPBACK:
            raise ValueError("address: http is for this machine alone; use https:// for a public host")
        return self

    @field_validator("limits")
    @classmethod
    def _are_limits(cls, value: dict[str, str]) -> dict[str, str]:
        for name, said in value.items():
            if not LIMIT.fullmatch(said):
                raise ValueError(f"{name}: {said!r} is no limit: write how often in which time, such as 40/15 minutes")
        return value

    @field_validator("stripe_hook_secret", "stripe_hook_secret_before")
    @classmethod
    def _signs_webhooks(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith("whsec_"):
            raise ValueError("it is no signing secret of a webhook: use the one that begins with whsec_")
        return value

    @model_validator(mode="after")
    def _pays_where_it_should(self) -> "Config":
        key, mode = self.stripe_key.get_secret_value(), self.stripe_mode
        if key and not key.startswith(STRIPE_KEYS[mode]):
            other = "test" if mode == "live" else "live"
            if key.startswith(STRIPE_KEYS[other]):
                cure = f"use {' or '.join(prefix + '…' for prefix in STRIPE_KEYS[mode])}, or set stripe_mode to {other}"
                raise ValueError(f"stripe_key: it is a {other} key, but stripe_mode is {mode}: {cure}")
            raise ValueError(f"stripe_key: it is no secret key of Stripe: use {STRIPE_KEYS[mode][1]}…")
        if bool(key) != bool(self.stripe_hook_secret.get_secret_value()):
            missing = "stripe_hook_secret" if key else "stripe_key"
            raise ValueError(f"{missing}: is missing, and the other of the two is set: without both no money is taken")
        if self.stripe_api and (mode != "test" or urlsplit(self.stripe_api).hostname not in LOOPBACK):
            raise ValueError("stripe_api: is for tests alone: with stripe_mode test, and on this machine")
        if key and mode == "live" and (self.home / "this-is-a-demo").exists():
            raise ValueError("stripe_key: a demonstration moves no money: set stripe_mode to test, with a test key")
        return self

    @model_validator(mode="after")
    def _debits_where_it_should(self) -> "Config":
        token, mode = self.gocardless_token.get_secret_value(), self.gocardless_mode
        if token and not token.startswith(f"{mode}_"):
            other = "sandbox" if mode == "live" else "live"
            if token.startswith(f"{other}_"):
                cure = f"use {mode}_…, or set gocardless_mode to {other}"
                raise ValueError(f"gocardless_token: it is a {other} token, but gocardless_mode is {mode}: {cure}")
            raise ValueError(f"gocardless_token: it is no access token of GoCardless: use {mode}_…")
        secret = self.gocardless_hook_secret.get_secret_value()
        if bool(token) != bool(secret):
            missing = "gocardless_hook_secret" if token else "gocardless_token"
            raise ValueError(f"{missing}: is missing, and the other of the two is set: without both no money is taken")
        if secret and secret.startswith(("live_", "sandbox_")):
            raise ValueError("gocardless_hook_secret: it is an access token: use the secret of the webhook endpoint")
        if self.gocardless_api and (mode != "sandbox" or urlsplit(self.gocardless_api).hostname not in LOOPBACK):
            raise ValueError("gocardless_api: is for tests alone: with gocardless_mode sandbox, and on this machine")
        if token and mode == "live" and (self.home / "this-is-a-demo").exists():
            raise ValueError("gocardless_token: a demonstration moves no money: set gocardless_mode to sandbox")
        return self

    def limit(self, name: str) -> tuple[int, int] | None:
        """How often within how many seconds, where a limit is other than usual."""
        found = LIMIT.fullmatch(self.limits.get(name, ""))
        return (int(found[1]), int(found[2] or 1) * SECONDS[found[3]]) if found else None

    @property
    def host(self) -> str:
        """The host name of the public address, without port."""
        return urlsplit(self.address).hostname or ""

    @property
    def secure(self) -> bool:
        """Whether readers reach the site by https, so that cookies are Secure and bear the __Host- prefix."""
        return self.address.startswith("https://")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets in force, newest first."""
        both = (self.secret.get_secret_value(), self.secret_before.get_secret_value())
        return tuple(secret for secret in both if secret)

    @property
    def database_file(self) -> Path:
        """Where the SQLite database is, when it is one."""
        return self.home / "newsroom.sqlite3"

    @property
    def media(self) -> Path:
        """Files that anyone may fetch: renditions, films."""
        return self.home / "media"

    @property
    def originals(self) -> Path:
        """Pictures as they were uploaded, location and all: never served."""
        return self.home / "originals"

    @property
    def state(self) -> Path:
        """What can be lost without harm: prints, epoch, collected static files, sockets."""
        return self.home / "state"

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration: a folder that `masthead demo` made, on the loopback address."""
        return (self.home / "this-is-a-demo").exists() and self.host in LOOPBACK and self.bind in LOOPBACK


def _file() -> Path:
    return Path(os.environ.get(PREFIX + "HOME", ".")) / "masthead.toml"


@lru_cache(maxsize=1)
def load() -> Config:
    """The settings in force. Raises BadConfig, one line that names the setting, when one is wrong."""
    given: dict[str, Any] = {}
    path = _file()
    try:
        written = tomllib.loads(path.read_text()) if path.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"{path.name}: not TOML: {error}") from None
    for name in SECRETS:
        if name in written:
            raise BadConfig(f"{name}: a secret does not belong in {path.name}: set {PREFIX}{name.upper()} instead")
    if PREFIX + "HOME" not in os.environ and "home" not in written:
        given["home"] = Path.cwd()
    try:
        return Config(**given)
    except ValidationError as error:
        first = error.errors()[0]
        hint = "is missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
        name = str(first["loc"][0]) if first["loc"] else hint.partition(": ")[0]
        in_file = "" if name in SECRETS else f" (or `{name}` in masthead.toml)"
        raise BadConfig(f"{PREFIX}{name.upper()}{in_file}: {hint.removeprefix(f'{name}: ')}") from None
