"""The page on which those who administer an actor say who it is, where it is based and acts, and link to its pages."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from actors import local
from actors.database import reading, session
from actors.models import Actor
from federation.markup_to_markdown import to_markdown
from federation.sanitising import clean_text, clean_url
from flask_maillage.people import signed_out
from flask_maillage.people.current import current_member, may
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.roles import ADMINISTER
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.content import one_line
from flask_maillage.publications.forms.base import Lines, _, choices_of, fields_of, say, written_lines
from flask_maillage.publications.forms.places import NONE_OF_THESE
from flask_maillage.territory import organisations, profiles, zones
from flask_maillage.territory.profiles import Area
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language, gettext
from flask_maillage.web.negotiation import keep_private

SUMMARY_LIMIT = 2000
SUGGESTED = 8
UNKNOWN = _("Nobody here knows “%(text)s”: correct it, or keep it as it is.")


class ProfileForm(CheckedForm):
    """What an actor says of itself."""

    name = StringField(_("Name"), [InputRequired(_("Write a name.")), Length(max=200)])
    summary = TextAreaField(
        _("In a few words"),
        [Length(max=SUMMARY_LIMIT)],
        description=_("What it is and does, in Markdown; other servers show it beside the name."),
    )
    organisation_kind = SelectField(_("What sort of organisation it is"), choices=organisations.choices(), default="")
    based_in = StringField(
        _("Based in"),
        [Length(max=250)],
        description=_(
            "One town, region or country: a name, or a postal code. Whoever looks at its territory finds you."
        ),
    )
    zone = HiddenField(validators=[Length(max=zones.LONGEST_CODE)])
    """The code of what was chosen from the list below that field, which tells apart what has the same name."""
    which_base = RadioField(_("Which one is it?"), choices=[], validate_choice=False)
    acts_in = TextAreaField(
        _("Acts in"),
        [Lines(profiles.MAX_AREAS, 250)],
        description=_("One town, region or country per line."),
    )
    areas_as_typed = BooleanField(_("Another one, or it does not matter: keep these lines as I wrote them"))
    links = TextAreaField(
        _("Links"),
        [Lines(profiles.MAX_LINKS, 2000)],
        description=_(
            "One per line: “Name | https://address”. The first is the website. A page that links back here with "
            'rel="me" is shown as verified, here and on Mastodon.'
        ),
    )

    asks_of_areas: bool = False
    """Whether a line of `acts_in` is not certain."""
    known: frozenset[str] = frozenset()
    """Places that stand in the profile as somebody typed them: nobody is asked again which these are."""

    def validate_which_base(self, field: Any) -> None:
        """Ask once which zone is meant where it is not certain; it may stay as it was typed."""
        text = one_line(self.based_in.data or "", 250)
        if not text or text in self.known or _certain(text, self.zone.data):
            return
        found = zones.meant(text, current_language())[:SUGGESTED]
        named = [(code, zones.told_apart(code, current_language())) for code in found]
        field.choices = choices_of([*named, (NONE_OF_THESE, _("Another one, or it does not matter"))])
        if field.data in {choice.value for choice in field.choices}:
            return
        if found:
            raise ValidationError(say(_("“%(text)s” may be several: choose one."), text=text))
        raise ValidationError(say(UNKNOWN, text=text))

    def validate_acts_in(self, field: Any) -> None:
        """Ask once about lines that name no zone, or several; they may stay as they were typed."""
        for line in written_lines(field.data):
            if line in self.known or _certain(line):
                continue
            self.asks_of_areas = True
            if self.areas_as_typed.data:
                continue
            found = zones.meant(line, current_language())[:SUGGESTED]
            if not found:
                raise ValidationError(
                    say(_("Nobody here knows “%(text)s”: correct it, or keep it as it is."), text=line)
                )
            choices = "; ".join(zones.told_apart(code, current_language()) for code in found)
            raise ValidationError(
                say(_("“%(text)s” may be several. Write one of these: %(choices)s."), text=line, choices=choices)
            )

    def validate_links(self, field: Any) -> None:
        """Refuse a line without a web address."""
        for number, line in enumerate(written_lines(field.data), start=1):
            if clean_url(_link(line)[1]) is None:
                raise ValidationError(say(_("Line %(line)d: write the whole address, with https://."), line=number))

    def base(self) -> Area | None:
        """Return where it is based, by a valid form."""
        text = one_line(self.based_in.data or "", 250)
        if not text:
            return None
        chosen = self.which_base.data if self.which_base.data not in (None, NONE_OF_THESE) else self.zone.data
        return Area(text, "" if text in self.known else _certain(text, chosen))

    def areas(self) -> list[Area]:
        """Return where it acts, by a valid form."""
        return [Area(line, "" if line in self.known else _certain(line)) for line in written_lines(self.acts_in.data)]

    def addresses(self) -> list[tuple[str, str]]:
        """Return the links of a valid form, each address once."""
        pairs = (_link(line) for line in written_lines(self.links.data))
        return list({address: (label, address) for label, address in pairs}.values())


@pages.route("/@<page_handle>/profile", methods=["GET", "POST"])
def profile(page_handle: str) -> Response:
    """Show the profile of an actor of ours to those who administer it, and write what they change."""
    with reading():
        is_signed_in = current_member() is not None
    if not is_signed_in:
        return signed_out.answer(ProfileForm)
    actor = local.find_page(page_handle)
    if actor is None or not profiles.has_one(actor) or not may(current_member(), ADMINISTER, actor):
        abort(404)
    form: Any = ProfileForm(data=_filled(actor))
    form.known = _without_code(actor)
    if not organisations.has_one(actor):
        del form.organisation_kind
    if request.method == "GET":
        return _page(actor, form)
    if not form.validate():
        return _page(actor, form, 422)
    profiles.write(
        actor,
        name=form.name.data,
        summary=form.summary.data or "",
        based_in=form.base(),
        acts_in=form.areas(),
        addresses=form.addresses(),
        organisation_kind=form.organisation_kind.data if "organisation_kind" in form else None,
    )
    session().commit()
    flash(gettext("Saved. Those who follow %(name)s are told.", name=actor.name))
    return redirect(url_for("maillage.actor", page_handle=actor.page_handle), code=303)


def _page(actor: Actor, form: Any, status: int = 200) -> Response:
    said = profiles.of(actor, current_language())
    html = render_template("maillage/profile.html", actor=actor, form=in_readers_language(form), links=said.links)
    return keep_private(make_response(html, status))


def _filled(actor: Actor) -> dict[str, str]:
    language = current_language()
    said = profiles.of(actor, language)
    based = said.based_in
    return {
        "name": actor.name,
        "summary": to_markdown(actor.summary),
        "organisation_kind": said.organisation_kind or "",
        "based_in": (zones.written(based.code, language) if based.code else based.name) if based else "",
        "acts_in": "\n".join(zones.written(one.code, language) if one.code else one.name for one in said.acts_in),
        "links": "\n".join(f"{one.label} | {one.address}" for one in said.links),
    }


def _certain(text: str, chosen: str | None = None) -> str:
    """Return the code of the one zone that a text means, or an empty text; `chosen` is one of several of that name."""
    found = zones.meant(text, current_language())
    if chosen in found:
        return str(chosen)
    return found[0] if len(found) == 1 else ""


def _without_code(actor: Actor) -> frozenset[str]:
    said = profiles.of(actor, current_language())
    return frozenset(one.name for one in (said.based_in, *said.acts_in) if one is not None and not one.code)


def _link(line: str) -> tuple[str, str]:
    label, address = fields_of(line, 2)
    if not address and clean_url(label) is not None:
        label, address = label.partition("://")[2].rstrip("/"), label
    return clean_text(label, limit=profiles.LABEL_LIMIT), address
