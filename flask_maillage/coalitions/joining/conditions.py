"""Who joins a group of ours: everybody at once, those whom its people accept, or those whom they invited.

Every way in passes `judge`: pages, letters and commands. What a group elsewhere says of it is kept from its document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from actors import documents, moving, remote
from actors.database import session
from actors.models import COALITION, ORGANISATION, PERSON, PROJECT, PROPOSED, Actor
from actors.node import now
from federation.activities import Document
from federation.sanitising import clean_text
from flask_maillage.coalitions import memberships, questions
from flask_maillage.coalitions.charters import agreeing, versions
from flask_maillage.coalitions.charters.models import Charter
from flask_maillage.coalitions.joining.models import APPROVAL, INVITATION, OPEN, OPENNESS, Conditions
from flask_maillage.coalitions.memberships import NotPossible
from flask_maillage.coalitions.questions import Question
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.leaving import on_parting
from flask_maillage.territory import organisations
from flask_maillage.web.language import word
from inboxes.registry import on_departure

WELCOME_LIMIT = 2000
WHO: dict[str, str] = {
    PERSON: word("Persons"),
    PROJECT: word("Projects"),
    COALITION: word("Coalitions"),
    **organisations.KINDS,
}
"""Who can be let in, by word, with their labels in English."""
OF_MOBILIZON = {OPEN: "open", APPROVAL: "moderated", INVITATION: "invite_only"}
"""The same in the words of Mobilizon's `openness`."""
NOT_FOUNDED = _("It is not founded yet.")
BY_INVITATION = _("One joins it by invitation only: write to its people.")
NOT_OF_THESE = _("It takes members of other sorts only.")
SAYS_NO_SORT = _("It takes only some sorts of organisation: say in your profile which yours is, then ask again.")
AGREE_FIRST = _("It asks everybody to agree to its charter first.")
ANSWER_FIRST = _("Answer the questions that it asks of everybody.")


@dataclass(frozen=True)
class Terms:
    """On what conditions one joins a group; without `kinds` everybody may."""

    openness: str = APPROVAL
    questions: tuple[Question, ...] = ()
    kinds: tuple[str, ...] = ()
    welcome: str = ""
    needs_charter: bool = False


def of(group: Actor) -> Terms:
    """Return the conditions of a group, ours or one elsewhere as its document says them."""
    row = session().get(Conditions, group.id)
    if row is None:
        return Terms()
    return Terms(row.openness, questions.read(row.questions), tuple(row.kinds), row.welcome, row.needs_charter)


def change(group: Actor, terms: Terms) -> bool:
    """Say on what conditions one joins a group of ours, and tell its followers; False where they are the same.

    Raises:
        NotPossible: there is no such openness, or it is no group.
    """
    if not memberships.is_group(group) or terms.openness not in OPENNESS:
        raise NotPossible(_("One can join organisations, projects and coalitions only."))
    wanted = Terms(
        terms.openness,
        questions.read(questions.written(terms.questions)),
        tuple(kind for kind in WHO if kind in terms.kinds),
        terms.welcome.strip()[:WELCOME_LIMIT],
        terms.needs_charter,
    )
    if wanted == of(group):
        return False
    _write(group, wanted)
    moving.tell_followers(group)
    return True


@memberships.on_asking
def judge(group: Actor, member: Actor, answers: Mapping[str, str]) -> bool:
    """Tell whether somebody belongs to a group of ours as soon as they ask.

    Whoever asks from a server that knows nothing of our questions or charter, or does not say of what sort they are, is
    let wait for its people: they are not told off for what they could not have known.

    Raises:
        NotPossible: they may not join it; what one of ours did not answer or say counts too.
    """
    if group.phase == PROPOSED:
        raise NotPossible(NOT_FOUNDED)
    terms = of(group)
    if terms.openness == INVITATION:
        raise NotPossible(BY_INVITATION)
    sort = _sort_of(member)
    if terms.kinds and sort is not None and sort not in terms.kinds:
        raise NotPossible(NOT_OF_THESE)
    is_unknown = bool(terms.kinds) and sort is None
    lacks = bool(questions.unanswered(terms.questions, answers))
    if member.local and is_unknown:
        raise NotPossible(SAYS_NO_SORT)
    if member.local and lacks:
        raise NotPossible(ANSWER_FIRST)
    disagrees = terms.needs_charter and not agreeing.has_agreed(group, member)
    if member.local and disagrees:
        raise NotPossible(AGREE_FIRST)
    return terms.openness == OPEN and not (is_unknown or lacks or disagrees)


def charter_for(group: Actor) -> Charter | None:
    """Return the charter to which one has to agree to join a group, if it wants that and has one."""
    return versions.newest(group) if of(group).needs_charter else None


def answered(group: Actor, given: Iterable[str]) -> dict[str, str]:
    """Return answers of a form by question, given in the order of a group's questions; empty ones are left out."""
    pairs = zip(of(group).questions, given, strict=False)
    cleaned = ((asked.text, clean_text(text, limit=questions.LONGEST_ANSWER)) for asked, text in pairs)
    return {question: text for question, text in cleaned if text}


@documents.describes
def described(actor: Actor) -> Document:
    """Return what the document of a group of ours says of joining it."""
    row = session().get(Conditions, actor.id) if actor.kind in memberships.GROUPS else None
    if row is None:
        return {}
    said: Document = {
        "admission": row.openness,
        "questions": row.questions,
        "kinds": row.kinds,
        "needsCharter": row.needs_charter,
        "welcome": row.welcome,
    }
    return {"openness": OF_MOBILIZON[row.openness], "joining": {name: value for name, value in said.items() if value}}


@remote.on_remembering
def remember(actor: Actor, document: Document) -> None:
    """Keep what a group elsewhere says of joining it."""
    found = document.get("joining")
    admission = next((ours for ours, theirs in OF_MOBILIZON.items() if theirs == document.get("openness")), APPROVAL)
    found = found if isinstance(found, dict) else {}
    if not memberships.is_group(actor) or not (found or admission != APPROVAL):
        forget(actor)
        return
    openness, kinds = found.get("admission"), found.get("kinds")
    _write(
        actor,
        Terms(
            openness if isinstance(openness, str) and openness in OPENNESS else admission,
            questions.read(found.get("questions")),
            tuple(kind for kind in WHO if kind in kinds) if isinstance(kinds, list) else (),
            clean_text(found.get("welcome"), limit=WELCOME_LIMIT),
            found.get("needsCharter") is True,
        ),
    )


@on_departure
@on_parting
def forget(actor: Actor) -> None:
    """An actor left for good: nobody joins it any more."""
    session().execute(delete(Conditions).where(Conditions.actor_id == actor.id))


def _write(group: Actor, terms: Terms) -> None:
    found = session().get(Conditions, group.id)
    if found is None:
        found = Conditions(actor_id=group.id)
        session().add(found)
    said: dict[str, Any] = {
        "openness": terms.openness,
        "questions": questions.written(terms.questions),
        "kinds": list(terms.kinds),
        "welcome": terms.welcome,
        "needs_charter": terms.needs_charter,
        "changed_at": now(),
    }
    for name, value in said.items():
        setattr(found, name, value)
    session().flush()


def _sort_of(actor: Actor) -> str | None:
    """Return which of `WHO` an actor is; None of an organisation that does not say its sort."""
    if actor.kind in (PERSON, PROJECT, COALITION):
        return actor.kind
    if actor.kind == ORGANISATION or actor.type in ("Group", "Organization"):
        return organisations.kinds_of([actor.id]).get(actor.id)
    return PERSON if actor.type == "Person" else None
