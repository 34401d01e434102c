"""A missing or wrong setting is told in one sentence that names the setting and the remedy."""

import socket
import stat
import threading
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from actors.database import BIND
from flask_maillage import create_app, settings
from flask_maillage.setting_list import PREFIX, SETTINGS
from flask_maillage.settings import SettingError

BASE = {"MAILLAGE_BASE_URL": "https://network.example"}
TRIAL = {"MAILLAGE_BASE_URL": "http://127.0.0.1:8000", "MAILLAGE_ALLOWED_NETWORKS": "127.0.0.0/8"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting but the test's own, and the data folder in a place of the test's own."""
    for setting in SETTINGS:
        monkeypatch.delenv(PREFIX + setting.name, raising=False)
    monkeypatch.setenv("MAILLAGE_DATA", str(tmp_path / "node"))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the names of hosts resolve to in the test; others are unknown."""
    known: dict[str, str] = {}

    def resolve(host: str, port: Any, *rest: Any, **more: Any) -> list[Any]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown in the tests")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known[host], 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


def read(**more: Any) -> settings.Settings:
    return settings.read(BASE | {f"MAILLAGE_{name}": value for name, value in more.items()})


def refusal(config: dict[str, Any]) -> str:
    with pytest.raises(SettingError) as caught:
        settings.read(config)
    return str(caught.value)


def test_a_provider_is_named_whole_by_a_safe_address_and_with_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {"OIDC_ISSUER": "https://login.example/", "OIDC_CLIENT_ID": "node", "OIDC_CLIENT_SECRET": "secret"}
    chosen = read(**whole)
    assert (chosen.oidc_issuer, chosen.oidc_name) == ("https://login.example/", "login.example")
    for name in whole:
        assert "go together" in refusal(
            BASE | {f"MAILLAGE_{key}": value for key, value in whole.items() if key != name}
        )
    for wrong in ("http://login.example", "login.example", "https://login.example?x=1"):
        values = whole | {"OIDC_ISSUER": wrong}
        assert "MAILLAGE_OIDC_ISSUER is" in refusal(BASE | {f"MAILLAGE_{key}": one for key, one in values.items()})
    monkeypatch.setattr(settings, "find_spec", lambda name: None)
    assert "flask-maillage[oidc]" in refusal(BASE | {f"MAILLAGE_{key}": value for key, value in whole.items()})


def test_only_the_base_url_has_to_be_set(tmp_path: Path) -> None:
    chosen = settings.read(BASE)

    assert chosen.base_url == "https://network.example"
    assert chosen.prefix == ""
    assert chosen.database_url == f"sqlite:///{tmp_path}/node/maillage.sqlite3"
    assert [setting.name for setting in SETTINGS if setting.default is None] == ["BASE_URL"]


def test_every_setting_is_declared_once_and_read() -> None:
    declared = [setting.name for setting in SETTINGS]

    assert declared == list(dict.fromkeys(declared))
    assert {name.lower() for name in declared} == {field.name for field in fields(settings.Settings)}
    assert all(setting.help.endswith((".", "; tests.")) for setting in SETTINGS)


OPENID = {"OIDC_ISSUER": "https://login.example/", "OIDC_CLIENT_ID": "node", "OIDC_CLIENT_SECRET": "secret"}
"""What is set together or not at all."""


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_can_come_from_the_environment(setting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "BASE_URL": "https://other.example",
        "DATA": "/tmp",
        "DATABASE_URL": "sqlite:////tmp/other.sqlite3",
        "SECRET": "s" * 40,
        "LANGUAGE": "fr",
        "SOURCE_URL": "https://code.example/",
        "ALLOWED_NETWORKS": "10.0.0.0/8",
        "CA_BUNDLE": __file__,
        "FEDERATION": "archipelago",
        "MAIL_SECURITY": "none",
        "MAIL_SENDER": "network@example.org",
        "WELL_KNOWN": "off",
        "GEOCODER": "photon",
        "GEOCODER_URL": "https://photon.example",
        "MAP_TILES": "https://tiles.example/{z}/{x}/{y}.png",
        "SIGN_UP": "approval",
        "FOUNDING": "members",
        "PARTNERS": "approval",
        **OPENID,
        "INBOX_RATE": "7 per second",
        "AUTHORISED_FETCH": "on",
        "RATES": "bad signatures: 7 per second, new actors: 9 per hour",
    }
    text = values.get(setting.name, "3")
    monkeypatch.setenv("MAILLAGE_BASE_URL", "https://unknown.invalid")
    monkeypatch.setenv(f"MAILLAGE_{setting.name}", text)
    for name in OPENID.keys() - {setting.name} if setting.name in OPENID else ():
        monkeypatch.setenv(f"MAILLAGE_{name}", OPENID[name])

    found = getattr(settings.read({}), setting.name.lower())

    expected = {"DATA": Path("/tmp"), "WELL_KNOWN": False, "AUTHORISED_FETCH": True}
    expected["RATES"] = {"bad signatures": "7 per second", "new actors": "9 per hour"}
    if setting.name == "ALLOWED_NETWORKS":
        assert [str(network) for network in found] == ["10.0.0.0/8"]
    else:
        assert found == expected.get(setting.name, setting.kind(text))


@pytest.mark.parametrize(
    ("name", "value"), [("GEOCODER", "google"), ("GEOCODER_URL", "photon"), ("GEOCODER_URL", "https://x.example/?q=1")]
)
def test_a_geocoder_that_is_none_is_refused(name: str, value: str) -> None:
    config = {"MAILLAGE_BASE_URL": "https://network.example", f"MAILLAGE_{name}": value}

    assert refusal(config).startswith(f"MAILLAGE_{name} is {value!r}")


def test_configuration_counts_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_NAME", "From the environment")

    assert read(NAME="From the configuration").name == "From the configuration"
    assert read().name == "From the environment"


@pytest.mark.parametrize("value", ["inbox", "inbox: often", "post: 7 per second", "inbox: 7 per second; new actors"])
def test_rates_that_are_no_rates_or_of_nothing_are_refused(value: str) -> None:
    assert refusal({"MAILLAGE_BASE_URL": "https://network.example", "MAILLAGE_RATES": value}).startswith(
        f"MAILLAGE_RATES has {value!r}: write it as `inbox: 600 per minute`"
    )


def test_missing_base_url_is_told_with_what_to_write() -> None:
    assert refusal({}).startswith("MAILLAGE_BASE_URL is missing: set it to the address of the node")


@pytest.mark.parametrize(
    "value",
    [
        "network.example",
        "ftp://network.example",
        "https://",
        "https://Network.example",
        "https://user@network.example",
        "https://network.example:0",
        "https://network.example:port",
        "https://network.example/?a=b",
        "https://network.example/#top",
        "https://net work.example",
        "https://[::1",
    ],
)
def test_malformed_base_url_is_told_with_how_to_write_it(value: str) -> None:
    text = refusal({"MAILLAGE_BASE_URL": value})

    assert text.startswith(f"MAILLAGE_BASE_URL is {value!r}: write it as https://network.example")


@pytest.mark.parametrize(
    ("value", "base_url", "prefix"),
    [
        ("https://network.example/", "https://network.example", ""),
        ("https://network.example:8443", "https://network.example:8443", ""),
        ("https://network.example/le/maillage/", "https://network.example/le/maillage", "/le/maillage"),
    ],
)
def test_path_of_the_base_url_is_the_prefix(value: str, base_url: str, prefix: str) -> None:
    chosen = settings.read({"MAILLAGE_BASE_URL": value})

    assert (chosen.base_url, chosen.prefix) == (base_url, prefix)


def test_plain_http_is_refused_unless_private_networks_are_open() -> None:
    text = refusal({"MAILLAGE_BASE_URL": "http://network.example"})

    assert "set MAILLAGE_ALLOWED_NETWORKS=127.0.0.0/8 too" in text
    assert settings.read(TRIAL).base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_private_networks_are_refused_where_everyone_reaches_the_node(address: str, names: dict[str, str]) -> None:
    names["network.example"] = address

    text = refusal(BASE | {"MAILLAGE_ALLOWED_NETWORKS": "10.0.0.0/8"})

    assert text.startswith("MAILLAGE_ALLOWED_NETWORKS opens private networks, but network.example is reachable by")
    assert text.endswith("by everyone: remove it.")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.2.3.4"])
def test_private_networks_may_be_open_where_only_they_reach_the_node(address: str, names: dict[str, str]) -> None:
    names["network.example"] = address

    assert len(read(ALLOWED_NETWORKS="127.0.0.0/8, 10.0.0.0/8").allowed_networks) == 2


@pytest.mark.parametrize("value", ["10.0.0.1/8", "localhost", "10.0.0.0/33", "10.0.0.0/8;11.0.0.0/8"])
def test_bad_network_is_told_with_how_to_write_one(value: str) -> None:
    text = refusal(TRIAL | {"MAILLAGE_ALLOWED_NETWORKS": value})

    assert text.startswith(f"MAILLAGE_ALLOWED_NETWORKS is {value!r}")
    assert text.endswith("write it as 127.0.0.0/8.")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET", "short", "MAILLAGE_SECRET is shorter than 32 characters: make a longer one."),
        ("LANGUAGE", "de", "MAILLAGE_LANGUAGE is 'de': the pages are there in en and fr."),
        ("CA_BUNDLE", "/no/such/file", "correct the path or leave it out"),
        ("SOURCE_URL", "javascript:alert(1)", "MAILLAGE_SOURCE_URL is 'javascript:alert(1)': write it as https://"),
        ("INBOX_RATE", "many", "MAILLAGE_INBOX_RATE is 'many': write it as 600 per minute."),
        ("DATABASE_URL", "mysql://host/name", "write it as postgresql://user:password@host/name"),
        ("DATABASE_URL", "not an address", "write it as postgresql://user:password@host/name"),
        ("WELL_KNOWN", "perhaps", "MAILLAGE_WELL_KNOWN is 'perhaps', which is not of type bool: correct it."),
        ("CARRIERS", "four", "MAILLAGE_CARRIERS is 'four', which is not of type int: correct it."),
        ("CARRIERS", True, "MAILLAGE_CARRIERS is True, which is not of type int: correct it."),
        ("CARRIERS", 0, "MAILLAGE_CARRIERS is 0: it has to be between 1 and 64."),
        ("LEASE_SECONDS", -1, "MAILLAGE_LEASE_SECONDS is -1: it has to be between 1 and 86400."),
        ("LEASE_SECONDS", 10**17, "it has to be between 1 and 86400."),
        ("TRUSTED_PROXIES", -1, "MAILLAGE_TRUSTED_PROXIES is -1: it has to be between 0 and 10."),
        ("NAME", ["a", "list"], "which is not of type str: correct it."),
    ],
)
def test_wrong_value_is_told_with_the_remedy(name: str, value: Any, told: str) -> None:
    assert told in refusal(BASE | {f"MAILLAGE_{name}": value})


def test_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")

    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        assert "set MAILLAGE_DATA to one that may be written to" in refusal(BASE | {"MAILLAGE_DATA": str(folder)})


def test_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = read().secret
    path = tmp_path / "node" / "secret"

    assert len(first) >= 32
    assert read().secret == first == path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    secrets: list[str] = []
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait()
        secrets.append(read().secret)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(secrets) == 8
    assert set(secrets) == {(tmp_path / "node" / "secret").read_text()}
    assert [path.name for path in (tmp_path / "node").iterdir()] == ["secret"]


def test_damaged_secret_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "secret").write_text("")

    assert "is damaged: put the one of your backup there" in refusal(BASE)
    assert (tmp_path / "node" / "secret").read_text() == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("base_url = ", "cannot be read"),
        ("colour = 'green'\n", "has a setting that there is not, colour: see docs/settings.md."),
        ("carriers = 'many'\n", "MAILLAGE_CARRIERS is 'many'"),
    ],
)
def test_wrong_settings_file_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "settings.toml").write_text(text)

    with pytest.raises(SettingError) as caught:
        create_app(BASE)
    assert told in str(caught.value)


def test_file_counts_after_configuration_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "settings.toml").write_text(
        'base_url = "https://file.example"\nname = "File"\ndescription = "File"\nwell_known = false\n'
    )
    monkeypatch.setenv("MAILLAGE_NAME", "Environment")
    monkeypatch.setenv("MAILLAGE_DESCRIPTION", "Environment")

    chosen = create_app({"MAILLAGE_NAME": "Configuration"}).extensions["maillage"].state["settings"]

    assert (chosen.base_url, chosen.name, chosen.description, chosen.well_known) == (
        "https://file.example",
        "Configuration",
        "Environment",
        False,
    )


@pytest.mark.parametrize("address", ["https://code.example/maillage", ""])
def test_source_code_is_linked_where_the_setting_names_it(address: str) -> None:
    app = create_app(BASE | {"MAILLAGE_SOURCE_URL": address})
    app.test_cli_runner().invoke(args=["maillage", "db", "upgrade"])

    page = app.test_client().get("/").text

    assert ("Source code" in page) is bool(address)
    assert (f'href="{address}"' in page) is bool(address)
    with app.app_context():
        app.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.mark.parametrize(
    "address",
    ["https://tiles.example/", "ftp://tiles.example/{z}/{x}/{y}", "https://a.example/{z}/{x}/{y}; script-src *"],
)
def test_address_of_tiles_is_one(address: str) -> None:
    with pytest.raises(SettingError, match="MAILLAGE_MAP_TILES"):
        settings.read({**BASE, "MAILLAGE_MAP_TILES": address})
