"""A process log for other programs: JSON whose chain anybody can check, Markdown, CSV, and Atom for followers."""

import csv
import io
import json
from datetime import UTC, datetime, time
from typing import Any

from actors import iris
from actors.models import Actor
from federation import markdown
from flask_maillage.coalitions.process import chain, log
from flask_maillage.coalitions.process.models import LogEntry
from flask_maillage.publications.feeds.entries import NEVER, Feed, FeedEntry
from flask_maillage.publications.feeds.syndication import ATOM_CONTENT_TYPE, atom
from flask_maillage.publications.feeds.table import BYTE_ORDER_MARK, TABLE_CONTENT_TYPE, cell
from flask_maillage.web.language import gettext as _

CONTENT_TYPES = {
    "json": "application/json; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": TABLE_CONTENT_TYPE,
    "atom": ATOM_CONTENT_TYPE,
}
MOST_IN_FEED = 50
COLUMNS = ("id", "revision", "kind", "happened_on", "title", "text", "documents", "written_at", "digest", "url")


def page_of(actor: Actor, entry: LogEntry | None = None) -> str:
    """Return the address of the page of a log, or of an entry."""
    page = iris.actor_page(actor.page_handle) + "/process"
    return page if entry is None else f"{page}/{entry.identifier}"


def export(actor: Actor, form: str, *, inside: bool) -> bytes:
    """Return a log in a form of `CONTENT_TYPES`; `inside` for who reads all of it."""
    made = {"json": _json, "md": _markdown, "csv": _table, "atom": _atom}[form]
    return made(actor, inside).encode()


def _json(actor: Actor, inside: bool) -> str:
    """Every revision in the order in which it was written; of what is hidden, the two digests alone."""
    left_out = set() if inside else log.hidden(actor)
    rows: list[dict[str, Any]] = []
    for entry in log.whole(actor):
        if entry.identifier in left_out or not (inside or entry.public):
            rows.append({"hidden": True, "previous": entry.previous, "digest": entry.digest})
        else:
            rows.append(chain.record_of(entry, actor.iri) | {"digest": entry.digest, "url": page_of(actor, entry)})
    whole = {
        "log": actor.iri,
        "name": actor.name,
        "url": page_of(actor),
        "beginning": chain.beginning(actor.iri),
        "head": log.head(actor),
        "entries": rows,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _markdown(actor: Actor, inside: bool) -> str:
    parts = [f"# {_('Process of %(name)s', name=actor.name)}\n"]
    for entry in log.entries(actor, inside=inside):
        corrected = f" ({_('revision %(number)s', number=entry.revision)})" if entry.revision > 1 else ""
        parts.append(f"## {entry.happened_on.isoformat()} – {entry.title}\n\n*{entry.kind}*{corrected}\n")
        if entry.text:
            parts.append(f"{entry.text}\n")
        parts += [f"- [{one['label'] or one['address']}]({one['address']})\n" for one in entry.links]
    return "\n".join(parts)


def _table(actor: Actor, inside: bool) -> str:
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for entry in log.entries(actor, inside=inside):
        documents = " ".join(one["address"] for one in entry.links)
        values = (entry.identifier, entry.revision, entry.kind, entry.happened_on.isoformat(), entry.title, entry.text)
        more = (documents, entry.written_at.isoformat(), entry.digest, page_of(actor, entry))
        rows.writerow([cell(value) for value in (*values, *more)])
    return BYTE_ORDER_MARK + written.getvalue()


def _atom(actor: Actor, inside: bool) -> str:
    found = log.entries(actor, inside=inside, limit=MOST_IN_FEED)
    feed = Feed(
        id=page_of(actor),
        title=_("Process of %(name)s", name=actor.name),
        url=page_of(actor),
        self_url=page_of(actor) + ".atom",
        updated=max((entry.written_at for entry in found), default=NEVER),
        entries=tuple(_feed_entry(actor, entry) for entry in found),
    )
    return atom(feed).decode()


def _feed_entry(actor: Actor, entry: LogEntry) -> FeedEntry:
    return FeedEntry(
        id=page_of(actor, entry),
        url=page_of(actor, entry),
        title=entry.title,
        kind=entry.kind,
        published=datetime.combine(entry.happened_on, time(), UTC),
        updated=entry.written_at,
        html=markdown.render(entry.text),
        author=actor.name,
        author_url=actor.url,
    )
