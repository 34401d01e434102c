"""What is held of a member about calls, as they take it along: their applications and their opinions, nobody else's."""

from typing import Any

from sqlalchemy import or_, select

from actors.database import session
from flask_maillage.calls import private_files
from flask_maillage.calls.applying import drafts
from flask_maillage.calls.models import Draft, GivenOpinion, PrivateFile
from flask_maillage.people import roles
from flask_maillage.people.exporting import Enclosed, WithFiles, exported, plain, rows
from flask_maillage.people.models import Member

INNER = ("actor_id", "author_id", "guest_id")


@exported("applications")
def applications(member: Member) -> WithFiles:
    """What they wrote in their own name, with its files, and in others'; of what they may not open any more, its id."""
    theirs = or_(Draft.author_id == member.actor_id, Draft.actor_id == member.actor_id)
    found: list[dict[str, Any]] = []
    files: list[Enclosed] = []
    for draft in session().scalars(select(Draft).where(theirs, Draft.guest_id.is_(None)).order_by(Draft.id)):
        known = {"application": drafts.agreement_of(draft), "in_the_name_of": draft.actor.address}
        is_theirs = draft.actor_id == member.actor_id or roles.may(member, roles.PUBLISH, draft.actor)
        enclosed = _files(draft) if is_theirs else {}
        uploaded = [{"title": title, "file": one.name} for one, title in enclosed.items()]
        found.append({**plain(draft, but=INNER), **known, "files": uploaded} if is_theirs else known)
        files += enclosed
    return WithFiles(found, tuple(files))


@exported("opinions")
def opinions(member: Member) -> list[dict[str, Any]]:
    """What they said of applications as members of committees, with their notes; nothing of what these say."""
    return rows(GivenOpinion, GivenOpinion.seat_actor_id == member.actor_id, but=("seat_actor_id",))


def _files(draft: Draft) -> dict[Enclosed, str]:
    query = select(PrivateFile).where(PrivateFile.draft_id == draft.id).order_by(PrivateFile.id)
    return {
        Enclosed(f"applications/{draft.identifier}/{file.name}", private_files.path_of(file.name)): file.title
        for file in session().scalars(query)
    }
