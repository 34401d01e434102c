"""Which state of a publication a form was filled from, as one text that the form carries: nobody overwrites unasked."""

from flask_maillage.publications.life import unsaved
from flask_maillage.publications.life.models import Unsaved
from flask_maillage.publications.models import DRAFT, Publication


def version_of(publication: Publication | None, row: Unsaved | None = None) -> str:
    """Return the version of a publication, and of what waits to be saved over it; empty for what is not there yet."""
    if publication is None:
        return ""
    return f"{publication.updated_at.isoformat()} {row.mark if row else ''}".strip()


def version_typed_over(row: Unsaved) -> str:
    """Return the version of what waits to be saved: what it was typed over may have changed since."""
    return f"{row.began_from.isoformat()} {row.mark}"


def saw_the_latest(publication: Publication, seen: str) -> bool:
    """Tell whether a publication is still as it was when a form was filled from it."""
    return seen.partition(" ")[0] == publication.updated_at.isoformat()


def saw_what_waits(publication: Publication, seen: str) -> bool:
    """Tell whether what waits to be saved is what a form was filled from: nothing, where nothing waits."""
    row = unsaved.of(publication)
    if _is_first_answer_lost(publication, seen):
        return True
    if row is None:
        return saw_the_latest(publication, seen) and " " not in seen
    return seen.partition(" ")[2] == row.mark


def saw_all(publication: Publication, seen: str) -> bool:
    """Tell whether both are as they were when a form was filled."""
    if _is_first_answer_lost(publication, seen):
        return True
    return saw_the_latest(publication, seen) and saw_what_waits(publication, seen)


def _is_first_answer_lost(publication: Publication, seen: str) -> bool:
    """Tell whether a form knows of no version because the answer to its own first saving never arrived."""
    return not seen and publication.state == DRAFT and publication.created_at == publication.updated_at
