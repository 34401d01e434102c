"""The stand-alone node: a bare Flask application with Maillage on it."""

import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from actors.node import EXTENSION, utc_now
from federation.client import Client
from flask_maillage.extension import Maillage
from flask_maillage.people.session import init_login
from flask_maillage.setting_list import PREFIX, SETTINGS
from flask_maillage.settings import SettingError
from flask_maillage.web.errors import show_error

SETTINGS_FILE = "settings.toml"
FOR_NO_ROBOT = ("search", "sign-in", "account", "oembed", "interact", "authorize_interaction")


def create_app(config: Mapping[str, Any] | None = None, *, clock: Any = utc_now, client: Client | None = None) -> Flask:
    """Return the application of a node.

    Args:
        config: settings that count before the environment's and the file's (`{"MAILLAGE_BASE_URL": …}`).
        clock: returns the present moment, with a time zone.
        client: the outbound client, in place of the one made from the settings.

    Raises:
        SettingError: a setting is missing or wrong.
    """
    app = Flask("flask_maillage", static_folder=None, template_folder=None)
    app.config.update(_from_file(config or {}))
    app.config.update(config or {})
    Maillage(app, clock=clock, client=client)
    node = app.extensions[EXTENSION]
    chosen = node.state["settings"]
    app.secret_key = node.secret.derive("sessions")
    app.config.setdefault("MAX_CONTENT_LENGTH", 16 * 1024 * 1024)
    init_login(app)
    app.register_error_handler(HTTPException, show_error)
    app.add_url_rule("/robots.txt", "robots", _robots(chosen.base_url, chosen.prefix))
    if chosen.trusted_proxies:
        count = chosen.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    return app


def _robots(base_url: str, prefix: str) -> Callable[[], Response]:
    """Return the view that tells search engines where to begin, and what is the same in other words."""
    kept_out = "".join(
        f"Disallow: {prefix}/{path}\n"
        for path in ("search", "sign-in", "account", "oembed", "interact", "authorize_interaction")
    )
    text = f"User-agent: *\n{kept_out}\nSitemap: {base_url}/sitemap.xml\n"
    return lambda: Response(text, content_type="text/plain; charset=utf-8")


def _from_file(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the file in the data folder that neither `config` nor the environment gives."""
    folder = config.get(f"{PREFIX}DATA") or os.environ.get(f"{PREFIX}DATA") or "node"
    path = Path(folder) / SETTINGS_FILE
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingError(f"{path} cannot be read ({error}): correct it, or run `maillage init` again.") from None
    known = {setting.name.lower() for setting in SETTINGS}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingError(f"{path} has a setting that there is not, {unknown[0]}: see docs/settings.md.")
    names = {f"{PREFIX}{name.upper()}": value for name, value in values.items()}
    return {name: value for name, value in names.items() if name not in os.environ}
