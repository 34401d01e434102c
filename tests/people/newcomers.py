"""Somebody who comes to a node that sends its mail by a postbox."""

import re
from urllib.parse import urlsplit

from flask_maillage.app import create_app
from tests.conftest import config_of

PASSWORD = "river lamp under seven"
ZOE = {"name": "Zoé Martin", "email": "zoe@example.org", "password": PASSWORD, "handle": "", "language": "fr"}


def node_with_mail(database_url, folder, clock, fediverse, box, **more):
    """Return an application whose mails arrive in the postbox."""
    mail = {"MAILLAGE_MAIL_SERVER": "127.0.0.1", "MAILLAGE_MAIL_PORT": box.port, "MAILLAGE_MAIL_SECURITY": "none"}
    return create_app(config_of(database_url, folder, **mail, **more), clock=clock, client=fediverse.client(clock))


def link_in(text, beginning):
    """Return the path of the first link in a mail that begins so."""
    found = re.search(rf"http://[^/\s]+(/{re.escape(beginning)}\S*)", text)
    assert found, text
    return urlsplit(found[0]).path
