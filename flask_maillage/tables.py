"""All modules that declare tables, imported once so that the metadata is whole."""

from actors import models as actors
from flask_maillage.calls import models as calls
from flask_maillage.coalitions import models as coalitions
from flask_maillage.coalitions.charters import models as charters
from flask_maillage.coalitions.communecter import models as communecter
from flask_maillage.coalitions.founding import models as founding
from flask_maillage.coalitions.joining import models as joining
from flask_maillage.coalitions.moving import models as moving
from flask_maillage.coalitions.partners import models as partners
from flask_maillage.coalitions.process import models as process
from flask_maillage.coalitions.statements import models as statements
from flask_maillage.coalitions.tools import models as tools
from flask_maillage.files import models as files
from flask_maillage.mail import models as mail
from flask_maillage.moderation import models as moderation
from flask_maillage.people import models as people
from flask_maillage.people.notifying import models as notifying
from flask_maillage.publications import journal, noticing, seat_addresses, topic_list
from flask_maillage.publications import models as publications
from flask_maillage.publications.enclosures import models as enclosures
from flask_maillage.publications.importing import models as importing
from flask_maillage.publications.life import models as life
from flask_maillage.publications.programmes import models as programmes
from flask_maillage.publications.searching import models as searching
from flask_maillage.standing import models as standing
from flask_maillage.territory import models as territory
from inboxes import models as inboxes

__all__ = [
    "actors",
    "calls",
    "charters",
    "coalitions",
    "communecter",
    "enclosures",
    "files",
    "founding",
    "importing",
    "inboxes",
    "joining",
    "journal",
    "life",
    "mail",
    "moderation",
    "moving",
    "noticing",
    "notifying",
    "partners",
    "people",
    "process",
    "programmes",
    "publications",
    "searching",
    "seat_addresses",
    "standing",
    "statements",
    "territory",
    "tools",
    "topic_list",
]
