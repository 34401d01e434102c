"""Pages of an application: writing it with what saves by itself, looking at it before it goes, sending it."""

import hashlib
from typing import Any

from flask import flash, jsonify, redirect, request
from werkzeug.wrappers import Response

from actors.database import reading, session
from federation.errors import FederationError
from flask_maillage.calls import wording
from flask_maillage.calls.applying import drafts, files, forms, sending, standing, the_call
from flask_maillage.calls.applying.checking import application_of, in_words
from flask_maillage.calls.applying.doors import Door, page_of, private
from flask_maillage.calls.applying.page_forms import SendForm
from flask_maillage.calls.applying.the_call import TheCall
from flask_maillage.calls.codes import Refused
from flask_maillage.calls.posting import NotForThem
from flask_maillage.people.wording import in_readers_language
from flask_maillage.publications.editing.paths import page_path
from flask_maillage.publications.rules import NotPossible
from flask_maillage.web.language import current_language, word
from flask_maillage.web.language import gettext as _
from flask_maillage.web.negotiation import keep_private

GONE = word("This call is not there any more.")


def call_of(door: Door) -> TheCall:
    """Return the call of an application.

    Raises:
        NotPossible: it is not known here any more.
    """
    call = door.call
    if call is None:
        raise NotPossible(GONE)
    return call


@page_of("write", ("GET", "POST"))
def write(door: Door) -> Response:
    """Show the form of an application, and keep what is typed: by itself, by a button, or to look at it whole."""
    with reading():
        call = call_of(door)
        if not (sending.may_send(door.draft) or sending.may_correct(door.draft)):
            return redirect(door.path(), code=303)
        if request.method != "POST":
            return _shown(door, call, forms.form_for(door.draft, call, shown=True), is_checked="check" in request.args)
        files.bound_request(call)
        looked = files.look(call)
    return _kept(door, call_of(door), looked)


def _kept(door: Door, call: TheCall, looked: files.Looked) -> Response:
    draft, do = drafts.lock(door.draft), request.form.get("do", "save")
    form = forms.form_for(draft, call, shown=False)
    valid = form.validate()
    if "csrf_token" in form.errors:
        return _stale(door, call, form, do)
    if form.version.data != drafts.mark(draft):
        return _typed_over(door, call, form, do)
    if not valid:
        session().rollback()
        said = _("Not saved: this is too long.")
        return _answer(413, said=said) if do == "autosave" else _page(door, call, form, 422)
    kept = files.keep(looked, draft, door.author) if do != "autosave" else {}
    drafts.save(draft, forms.content_of(form, draft, call, kept))
    session().commit()
    if do == "autosave":
        return _answer(200, version=drafts.mark(draft), edit=door.path("write"))
    return _after_saving(door, call, looked, do)


def _after_saving(door: Door, call: TheCall, looked: files.Looked, do: str) -> Response:
    if looked.problems:
        form = forms.form_for(door.draft, call, shown=True)
        forms.put_errors(form, looked.problems)
        return _page(door, call, form, 422)
    if do != "check":
        flash(_("Saved. Nothing was sent."))
        return redirect(door.path("write"), code=303)
    if application_of(door.draft, call, version=1)[1]:
        return _shown(door, call, forms.form_for(door.draft, call, shown=True), is_checked=True, status=422)
    return redirect(door.path("check"), code=303)


def _stale(door: Door, call: TheCall, form: Any, do: str) -> Response:
    session().rollback()
    if do == "autosave":
        return _answer(400, token=form.csrf_token.current_token)
    return _page(door, call, form, 422)


def _typed_over(door: Door, call: TheCall, form: Any, do: str) -> Response:
    """Say that somebody else wrote meanwhile; pressed once more, what is typed here takes its place."""
    session().rollback()
    text = _("Not saved: somebody else changed this meanwhile, or you did in another window. Save it once more to keep "
             "what stands here.")  # fmt: skip
    if do == "autosave":
        return _answer(409, said=text)
    form.form_errors = [*form.form_errors, text]
    return _page(door, call, form, 409)


def _shown(door: Door, call: TheCall, form: Any, *, is_checked: bool, status: int = 200) -> Response:
    if is_checked:
        forms.put_errors(form, application_of(door.draft, call, version=1)[1])
    return _page(door, call, form, status)


def _page(door: Door, call: TheCall, form: Any, status: int) -> Response:
    refusal = sending.closed(call)
    form.version.data = drafts.mark(door.draft)
    return private(
        "maillage/applying/write.html",
        status,
        door=door,
        call=call,
        form=in_readers_language(form),
        answers=forms.answer_names(call),
        questions={f"a_{question.key}": question for question in call.details.questions},
        stored=forms.answers_by_key(door.draft),
        closed=in_words(refusal, call.row, current_language()) if refusal else "",
        back=page_path(call.row),
        is_correction=sending.may_correct(door.draft),
    )


def _answer(status: int, **said: Any) -> Response:
    answer = jsonify(said)
    answer.status_code = status
    return keep_private(answer)


@page_of("check", ("GET", "POST"))
def check(door: Door) -> Response:
    """Show an application as the committee will read it, with whom it goes to; and send it."""
    with reading():
        call = call_of(door)
        if not (sending.may_send(door.draft) or sending.may_correct(door.draft)):
            return redirect(door.path(), code=303)
        if application_of(door.draft, call, version=1)[1]:
            return redirect(f"{door.path('write')}?check=1", code=303)
        if request.method != "POST":
            return _check_page(door, call)
    return _sent(door)


def _sent(door: Door) -> Response:
    form = SendForm()
    if not form.validate():
        return _check_page(door, call_of(door), form.errors["csrf_token"][0], 422)
    with reading():
        iri = door.draft.call_iri
    try:
        lost = the_call.read_afresh(iri)
        session().commit()
    except FederationError:
        session().rollback()
        return _not_sent(door, _("The server of this call does not answer now. Try again in a while."))
    if lost:
        return _not_sent(door, _whom(lost))
    draft = drafts.lock(door.draft)
    if not (sending.may_send(draft) or sending.may_correct(draft)):
        session().rollback()
        return redirect(door.path(), code=303)
    call = call_of(door)
    if form.seen.data != _seen(door, call):
        text = _("The call or the application changed meanwhile. Look at it again, then send it.")
        session().rollback()
        return _again(door, text)
    try:
        sending.send(draft, call)
    except Refused as error:
        session().rollback()
        return _not_sent(door, in_words(error.refusal, call_of(door).row, current_language()))
    except sending.NotReady:
        session().rollback()
        return redirect(f"{door.path('write')}?check=1", code=303)
    except NotForThem as error:
        session().rollback()
        return _not_sent(door, _whom(error.iris))
    session().commit()
    return redirect(door.path(), code=303)


def _again(door: Door, text: str) -> Response:
    call = call_of(door)
    if application_of(door.draft, call, version=1)[1]:
        return redirect(f"{door.path('write')}?check=1", code=303)
    return _check_page(door, call, text, 409)


def _not_sent(door: Door, why: str) -> Response:
    return _check_page(door, call_of(door), f"{why} {_('Nothing was sent, to nobody.')}", 422)


def _whom(iris: Any) -> str:
    return _("It cannot be delivered to %(whom)s, and it goes to all or to nobody.", whom=", ".join(iris))


def _check_page(door: Door, call: TheCall, notice: str = "", status: int = 200) -> Response:
    application, _problems = application_of(door.draft, call, version=1)
    form = SendForm(formdata=None)
    form.seen.data = _seen(door, call)
    return private(
        "maillage/applying/check.html",
        status,
        door=door,
        call=call,
        application=application,
        facts=wording.facts(application.model_dump(include={"territory", "topics", "sectors"}), call.details)
        if application
        else None,
        given={answer.key: answer for answer in application.answers} if application else {},
        readers=standing.readers_of(call),
        form=form,
        notice=notice,
        closed=in_words(refusal, call.row, current_language()) if (refusal := sending.closed(call)) else "",
        back=page_path(call.row),
        is_correction=sending.may_correct(door.draft),
    )


def _seen(door: Door, call: TheCall) -> str:
    """Return what tells whether what is sent is what its writer looked at: the text, and who gets it."""
    parts = [drafts.mark(door.draft), str(call.details.committee_version), *call.recipients]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
