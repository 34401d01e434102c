"""The page on which members say how they are told things: language, time zone, by which way what comes, their feeds."""

from typing import Any

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import AnyOf

from actors.database import session
from actors.node import now
from flask_maillage.mail import queue
from flask_maillage.people.current import current_member, may, to_sign_in
from flask_maillage.people.forms import CheckedForm
from flask_maillage.people.models import Member
from flask_maillage.people.notifying import preferences, rhythm
from flask_maillage.people.notifying.kinds import CHANNELS, KINDS, Kind
from flask_maillage.people.notifying.models import DAILY, NEVER, WEEKLY
from flask_maillage.people.roles import MODERATE
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.content import timezones
from flask_maillage.publications.own import secret_feeds
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import LANGUAGES, word
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private


class TellingForm(CheckedForm):
    """How a member is told things."""

    language = SelectField(word("Language of mails to you"), choices=[SelectChoice(*one) for one in LANGUAGES.items()])
    timezone = SelectField(word("Your time zone"), description=word("Mails that tell what is new come at seven there."))
    digest = RadioField(
        word("A mail that tells what is new"),
        choices=[
            SelectChoice(NEVER, word("Never")),
            SelectChoice(DAILY, word("Every day on which there is something")),
            SelectChoice(WEEKLY, word("Every Monday, if there is something")),
        ],
        description=word("What those you follow published, which calls close soon, and what you have not read here."),
    )
    channels = SelectMultipleField()


class FeedsForm(CheckedForm):
    """New addresses of one's feeds, none any more, or what is in the calendar."""

    what = HiddenField(validators=[AnyOf(["renew", "revoke", "choose"])])
    feed_events = BooleanField(word("Also the events of those I follow, whether I go there or not"))


@pages.route("/my/settings", methods=["GET", "POST"], endpoint="my_settings")
def show_settings() -> Response:
    """Show how a member is told things, and take down what they choose."""
    member = _member()
    if member is None:
        return to_sign_in()
    form = _form(member)
    if form.is_submitted() and form.validate():
        _choose(member, form)
        session().commit()
        flash(_("Saved."))
        return redirect(url_for("maillage.my_settings"), code=303)
    return _page(member, form, status=422 if form.is_submitted() else 200)


@pages.post("/my/settings/feeds", endpoint="my_feeds")
def change_feeds() -> Response:
    """Make new addresses of a member's feeds, which are shown on the answer alone, or end them."""
    member = _member()
    if member is None:
        return to_sign_in()
    form: Any = FeedsForm()
    if not form.validate():
        abort(400)
    if form.what.data == "renew":
        secret = secret_feeds.renew(member)
        session().commit()
        return _page(member, _form(member, formdata=None), secret=secret)
    if form.what.data == "revoke":
        secret_feeds.revoke(member)
        flash(_("The addresses of your feeds lead nowhere any more."))
    else:
        preferences.made_for(member).feed_events = form.feed_events.data
        flash(_("Saved."))
    session().commit()
    return redirect(f"{url_for('maillage.my_settings')}#feeds", code=303)


def _member() -> Member | None:
    """Return the member of ours who is here, or None for nobody; a host tells its own members things itself."""
    member = current_member()
    if member is not None and not isinstance(member, Member):
        abort(404)
    return member


def _kinds(member: Member) -> list[Kind]:
    return [kind for kind in KINDS.values() if not kind.for_moderators or may(member, MODERATE, None)]


def _form(member: Member, **options: Any) -> Any:
    said = preferences.of(member)
    kinds = _kinds(member)
    data = {
        "language": member.language,
        "timezone": preferences.timezone_of(said) or "UTC",
        "digest": said.digest if said is not None else NEVER,
        "channels": [f"{kind.name}-{channel}" for kind in kinds for channel in preferences.channels(said, kind)],
    }
    form: Any = TellingForm(data=data, **options)
    form.timezone.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in timezones()]
    form.channels.choices = [
        SelectChoice(f"{kind.name}-{channel}", channel)
        for kind in kinds
        for channel in CHANNELS
        if channel in kind.offered
    ]
    return form


def _choose(member: Member, form: Any) -> None:
    said = preferences.made_for(member)
    member.language = form.language.data
    rhythm.choose(said, form.digest.data, form.timezone.data, now())
    wanted = set(form.channels.data)
    for kind in _kinds(member):
        chosen = frozenset(channel for channel in CHANNELS if f"{kind.name}-{channel}" in wanted)
        if chosen != preferences.channels(said, kind):
            preferences.choose(said, kind, chosen)
    session().flush()


def _page(member: Member, form: Any, *, status: int = 200, secret: str = "") -> Response:
    said = preferences.of(member)
    feeds_form: Any = FeedsForm(formdata=None, data={"feed_events": said.feed_events if said is not None else True})
    html = render_template(
        "maillage/my_settings.html",
        form=in_readers_language(form),
        kinds=_kinds(member),
        channels=CHANNELS,
        mails_go=queue.is_on(),
        feeds_form=in_readers_language(feeds_form),
        feeds_made_at=said.feed_made_at if said is not None and said.feed_digest else None,
        addresses=[(ending, secret_feeds.address(secret, ending)) for ending in secret_feeds.ENDINGS if secret],
    )
    return keep_private(make_response(html, status))
