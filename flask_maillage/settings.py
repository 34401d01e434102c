"""The settings of one application: read, checked, each refusal in one sentence that names the remedy.

A setting is read from the application's configuration (`MAILLAGE_NAME`), else from the environment variable of that
name; a stand-alone node reads the file `settings.toml` of its data folder before these two.
"""

import ipaddress
import os
import secrets
import socket
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import limits
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from actors.rates import RATES
from federation.activities import is_web_iri
from federation.addresses import Network, is_allowed_address
from flask_maillage.mail.addresses import deliverable
from flask_maillage.mail.server import NONE, STARTTLS, TLS
from flask_maillage.setting_list import (
    ARCHIPELAGO,
    BOUNDS,
    FOUNDINGS,
    GEOCODERS,
    OPEN,
    PARTNERSHIPS,
    PREFIX,
    SETTINGS,
    SIGN_UPS,
    Setting,
)

SHORTEST_SECRET = 32
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class SettingError(Exception):
    """A setting is missing or wrong; the text is one sentence that names it and the remedy."""


@dataclass(frozen=True)
class Settings:
    """The settings of one application, checked."""

    base_url: str
    data: Path
    database_url: str
    secret: str
    name: str
    description: str
    language: str
    source_url: str
    allowed_networks: tuple[Network, ...]
    ca_bundle: str | None
    federation: str
    well_known: bool
    trusted_proxies: int
    lease_seconds: int
    inbox_rate: str
    authorised_fetch: bool
    poll_hours: int
    rates: Mapping[str, str]
    carriers: int
    deliveries_per_host: int
    mail_server: str
    mail_port: int
    mail_security: str
    mail_user: str
    mail_password: str
    mail_sender: str
    image_mb: int
    document_mb: int
    files_mb: int
    copied_images_mb: int
    sign_up: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_name: str
    founding: str
    foundings_per_month: int
    partners: str
    place: str
    guest_days: int
    map_tiles: str
    map_attribution: str
    geocoder: str
    geocoder_url: str
    web_processes: int
    web_threads: int

    @property
    def prefix(self) -> str:
        """The path of the base URL, under which all routes but `/.well-known` lie; empty at the root."""
        return urlsplit(self.base_url).path.rstrip("/")


def read(config: Mapping[str, Any]) -> Settings:
    """Read the settings of an application.

    Raises:
        SettingError: one of them is missing or wrong.
    """
    values = {setting.name: _value(setting, config) for setting in SETTINGS}
    base_url = _base_url(values["BASE_URL"])
    data = Path(values["DATA"]).expanduser().resolve()
    networks = _networks(values["ALLOWED_NETWORKS"])
    _refuse_networks_in_public(base_url, networks)
    _check_numbers(values)
    return Settings(
        base_url=base_url,
        data=data,
        database_url=_database_url(values["DATABASE_URL"]) or f"sqlite:///{_folder(data) / 'maillage.sqlite3'}",
        secret=_secret(values["SECRET"], data),
        name=values["NAME"],
        description=values["DESCRIPTION"],
        language=_language(values["LANGUAGE"]),
        source_url=_source_url(values["SOURCE_URL"]),
        allowed_networks=networks,
        ca_bundle=_file(values["CA_BUNDLE"]),
        federation=_federation(values["FEDERATION"]),
        well_known=values["WELL_KNOWN"],
        trusted_proxies=values["TRUSTED_PROXIES"],
        lease_seconds=values["LEASE_SECONDS"],
        inbox_rate=_rate(values["INBOX_RATE"]),
        authorised_fetch=values["AUTHORISED_FETCH"],
        poll_hours=values["POLL_HOURS"],
        rates=_rates(values["RATES"]),
        carriers=values["CARRIERS"],
        deliveries_per_host=values["DELIVERIES_PER_HOST"],
        **_mail(values, base_url),
        image_mb=values["IMAGE_MB"],
        document_mb=values["DOCUMENT_MB"],
        files_mb=values["FILES_MB"],
        copied_images_mb=values["COPIED_IMAGES_MB"],
        sign_up=_one_of("SIGN_UP", values, SIGN_UPS),
        **_oidc(values, networks),
        founding=_one_of("FOUNDING", values, FOUNDINGS),
        foundings_per_month=values["FOUNDINGS_PER_MONTH"],
        partners=_one_of("PARTNERS", values, PARTNERSHIPS),
        place=values["PLACE"],
        guest_days=values["GUEST_DAYS"],
        map_tiles=_tiles(values["MAP_TILES"]),
        map_attribution=values["MAP_ATTRIBUTION"],
        geocoder=_one_of("GEOCODER", values, GEOCODERS),
        geocoder_url=_address("GEOCODER_URL", values["GEOCODER_URL"]),
        web_processes=values["WEB_PROCESSES"],
        web_threads=values["WEB_THREADS"],
    )


def _tiles(address: str) -> str:
    """Return the address of a tile server as maps fill it in; it becomes a part of the policy of the page."""
    if not address:
        return ""
    plain = address.replace("{s}", "a").replace("{r}", "")
    for part in ("{z}", "{x}", "{y}"):
        if part not in plain:
            raise SettingError(f"MAILLAGE_MAP_TILES needs {part}, as in https://tiles.example/{{z}}/{{x}}/{{y}}.png.")
        plain = plain.replace(part, "0")
    host = urlsplit(plain).hostname
    if not is_web_iri(plain) or not host or any(sign in address for sign in " ;,'\"<>"):
        raise SettingError("MAILLAGE_MAP_TILES is not the address of a tile server.")
    return address


def _address(name: str, value: str) -> str:
    """Return the address of a service, without a slash at its end; empty where none is set."""
    if value and (not is_web_iri(value) or "?" in value or "#" in value):
        raise SettingError(f"{PREFIX}{name} is {value!r}: write it as https://service.example.")
    return value.rstrip("/")


def _value(setting: Setting, config: Mapping[str, Any]) -> Any:
    name = PREFIX + setting.name
    value = config.get(name)
    if value is None:
        value = os.environ.get(name)
    if value is None:
        value = setting.default
    try:
        return _typed(setting.kind, value)
    except ValueError:
        raise SettingError(f"{name} is {value!r}, which is not of type {setting.kind.__name__}: correct it.") from None


def _typed(kind: type, value: Any) -> Any:
    if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
        return value
    if kind is bool:
        word = str(value).lower()
        if word not in YES | NO:
            raise ValueError(value)
        return word in YES
    if isinstance(value, str) and kind is int:
        return int(value)
    raise ValueError(value)


def _base_url(value: str | None) -> str:
    if not value:
        raise SettingError(
            "MAILLAGE_BASE_URL is missing: set it to the address of the node, as https://network.example "
            "(`maillage init` asks for it once and keeps it)."
        )
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and parts.port != 0
        valid = valid and is_web_iri(value)
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.netloc != parts.netloc.lower():
        raise SettingError(
            f"MAILLAGE_BASE_URL is {value!r}: write it as https://network.example, in small letters, "
            "with a path only where the node is mounted under one."
        )
    return value.rstrip("/")


def _networks(value: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError as error:
        raise SettingError(f"MAILLAGE_ALLOWED_NETWORKS is {value!r} ({error}): write it as 127.0.0.0/8.") from None


def _refuse_networks_in_public(base_url: str, networks: tuple[Network, ...]) -> None:
    """Refuse to open private networks on a node that the world can reach (`design.md` §4)."""
    if not networks:
        if base_url.startswith("http://"):
            raise SettingError(
                f"MAILLAGE_BASE_URL is {base_url!r}: other servers speak https only; for a trial on this machine set "
                "MAILLAGE_ALLOWED_NETWORKS=127.0.0.0/8 too."
            )
        return
    host = urlsplit(base_url).hostname or ""
    try:
        addresses = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return
    if any(is_allowed_address(address, allowed_networks=()) for address in addresses):
        raise SettingError(
            f"MAILLAGE_ALLOWED_NETWORKS opens private networks, but {host} is reachable by everyone: remove it."
        )


def _check_numbers(values: Mapping[str, Any]) -> None:
    for name, (least, most) in BOUNDS.items():
        if not least <= values[name] <= most:
            raise SettingError(f"{PREFIX}{name} is {values[name]}: it has to be between {least} and {most}.")


def _mail(values: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """Read what is said of mail; a password goes over no line that others may read."""
    names = ("MAIL_SERVER", "MAIL_PORT", "MAIL_SECURITY", "MAIL_USER", "MAIL_PASSWORD", "MAIL_SENDER")
    found = {name.lower(): values[name] for name in names}
    security = found["mail_security"]
    if security not in (STARTTLS, TLS, NONE):
        raise SettingError(f"MAILLAGE_MAIL_SECURITY is {security!r}: choose {STARTTLS}, {TLS} or {NONE}.")
    if found["mail_password"] and security == NONE:
        raise SettingError("MAILLAGE_MAIL_PASSWORD would be readable on its way: set MAILLAGE_MAIL_SECURITY to tls.")
    if found["mail_sender"] and deliverable(found["mail_sender"]) is None:
        raise SettingError(f"MAILLAGE_MAIL_SENDER is {found['mail_sender']!r}: write it as network@example.org.")
    found["mail_sender"] = found["mail_sender"] or f"noreply@{urlsplit(base_url).hostname}"
    return found


def _oidc(values: Mapping[str, Any], networks: tuple[Network, ...]) -> dict[str, Any]:
    """Read what is said of signing in elsewhere; the issuer is compared to the letter, so nothing of it is changed."""
    found = {
        name.lower(): values[name] for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME")
    }
    issuer = found["oidc_issuer"]
    if len({bool(found[name]) for name in ("oidc_issuer", "oidc_client_id", "oidc_client_secret")}) > 1:
        raise SettingError(
            "MAILLAGE_OIDC_ISSUER, MAILLAGE_OIDC_CLIENT_ID and MAILLAGE_OIDC_CLIENT_SECRET go together: "
            "set all three, or none."
        )
    if not issuer:
        return found
    is_safe = issuer.startswith("https://") or bool(networks)
    if not is_web_iri(issuer) or not is_safe or "?" in issuer or "#" in issuer:
        raise SettingError(f"MAILLAGE_OIDC_ISSUER is {issuer!r}: write it as https://login.example.")
    if find_spec("authlib") is None or find_spec("joserfc") is None:
        raise SettingError("MAILLAGE_OIDC_ISSUER needs Authlib: install it with `pip install 'flask-maillage[oidc]'`.")
    found["oidc_name"] = found["oidc_name"].strip() or urlsplit(issuer).hostname or issuer
    return found


def _one_of(name: str, values: Mapping[str, Any], choices: tuple[str, ...]) -> str:
    value: str = values[name]
    if value not in choices:
        raise SettingError(f"{PREFIX}{name} is {value!r}: choose one of {', '.join(choices)}.")
    return value


def _language(value: str) -> str:
    if value not in ("en", "fr"):
        raise SettingError(f"MAILLAGE_LANGUAGE is {value!r}: the pages are there in en and fr.")
    return value


def _federation(value: str) -> str:
    if value not in (OPEN, ARCHIPELAGO):
        raise SettingError(f"MAILLAGE_FEDERATION is {value!r}: choose {OPEN} or {ARCHIPELAGO}.")
    return value


def _source_url(value: str) -> str:
    if value and not is_web_iri(value):
        raise SettingError(f"MAILLAGE_SOURCE_URL is {value!r}: write it as https://code.example/maillage.")
    return value


def _rate(value: str) -> str:
    try:
        limits.parse(value)
    except ValueError:
        raise SettingError(f"MAILLAGE_INBOX_RATE is {value!r}: write it as 600 per minute.") from None
    return value


def _rates(value: str) -> dict[str, str]:
    """Read changes to the rates of `actors/rates.py`, by their names there."""
    changes = {}
    for part in filter(None, (piece.strip() for piece in value.split(","))):
        name, _, rate = (word.strip() for word in part.partition(":"))
        try:
            limits.parse(rate)
        except ValueError:
            rate = ""
        if name not in RATES or not rate:
            raise SettingError(
                f"MAILLAGE_RATES has {part!r}: write it as `inbox: 600 per minute`; known are {', '.join(RATES)}."
            )
        changes[name] = rate
    return changes


def _database_url(value: str) -> str:
    try:
        backend = make_url(value).get_backend_name() if value else "sqlite"
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise SettingError(
            "MAILLAGE_DATABASE_URL is no address of a database that we can use: write it as "
            "postgresql://user:password@host/name, or leave it out for one SQLite file."
        )
    if backend != "sqlite" and find_spec("psycopg") is None:
        raise SettingError("MAILLAGE_DATABASE_URL names PostgreSQL: install it with `pip install 'psycopg[binary]'`.")
    return value


def _file(value: str) -> str | None:
    if value and not Path(value).is_file():
        raise SettingError(f"MAILLAGE_CA_BUNDLE is {value!r}, which is not a file: correct the path or leave it out.")
    return value or None


def _folder(data: Path) -> Path:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingError(
            f"The folder {data} cannot be made ({error.strerror}): set MAILLAGE_DATA to one that may be written to."
        ) from None
    if not os.access(data, os.W_OK | os.X_OK):
        raise SettingError(f"The folder {data} may not be written to: set MAILLAGE_DATA to one that may be.")
    return data


def _secret(value: str, data: Path) -> str:
    """Return the secret: as set, else from the file in the data folder, made at the first start."""
    if value:
        if len(value) < SHORTEST_SECRET:
            raise SettingError(f"MAILLAGE_SECRET is shorter than {SHORTEST_SECRET} characters: make a longer one.")
        return value
    path = _folder(data) / "secret"
    if not path.exists():
        _make_secret(path)
    kept = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(kept) < SHORTEST_SECRET:
        raise SettingError(f"The file {path} is damaged: put the one of your backup there, or set MAILLAGE_SECRET.")
    return kept


def _make_secret(path: Path) -> None:
    """Write a new secret, whole or not at all; of two processes that start at once, one makes it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):
        os.link(temporary, path)
    os.unlink(temporary)
