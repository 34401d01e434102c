"""What a coalition of ours tells of a statement: by letter each member that is asked, by news everybody."""

import re
from datetime import datetime

from actors import outbox
from actors.models import Actor
from federation import markdown
from flask_maillage.coalitions.statements import listing
from flask_maillage.coalitions.statements.models import SIGNED, WITHDRAWN, Statement
from flask_maillage.coalitions.statements.texts import article
from flask_maillage.publications import keeping, publishing
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.kinds.news import NewsDetails
from flask_maillage.publications.models import PUBLISHED
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.dates import plain_day
from flask_maillage.web.language import speaking, translate

TITLE = _("Common statement: %(title)s")
SIGNED_BY = _("Signed by:")
WHERE = _("The text, who signed it and when:")
TAKEN = _("%(name)s withdrew this statement on %(day)s.")
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


def ask(statement: Statement, members: list[Actor]) -> None:
    """Send members elsewhere the text that they are asked to sign, each its own letter."""
    _send(statement, "Offer", members)


def say_anew(statement: Statement) -> None:
    """Tell all who were asked that a version was published or withdrawn."""
    _send(statement, "Update", [row.member for row in listing.signatures(statement)])


def vouch(statement: Statement, at: datetime) -> None:
    """Write down what the coalition says of a version now, with its proof."""
    statement.said_at = at.replace(microsecond=0)
    statement.document = outbox.vouch(statement.actor, article(statement))


def publish_news(statement: Statement, author: Actor | None) -> None:
    """Publish a news that leads to a statement, for the coalition's page, its feeds and its followers.

    It names who signed and does not hold the text, which stands at one place alone.
    """
    news = publishing.draft(statement.actor, _news(statement), author=author)
    publishing.publish(news, author=author)
    statement.news_iri, statement.news_source = news.iri, news.source


def refresh_news(statement: Statement) -> None:
    """Let the news name who has signed by now, unless somebody wrote it otherwise or took it back."""
    news = keeping.find(statement.news_iri) if statement.news_iri else None
    if news is None or news.state != PUBLISHED or news.source != statement.news_source:
        return
    try:
        publishing.revise(news, _news(statement))
    except NotPossible:
        return
    statement.news_source = news.source


def _send(statement: Statement, verb: str, members: list[Actor]) -> None:
    for member in members:
        if not member.local and member.gone_at is None:
            outbox.post(
                statement.actor, verb, statement.document, to=[member.iri], inboxes=[member.inbox], letter_only=True
            )


def _news(statement: Statement) -> Content:
    language = statement.language
    signed = [row.name for row in listing.signatures(statement) if row.state == SIGNED and row.name]
    parts = []
    if statement.phase == WITHDRAWN and statement.withdrawn_at is not None:
        with speaking(language):
            day = plain_day(statement.withdrawn_at.date())
        parts.append(_plain(translate(language, TAKEN, name=statement.actor.name, day=day)))
    if signed:
        names = "\n".join(f"- {_plain(name)}" for name in signed)
        parts.append(f"{_plain(translate(language, SIGNED_BY))}\n\n{names}")
    parts.append(f"{_plain(translate(language, WHERE))} <{statement.url}>")
    source = "\n\n".join(parts)
    title = translate(language, TITLE, title=statement.title)
    return Content(
        kind="news",
        name=title,
        html=markdown.render(source),
        source=source,
        language=language,
        status="active",
        details=NewsDetails(titled=True),
    )


def _plain(text: str) -> str:
    """Return text as Markdown that says it, and nothing else."""
    return _MARKS.sub(r"\\\1", text)
