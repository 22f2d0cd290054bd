"""The environment, read once at the edges and handed down. Every setting is `SOSU_…` there or in a `.env` file."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from engine.refusal import Refused


def _data(name: str) -> Path:
    return user_data_path("sosu-onboarding", appauthor=False) / name


class Settings(BaseSettings):
    """`mail_url` is an Apprise mail address without its recipient; unset, messages become files in `outbox_dir`.
    `sms_url` is an Apprise SMS address without its recipient, `webhook_secret` signs webhooks; unset, there are none.
    `own_hosts`, names of machines with commas between, may be called at addresses that staff type, wherever they are.
    `postgres_bin` is the folder with PostgreSQL's `pg_dump` and `pg_restore`; unset, the system finds them.
    `operations`, a channel and an address with a space between, hear of a channel that reaches nobody. Above
    `most_an_hour` messages one person's are gathered. In `templates_dir` are the municipality's own words for messages.

    `host` and `port` are where the page listens, as so many processes (`workers`), and `assets_dir` what npm installed
    for it. `trusted_proxies`, addresses or networks, are believed about whom they ask for. The `oidc_` ones are read by
    `web.openid.chosen`; without an issuer nobody signs in that way. Intervals are in minutes. In so many `shards` the
    sweep of a track is shared out among several machines; on one machine it is not.
    """

    model_config = SettingsConfigDict(env_prefix="SOSU_", env_file=".env", env_file_encoding="utf-8", extra="ignore")

    database_url: str = Field(default_factory=lambda: f"sqlite:///{_data('sosu.db')}")
    key_file: Path = Field(default_factory=lambda: _data("keys.json"))
    postgres_bin: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    trusted_proxies: str = "127.0.0.1"
    assets_dir: Path = Field(default_factory=lambda: Path(__file__).resolve().parent / "node_modules")
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_claim: str = "roles"
    oidc_roles: str | None = None
    mail_url: str | None = None
    sms_url: str | None = None
    webhook_secret: SecretStr | None = None
    own_hosts: str = ""
    operations: str | None = None
    most_an_hour: int = Field(default=30, ge=1)
    outbox_dir: Path = Field(default_factory=lambda: _data("outbox"))
    templates_dir: Path | None = None
    prefect_dir: Path = Field(default_factory=lambda: _data("prefect"))
    prefect_port: int = Field(default=4207, ge=1, le=65535)
    sweep_every: float = Field(default=60, ge=0.2)
    deliver_every: float = Field(default=1, ge=0.2)
    shards: int = Field(default=2, ge=1, le=64)

    @field_validator("public_url")
    @classmethod
    def _whole(cls, said: str) -> str:
        """Links in messages begin with it, and whether a cookie may travel unsealed follows from it."""
        parts = urlsplit(said.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not a web address")
        return urlunsplit(parts).rstrip("/")

    @field_validator("templates_dir", "postgres_bin", mode="before")
    @classmethod
    def _named(cls, said: object) -> object:
        """Left empty it is none; as a path it would be the folder where the program was started."""
        return said or None

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, said: str) -> str:
        """What is no address would never match, and »*« would believe whatever anybody says of themselves."""
        for one in said.split(","):
            if ip_network(one.strip()).prefixlen == 0:
                raise ValueError("everybody is no proxy")
        return said


def load() -> Settings:
    """Raises `Refused` with one sentence for each setting that cannot be used, or for a `.env` that cannot be read."""
    try:
        return Settings()
    except UnicodeDecodeError:
        raise Refused("Filen .env er ikke gemt som UTF-8, så æ, ø og å ikke kan læses. Gem den som UTF-8.") from None
    except OSError:
        raise Refused("Filen .env kan ikke læses. Giv programmet adgang til den.") from None
    except ValidationError as error:
        wrong = (f"SOSU_{'_'.join(map(str, e['loc'])).upper()}" for e in error.errors())
        raise Refused(*(f"Indstillingen {name} har en værdi, der ikke kan bruges." for name in wrong)) from None
