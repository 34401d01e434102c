"""The owner's side of opinions: a seat's `Review` is taken, kept with its versions, or refused (FC-42 to FC-47)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, model_validator
from sqlalchemy import select

from actors import iris
from actors.database import session
from federation.sanitising import clean_html
from flask_maillage.calls import audit, weighing
from flask_maillage.calls.application_parts import Iri, Key, Plain, Whole
from flask_maillage.calls.arithmetic import RECUSED
from flask_maillage.calls.codes import Refusal, Refused
from flask_maillage.calls.desk.roles import reader_of
from flask_maillage.calls.may import Action, may
from flask_maillage.calls.models import Dossier, Review
from flask_maillage.calls.shapes import Shape
from flask_maillage.calls.taken import Taken, takes
from flask_maillage.publications import keeping
from flask_maillage.publications.attending import locking
from flask_maillage.publications.call_parts import MAX_CRITERIA, Criterion
from flask_maillage.publications.content import HTML_LIMIT
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication


class Score(BaseModel):
    """Points for one criterion."""

    key: Key
    points: Whole


class Said(BaseModel):
    """What a `Review` says; `scores` are none, and `content` is empty, where it is a recusal."""

    id: Iri
    opinion: Literal["admissible", "not_admissible", "abstain", "recused"]
    scores: Annotated[tuple[Score, ...], Field(max_length=MAX_CRITERIA)] = ()
    content: Plain = ""

    @model_validator(mode="after")
    def _each_once(self) -> "Said":
        if len({score.key for score in self.scores}) != len(self.scores):
            raise ValueError("a criterion is scored once")
        return self

    @property
    def points(self) -> dict[str, int]:
        """The points by criterion; a recusal gives none."""
        return {} if self.opinion == RECUSED else {score.key: score.points for score in self.scores}

    @property
    def html(self) -> str:
        """Why, as clean HTML."""
        return "" if self.opinion == RECUSED else clean_html(self.content)


def read(thing: Any) -> Said:
    """Return what a `Review` says.

    Raises:
        Refused: `malformed`, or `too-long` where its text is.
    """
    try:
        said = Said.model_validate(thing)
    except ValidationError as error:
        raise Refused(Refusal("malformed")) from error
    if len(said.content.encode()) > HTML_LIMIT:
        raise Refused(Refusal("too-long", count=len(said.content), limit=HTML_LIMIT))
    return said


@takes(Shape.REVIEW)
def take(taken: Taken) -> str | None:
    """Take an opinion or a recusal of a seat about an application to a call of ours."""
    call = keeping.find(taken.kept.call_iri)
    if call is None or not call.local or call.kind != "call" or call.actor not in taken.readers:
        return None
    said = read(taken.thing)
    call = locking.lock(call.id)
    dossier = _locked(call, taken.kept.agreement_iri)
    reader = reader_of(call, taken.sender)
    seen = weighing.opinions(call, [dossier] if dossier is not None else [])
    by = reader.at_the_call if dossier is None else reader.acting(dossier, seen)
    action = Action.RECUSE if said.opinion == RECUSED else Action.REVIEW
    if (refusal := may(action, by, call, dossier, taken.at)) is not None:
        raise Refused(refusal)
    if dossier is None:
        raise Refused(Refusal("unknown-application"))
    check_points(said.points, details_of(call.content).criteria)
    last = seen.of(dossier).get(by.seat)
    if last is not None and (taken.activity.type == "Create" or last.iri != said.id) and said.opinion != RECUSED:
        raise Refused(Refusal("already-registered"))
    before = seen.state(dossier)
    session().add(
        Review(
            dossier_id=dossier.id,
            seat_key=by.seat,
            number=last.number + 1 if last else 1,
            iri=said.id,
            by_iri=taken.sender.iri,
            opinion=said.opinion,
            scores=said.points,
            content=said.html,
            received_at=taken.at,
        )
    )
    session().flush()
    audit.append(
        call,
        "recuse" if said.opinion == RECUSED else "review",
        by=taken.sender.iri,
        at=taken.at,
        subject=iris.dossier(call.iri, dossier.identifier),
        before=before,
        after=weighing.state_of(dossier),
        letter=taken.kept,
    )
    return f"opinion {said.opinion}"


def check_points(points: dict[str, int], criteria: tuple[Criterion, ...]) -> None:
    """Check that points are given for the call's criteria, from 0 to what each has at most.

    Raises:
        Refused: `unknown-criterion` or `bad-answer`, with the keys.
    """
    most = {criterion.key: criterion.maximum for criterion in criteria}
    if unknown := tuple(key for key in points if key not in most):
        raise Refused(Refusal("unknown-criterion", keys=unknown))
    if wrong := tuple(key for key, given in points.items() if not 0 <= given <= most[key]):
        raise Refused(Refusal("bad-answer", keys=wrong))


def _locked(call: Publication, agreement: str | None) -> Dossier | None:
    query = select(Dossier).where(Dossier.call_id == call.id, Dossier.agreement_iri == agreement).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()
