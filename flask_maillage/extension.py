"""The door: `Maillage(app)` mounts the network on any Flask application."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from actors import engine, remote
from actors.database import BIND
from actors.node import EXTENSION, Node, utc_now
from actors.rates import Rates
from actors.secret import Secret
from actors.views import documents
from actors.well_known import well_known
from federation.client import Client
from flask_maillage import settings
from flask_maillage.cli.commands import maillage
from flask_maillage.mail.server import MailServer
from flask_maillage.parts import PARTS
from flask_maillage.people.openid.provider import Provider
from flask_maillage.setting_list import ARCHIPELAGO
from flask_maillage.version import __version__
from flask_maillage.web.blueprint import pages
from inboxes.views import inboxes

CurrentMember = Callable[[], Any]
May = Callable[[Any, str, Any], bool]
SignInAddress = Callable[[str | None], str]


class Maillage:
    """The network as an extension of a Flask application; keeps no application, and serves several.

    Initialise it after the configuration, and after the host's own Flask-SQLAlchemy and CSRF protection where it has
    them: our tables live on a bind of our own (`maillage`) in the host's instance, and our inboxes, which strangers'
    servers post to, are exempted from the host's CSRF check.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        current_member: CurrentMember | None = None,
        may: May | None = None,
        sign_in_address: SignInAddress | None = None,
        clock: Callable[[], datetime] = utc_now,
        client: Client | None = None,
    ) -> None:
        """Take the host's choices, and mount on `app` if it is given.

        Args:
            app: the application, or None to call `init_app` later.
            current_member: returns who is signed in to the host (any object with `name`), or None. Where it is
                given, our own sign-in is switched off.
            may: the host's policy, `may(member, action, thing)`; actions are `publish` (thing: an actor), `edit` and
                `withdraw` (a publication), `administer` (None).
            sign_in_address: returns where the host signs its members in, given the path to come back to or None;
                where it is not given, our pages show no link to sign in, and answer 403 where one would be needed.
            clock: returns the present moment, with a time zone.
            client: the outbound client, in place of the one made from the settings.
        """
        self._current_member = current_member
        self._may = may
        self._sign_in_address = sign_in_address
        self._clock = clock
        self._client = client
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount the network on an application.

        Raises:
            SettingError: a setting is missing or wrong.
            RuntimeError: it is mounted already.
        """
        if EXTENSION in app.extensions:
            raise RuntimeError("Maillage is mounted on this application already; mount it once.")
        chosen = settings.read(app.config)
        self._bind_database(app, chosen)
        app.extensions[EXTENSION] = self._node(app, chosen)
        for blueprint in (pages, documents, inboxes):
            app.register_blueprint(blueprint, url_prefix=chosen.prefix or None)
        if chosen.well_known:
            app.register_blueprint(well_known)
        if "csrf" in app.extensions:
            app.extensions["csrf"].exempt(inboxes)
        app.cli.add_command(maillage)

    def _node(self, app: Flask, chosen: settings.Settings) -> Node:
        contact = f"+{chosen.base_url}"
        node = Node(
            base_url=chosen.base_url,
            name=chosen.name,
            description=chosen.description,
            language=chosen.language,
            version=__version__,
            secret=Secret(chosen.secret),
            client=self._client
            or Client(
                user_agent=f"Maillage/{__version__} ({contact})",
                allowed_networks=chosen.allowed_networks,
                ca_bundle=chosen.ca_bundle,
                clock=self._clock,
            ),
            clock=self._clock,
            rates=Rates({"inbox": chosen.inbox_rate, **chosen.rates}),
            lease=timedelta(seconds=chosen.lease_seconds),
            poll_every=timedelta(hours=chosen.poll_hours),
            archipelago=chosen.federation == ARCHIPELAGO,
            carriers=chosen.carriers,
            deliveries_per_host=chosen.deliveries_per_host,
            authorised_fetch=chosen.authorised_fetch,
        )
        node.client.permit = remote.permit
        node.state.update(mail=_mail_server(chosen), guest_days=chosen.guest_days, sign_up=chosen.sign_up)
        node.state.update(founding=chosen.founding, foundings=chosen.foundings_per_month, openid=_openid(chosen))
        node.state.update(map_tiles=chosen.map_tiles, map_attribution=chosen.map_attribution)
        node.state.update(geocoder=_geocoder(chosen))
        node.state.update(settings=chosen, source_url=chosen.source_url or None)
        for part in PARTS:
            part(app, node)
        if self._current_member is not None:
            node.state["current_member"] = self._current_member
            node.state["own_sign_in"] = False
        if self._may is not None:
            node.state["may"] = self._may
        if self._sign_in_address is not None:
            node.state["sign_in_address"] = self._sign_in_address
        return node

    def _bind_database(self, app: Flask, chosen: settings.Settings) -> None:
        """Put our engine into the application's Flask-SQLAlchemy, in one of our own where it has none."""
        if "sqlalchemy" not in app.extensions:
            binds = app.config.setdefault("SQLALCHEMY_BINDS", {})
            binds.setdefault(BIND, chosen.database_url)
            SQLAlchemy(app)
        with app.app_context():
            engines = app.extensions["sqlalchemy"].engines
            previous = engines.get(BIND)
            engines[BIND] = engine.create(chosen.database_url)
            if previous is not None:
                previous.dispose()


def _geocoder(chosen: settings.Settings) -> tuple[str, str] | None:
    """Return which service is asked for streets and where; None where none is set."""
    if bool(chosen.geocoder) != bool(chosen.geocoder_url):
        raise settings.SettingError("MAILLAGE_GEOCODER and MAILLAGE_GEOCODER_URL go together: set both, or neither.")
    return (chosen.geocoder, chosen.geocoder_url) if chosen.geocoder else None


def _openid(chosen: settings.Settings) -> Provider | None:
    """Return by whom members may sign in too; None where nobody is set."""
    if not chosen.oidc_issuer:
        return None
    return Provider(chosen.oidc_issuer, chosen.oidc_client_id, chosen.oidc_client_secret, chosen.oidc_name)


def _mail_server(chosen: settings.Settings) -> MailServer:
    return MailServer(
        host=chosen.mail_server,
        port=chosen.mail_port,
        security=chosen.mail_security,
        user=chosen.mail_user,
        password=chosen.mail_password,
        sender=chosen.mail_sender,
        ca_bundle=chosen.ca_bundle,
        is_trial=bool(chosen.allowed_networks),
    )
