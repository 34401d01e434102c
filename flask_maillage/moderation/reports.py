"""Reports: taken from other servers and from members, looked at by moderators, and sent on to where somebody lives."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from actors import iris, local, outbox, policy, remote
from actors.database import session
from actors.identifiers import new_identifier
from actors.models import Actor
from actors.node import now
from federation.sanitising import without_controls
from flask_maillage.moderation import notices
from flask_maillage.moderation.models import Report
from flask_maillage.publications import keeping, replies

OPEN, RESOLVED = "open", "resolved"
TEXT_LIMIT = 5000
MAX_OBJECTS = 100
MAX_OPEN_OF_HOST = 50
"""How many reports from one host may wait to be looked at; of ours, of one member."""
MAX_OPEN = 1000
PAGE_OF_REPORTS = 200


class TooManyReports(ValueError):
    """Too many reports wait already (`reference/protocol.md` §4.4 A11)."""


def take(iri: str, reporter: Actor, objects: Iterable[str], text: str) -> Report:
    """Keep a report for the moderators.

    Args:
        iri: its id, of the Flag that arrived or minted here.
        reporter: who reports, or the actor of the server that does.
        objects: the ids of what is reported, cut at 100.
        text: why, as plain text, cut at 5000 characters.

    Raises:
        TooManyReports: too many from there wait already.
    """
    waiting = select(func.count()).select_from(Report).where(Report.state == OPEN)
    of_source = Report.reporter_id == reporter.id if reporter.local else Report.host == reporter.host
    for query, limit in ((waiting, MAX_OPEN), (waiting.where(of_source), MAX_OPEN_OF_HOST)):
        if (session().scalar(query) or 0) >= limit:
            raise TooManyReports(f"too many reports from {reporter.host} wait")
    report = Report(
        iri=iri,
        reporter_id=reporter.id,
        host=reporter.host,
        objects=list(dict.fromkeys(objects))[:MAX_OBJECTS],
        text=without_controls(text.replace("\0", ""))[:TEXT_LIMIT],
        received_at=now(),
    )
    session().add(report)
    session().flush()
    notices.tell(report)
    return report


def report_here(reporter: Actor, things: Sequence[str], text: str, *, forward: bool) -> Report:
    """Keep the report of a member of ours, and send it on to where the reported live, if that is wanted.

    What is sent on names the node as its author, never the member.

    Raises:
        TooManyReports: too many of the same member wait already.
    """
    report = take(f"{iris.home()}reports/{new_identifier(now())}", reporter, things, text)
    if forward:
        send(things, text)
    return report


def send(things: Sequence[str], text: str) -> int:
    """Report actors and what they published to their own servers, and return to how many.

    The `Flag` comes from the node's Application and is addressed to nobody, as Mastodon and GoToSocial send it: a
    list of ids, first of the actor and then of the objects.
    """
    by_host: dict[str, tuple[Actor, list[str]]] = {}
    for thing in things:
        owner = owner_of(thing)
        if owner is None or owner.local or policy.is_blocked(owner.iri):
            continue
        _, listed = by_host.setdefault(owner.host, (owner, []))
        listed.extend(iri for iri in (owner.iri, thing) if iri not in listed)
    for owner, listed in by_host.values():
        outbox.post(
            local.application(),
            "Flag",
            listed[:MAX_OBJECTS],
            to=[],
            inboxes=[owner.shared_inbox or owner.inbox],
            content=text[:TEXT_LIMIT],
        )
    return len(by_host)


def owner_of(iri: str) -> Actor | None:
    """Return whose a thing is: an actor by its own id, else the owner of a publication or a reply; None if unknown."""
    if (actor := remote.find(iri)) is not None:
        return actor
    thing = keeping.find(iri) or replies.find(iri)
    return thing.actor if thing is not None else None


def open_reports() -> Sequence[Report]:
    """Return the reports that nobody settled yet, the oldest first."""
    query = select(Report).where(Report.state == OPEN).order_by(Report.received_at, Report.id)
    return session().scalars(query.limit(PAGE_OF_REPORTS)).all()


def all_reports() -> Sequence[Report]:
    """Return all reports, the newest first."""
    query = select(Report).order_by(Report.received_at.desc(), Report.id.desc())
    return session().scalars(query.limit(PAGE_OF_REPORTS)).all()


def find(number: int) -> Report | None:
    """Return a report by its number, or None."""
    return session().get(Report, number)


def find_by_iri(iri: str) -> Report | None:
    """Return a report by its id, or None."""
    return session().scalar(select(Report).where(Report.iri == iri))


def resolve(report: Report, note: str) -> None:
    """Settle a report, with a note on what was done for those who come later."""
    report.state, report.note, report.resolved_at = RESOLVED, note[:TEXT_LIMIT], now()
    session().flush()
