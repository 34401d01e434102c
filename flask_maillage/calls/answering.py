"""What who sends an application is told: this version takes none from another server, and nothing of it is kept."""

from markupsafe import escape

from actors import outbox
from actors.node import now
from federation.activities import id_of
from flask_maillage.publications import call_states, keeping
from flask_maillage.publications.attending.handlers import check_rate
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.kinds.call_text import why_not
from flask_maillage.publications.kinds.words import words
from flask_maillage.publications.models import PUBLIC, PUBLISHED, UNLISTED, Publication
from inboxes.registry import Context, Ignored


def is_our_call(iri: str) -> bool:
    """Tell whether a call of ours that everybody may read has this id."""
    return _call(iri) is not None


def refuse(context: Context) -> str:
    """Answer an application to a call of ours by a signed `Reject` that says how one applies, to the applicant alone.

    Raises:
        Ignored: it is addressed to no call of ours, or written in somebody else's name (B26).
    """
    thing = context.activity.object
    agreement = thing if isinstance(thing, dict) else {}
    iri = (context.activity.target_id or id_of(agreement.get("context")) or "").partition("#")[0]
    call = _call(iri)
    if call is None or call.actor.gone_at is not None or call.actor.suspended_at is not None:
        raise Ignored("no application to a call of ours")
    if id_of(agreement.get("attributedTo", context.sender.iri)) != context.sender.iri:
        raise Ignored("an application in somebody else's name")
    check_rate(context.sender)
    sender = context.sender
    outbox.post(
        call.actor,
        "Reject",
        context.activity.id,
        to=[sender.iri],
        inboxes=[sender.inbox],
        target=call.iri,
        content=how_to_apply(call),
        proof=True,
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
    first = words(language, "Applications cannot be sent from another server yet. How to apply is on this page:")
    parts = [f'<p>{escape(first)} <a href="{escape(page)}">{escape(page)}</a></p>']
    if details.contacts:
        parts.append(f"<p>{escape(words(language, 'Contacts'))}: {escape(', '.join(details.contacts))}</p>")
    return "".join(parts)


def _call(iri: str) -> Publication | None:
    found = keeping.find(iri)
    readable = found is not None and found.state == PUBLISHED and found.visibility in (PUBLIC, UNLISTED)
    return found if found is not None and readable and found.local and found.kind == "call" else None
