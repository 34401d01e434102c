"""What who sends an application is told that cannot be read as one: how one applies, on which page and by whom."""

from markupsafe import escape

from actors import outbox
from actors.node import now
from flask_maillage.calls.bounds import check_rate
from flask_maillage.publications import call_states, keeping
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_text import why_not
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import PUBLIC, PUBLISHED, UNLISTED, Publication
from inboxes.registry import Context, Ignored


def our_call(iri: str) -> Publication | None:
    """Return the call of ours that has this id, whose owner is there, and that everybody may read."""
    found = keeping.find(iri)
    if found is None or not found.local or found.kind != "call":
        return None
    readable = found.state == PUBLISHED and found.visibility in (PUBLIC, UNLISTED)
    owner = found.actor
    return found if readable and owner.gone_at is None and owner.suspended_at is None else None


def is_our_call(iri: str) -> bool:
    """Tell whether a call of ours that everybody may read has this id."""
    return our_call(iri) is not None


def refuse(context: Context) -> str:
    """Answer an application of which a letter holds nothing but the id: it is not fetched, since it is not signed.

    Raises:
        Ignored: it is addressed to no call of ours.
    """
    call = our_call((context.activity.target_id or "").partition("#")[0])
    if call is None:
        raise Ignored("no application to a call of ours")
    check_rate(context.sender)
    outbox.post(
        call.actor,
        "Reject",
        {"id": context.activity.id, "type": context.activity.type, "actor": context.sender.iri},
        to=[context.sender.iri],
        inboxes=[context.sender.inbox],
        target=call.iri,
        proof=True,
        letter_only=True,
        reasonCode="malformed",
        content=how_to_apply(call),
    )
    return "told how to apply"


def how_to_apply(call: Publication) -> str:
    """Return as HTML how one applies, in the call's language: on its page, or by whom it names; or that it is over."""
    content = call.content
    details, language = details_of(content), content.language
    standing = call_states.standing(content, now(), call.state)
    if not standing.may_apply:
        return f"<p>{escape(why_not(content, standing))}</p>"
    page = details.apply_url or call.page
    first = words(language, "This could not be read as an application. How one applies is said on this page:")
    parts = [f'<p>{escape(first)} <a href="{escape(page)}">{escape(page)}</a></p>']
    if details.contacts:
        parts.append(f"<p>{escape(words(language, 'Contacts'))}: {escape(', '.join(details.contacts))}</p>")
    return "".join(parts)
