"""The mail to somebody who is asked to found a project, and may have no account yet."""

from actors import iris
from actors.node import node
from flask_maillage.coalitions.founding.models import FounderLink
from flask_maillage.mail.composing import Link, Message
from flask_maillage.publications.forms.base import _
from flask_maillage.web.language import translate


def asked(link: FounderLink, secret: str, language: str) -> Message:
    """Return the mail that asks."""
    words = {"who": link.made_by.name, "project": link.project.name, "node": node().name}

    def said(text: str) -> str:
        return translate(language, text, **words) if "%(" in text else translate(language, text)

    return Message(
        said(_("Will you found %(project)s with us?")),
        (
            said(_("%(who)s asks you to be one of the founders of the project %(project)s on %(node)s.")),
            *((link.message,) if link.message else ()),
            said(_("A project begins when three people have consented. The link is good for a month:")),
            Link(said(_("See what it is, and answer")), iris.of_account(f"founders/{secret}")),
            said(_("If you do not know them, do nothing.")),
        ),
        language,
    )
