"""The form of an application, made of what its call asks; and what it holds, as drafts keep it, both ways."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from federation.activities import is_web_iri
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.judging import most_characters
from flask_maillage.calls.models import Draft
from flask_maillage.people.forms import CheckedForm
from flask_maillage.publications import listing, referring, resolving
from flask_maillage.publications.call_parts import Question
from flask_maillage.publications.forms.base import (
    _,
    choices_of,
    country_choices,
    stripped,
    topic_choices,
)
from flask_maillage.publications.forms.languages import language_choices
from flask_maillage.publications.forms.rows import Row, Rows
from flask_maillage.publications.models import Publication
from flask_maillage.publications.topics import label_of
from flask_maillage.territory import zones
from flask_maillage.territory.places import country_names
from flask_maillage.web.language import current_language

ROOM = 100_000
"""Of one field: what is longer is no answer to anything, and is cut by nobody, so it is refused whole."""
MOST_OFFERED = 50
_ROOM = Length(max=ROOM, message=_("This is far too long."))


class PersonRow(Row):
    """Somebody who takes part."""

    name = StringField(_("Name"), [_ROOM], filters=[stripped])
    role = StringField(_("Role"), [_ROOM], filters=[stripped])
    organisation = StringField(_("Organisation"), [_ROOM], filters=[stripped])
    id = StringField(
        _("Handle, if they have one"),
        [_ROOM],
        filters=[stripped],
        description=_("As @name@host. They are not told; it keeps them from judging it themselves."),
    )


class ApplicationForm(CheckedForm):
    """What every application says; the questions of the call are added to it."""

    name = StringField(_("Title of the application"), [_ROOM], filters=[stripped])
    language = SelectField(_("Language in which you write"), choices=language_choices, default="en")
    initiative = SelectField(_("One of those published here"), choices=[], validators=[Optional()])
    initiative_address = StringField(
        _("The address of its page"),
        [Optional(), _ROOM],
        filters=[stripped],
    )
    initiative_name = StringField(_("Name of the initiative"), [_ROOM], filters=[stripped])
    initiative_summary = TextAreaField(
        _("In a few words"), [Optional(), _ROOM], description=_("At most 1,000 characters.")
    )
    initiative_url = StringField(_("Its website"), [Optional(), _ROOM], filters=[stripped])
    country = SelectField(_("Country in which it is based"))
    region = SelectField(_("Region"), validators=[Optional()])
    topics = SelectMultipleField(_("Topics"), [Optional()], validate_choice=False)
    sectors = StringField(_("Sectors of activity"), [Optional(), _ROOM], description=_("Separated by commas."))
    people = Rows(PersonRow, _("People involved"), most=20, title=_("Person %(number)s"), spare=1)
    version = HiddenField()


class GuestApplicationForm(ApplicationForm):
    """The same of somebody without an account, who only describes an initiative."""

    applicant_name = StringField(_("Your name"), [_ROOM], filters=[stripped])
    applicant_organisation = StringField(_("Your organisation"), [Optional(), _ROOM], filters=[stripped])


def form_for(draft: Draft, call: TheCall, *, shown: bool) -> Any:
    """Return the form of an application to a call.

    Args:
        draft: the application.
        call: what is asked.
        shown: whether it shows what is stored; else it holds what the request brings.
    """
    base = GuestApplicationForm if draft.guest_id is not None else ApplicationForm
    fields = {f"a_{question.key}": _field(question) for question in call.details.questions}
    taken_away = {
        f"r_{question.key}": BooleanField(_("Take this file away"))
        for question in call.details.questions
        if question.answer == "file"
    }
    made = type(base.__name__, (base,), fields | taken_away)
    form = made(formdata=None, data=_data(draft, call)) if shown else made()
    form.initiative.choices = _own_initiatives(draft)
    form.country.choices = choices_of(country_choices(), empty="–")
    form.region.choices = choices_of(_regions(call), empty="–")
    form.topics.choices = _topics(call)
    return form


def answer_names(call: TheCall) -> list[str]:
    """Return the names of the fields of the call's questions, in their order."""
    return [f"a_{question.key}" for question in call.details.questions]


def content_of(form: Any, draft: Draft, call: TheCall, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return what a form says, as a draft keeps it.

    Args:
        form: whose fields hold what was typed.
        draft: the application, for what a form does not hold: its files.
        call: what is asked.
        files: what was uploaded with this request, by the question's key.
    """
    content: dict[str, Any] = {
        "name": form["name"].data or "",
        "language": form.language.data or "",
        "territory": _territory(form.country.data or "", form.region.data or ""),
        "topics": list(form.topics.data or ()),
        "sectors": [part for raw in (form.sectors.data or "").split(",") if (part := raw.strip())],
        "answers": list(_answers(form, draft, call, files)),
        "people": [_person(row.data) for row in form.people.rows],
        "initiativeId": _initiative_id(form),
        "initiative": {
            "name": form.initiative_name.data or "",
            "summary": form.initiative_summary.data or "",
            "url": form.initiative_url.data or "",
        },
    }
    if "applicant_name" in form:
        content["initiativeId"] = ""
        content["applicant"] = {
            "name": form.applicant_name.data or "",
            "organisation": form.applicant_organisation.data or "",
        }
    return content


def put_errors(form: Any, problems: Iterable[tuple[str, str]]) -> None:
    """Say at each field what has to be mended."""
    for name, sentence in problems:
        if name and name in form:
            form[name].errors = [*form[name].errors, sentence]
        else:
            form.form_errors = [*form.form_errors, sentence]


def answers_by_key(draft: Draft) -> dict[str, dict[str, Any]]:
    """Return the answers of a draft by the keys of their questions."""
    return {str(answer.get("key")): answer for answer in draft.content.get("answers", ())}


def _answers(form: Any, draft: Draft, call: TheCall, files: dict[str, dict[str, Any]]) -> Iterable[dict[str, Any]]:
    before = answers_by_key(draft)
    for question in call.details.questions:
        key, data = question.key, form[f"a_{question.key}"].data
        if question.answer == "file":
            kept = None if form[f"r_{key}"].data else before.get(key, {}).get("attachment")
            if file := files.get(key) or kept:
                yield {"key": key, "attachment": file}
        elif question.answer == "choice":
            chosen = [data] if isinstance(data, str) else list(data or ())
            if chosen and any(chosen):
                yield {"key": key, "choices": chosen}
        elif data:
            yield {"key": key, "text": data}


def _person(data: dict[str, Any]) -> dict[str, Any]:
    """Return who takes part, by an actor's id where a handle leads to one; a handle that does not stays as it is."""
    said = {name: data[name] or "" for name in ("name", "role", "organisation")}
    typed = data["id"] or ""
    known = referring.actor_with(typed) if typed.startswith("@") else None
    iri = known.iri if known is not None else typed
    return said | ({"id": iri} if iri else {})


def _initiative_id(form: Any) -> str:
    if form.initiative.data:
        return str(form.initiative.data)
    typed = form.initiative_address.data or ""
    found = resolving.known(typed) if is_web_iri(typed) else None
    return found.iri if isinstance(found, Publication) and found.kind == "initiative" else typed


def _field(question: Question) -> Any:
    """Return the field of one question; whether it has to be answered is said at it, and looked at when it is sent."""
    label, more = question.label, {"description": question.help}
    needed = [] if question.required else [Optional()]
    limit = {"data-limit": most_characters(question)}
    if question.answer == "short":
        return StringField(label, [*needed, _ROOM], render_kw=limit, **more)
    if question.answer == "file":
        accept = {"accept": ",".join(question.media_types)} if question.media_types else {}
        return FileField(label, needed, render_kw=accept, **more)
    if question.answer == "choice":
        choices = [SelectChoice(one, one) for one in question.choices]
        if question.several:
            return SelectMultipleField(label, needed, choices=choices, validate_choice=False, **more)
        none = [] if question.required else [SelectChoice("", _("No answer"))]
        return RadioField(label, needed, choices=[*none, *choices], validate_choice=False, default="", **more)
    return TextAreaField(label, [*needed, _ROOM], render_kw=limit | {"rows": 8}, **more)


def _regions(call: TheCall) -> list[tuple[str, str]]:
    """Return the parts of countries to which a call is open: only there they decide anything."""
    countries, language = country_names("en"), current_language()
    codes = (code for code in call.details.territories if code.partition("-")[0] in countries and "-" in code)
    return [(code, zones.name_of(code, language)) for code in codes]


def _territory(country: str, region: str) -> str:
    """Return the part of a country, where it is one of the country that was chosen; else the country."""
    return region if region and country in ("", region.partition("-")[0]) else country


def _own_initiatives(draft: Draft) -> list[Any]:
    found: Sequence[Publication] = [] if draft.guest_id is not None else initiatives_of(draft)
    return [SelectChoice("", "–"), *(SelectChoice(one.iri, one.name) for one in found)]


def initiatives_of(draft: Draft) -> Sequence[Publication]:
    """Return the initiatives that the applicant has published here and everybody may read: the owner looks at it."""
    return listing.first(listing.newest(listing.visible(kind="initiative", actor=draft.actor)), MOST_OFFERED)


def _topics(call: TheCall) -> list[Any]:
    details = call.details
    if not details.topics:
        return topic_choices()
    language = current_language()
    return choices_of((topic, label_of(topic, details.topic_labels, language)) for topic in details.topics)


def _data(draft: Draft, call: TheCall) -> dict[str, Any]:
    content = draft.content
    territory = content.get("territory") or ""
    country, _dash, region = territory.partition("-")
    described = content.get("initiative") or {}
    named = content.get("initiativeId") or ""
    is_own = named in {one.iri for one in initiatives_of(draft)} if named else False
    applicant = content.get("applicant") or {}
    data = {
        "name": content.get("name"),
        "language": content.get("language"),
        "country": country if country in country_names("en") else "",
        "region": territory if region else "",
        "topics": content.get("topics"),
        "sectors": ", ".join(content.get("sectors") or ()),
        "people": [
            {name: one.get(name) or "" for name in ("name", "role", "organisation", "id")}
            for one in content.get("people") or ()
        ],
        "initiative": named if is_own else "",
        "initiative_address": "" if is_own else named,
        **{f"initiative_{name}": described.get(name) for name in ("name", "summary", "url")},
        **{f"applicant_{name}": applicant.get(name) for name in ("name", "organisation")},
    }
    several = {question.key for question in call.details.questions if question.several}
    for key, answer in answers_by_key(draft).items():
        choices = answer.get("choices") or ()
        data[f"a_{key}"] = (list(choices) if key in several else next(iter(choices), "")) or answer.get("text")
    return data
