"""The page *Topics*: what this node adds to the list which all nodes share, by the same steps as `maillage topic`."""

from typing import Any

from flask import abort, flash, redirect, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from actors.database import session
from flask_maillage.admin.forms import ProofForm, TopicForm
from flask_maillage.admin.gate import admin_page, require_admin
from flask_maillage.publications import topic_list
from flask_maillage.publications.topic_list import ListedTopic, TopicError
from flask_maillage.publications.topics import TOPICS, label_of
from flask_maillage.web.blueprint import pages
from flask_maillage.web.language import current_language
from flask_maillage.web.language import gettext as _


@pages.get("/admin/topics", endpoint="admin_topics")
def show_topics() -> Response:
    """List the topics of this node, the retired ones too, with a form for one more."""
    require_admin()
    return _page(_form())


@pages.post("/admin/topics", endpoint="admin_add_topic")
def add_topic() -> Response:
    """Add a topic."""
    require_admin(TopicForm)
    form = _form()
    known = topic_list.find((form.term.data or "").strip())
    if known is not None:
        form.validate()
        form.term.errors = [_("There is a topic of this name: change that one.")]
        return _page(form, status=422)
    return _written(form, form.term.data, _("Added: it is offered in forms from now on."))


@pages.route("/admin/topics/<term>", methods=["GET", "POST"], endpoint="admin_topic")
def change_topic(term: str) -> Response:
    """Say anew what a topic is called and what it belongs to; a retired one is offered again."""
    require_admin(TopicForm)
    found = topic_list.find(term) or abort(404)
    written = "\n".join(f"{language}={name}" for language, name in found.labels.items())
    form = _form(
        found, data={"term": term, "labels": written, "parent": found.parent.rpartition("/")[2].rpartition("#")[2]}
    )
    if not form.is_submitted():
        return _page(form, found)
    form.term.data = term
    return _written(form, term, _("Saved."), found)


@pages.post("/admin/topics/<term>/retire", endpoint="admin_retire_topic")
def retire_topic(term: str) -> Response:
    """Offer a topic no more; it stays where it was chosen."""
    require_admin()
    _check_proof()
    if not topic_list.retire(term):
        abort(404)
    session().commit()
    flash(_("It is offered no more, and stays where it was chosen."))
    return redirect(url_for("maillage.admin_topics"), code=303)


@pages.post("/admin/topics/<term>/remove", endpoint="admin_remove_topic")
def remove_topic(term: str) -> Response:
    """Take a topic away that nothing names."""
    require_admin()
    _check_proof()
    try:
        if not topic_list.remove(term):
            abort(404)
        session().commit()
        flash(_("The topic is gone."))
    except TopicError as error:
        session().rollback()
        flash(_(str(error)), "error")
    return redirect(url_for("maillage.admin_topics"), code=303)


def _check_proof() -> None:
    if not ProofForm().validate():
        abort(400)


def _form(found: ListedTopic | None = None, **more: Any) -> Any:
    form: Any = TopicForm(**more)
    shared = [(one.iri.rpartition("#")[2], one.label) for one in TOPICS if not one.parent]
    own = [(one.term, one.named.label(current_language())) for one in topic_list.listed() if not one.parent]
    pairs = [("", "–"), *shared, *(pair for pair in own if found is None or pair[0] != found.term)]
    form.parent.choices = [SelectChoice(value, label) for value, label in pairs]
    return form


def _written(form: Any, term: str, said: str, found: ListedTopic | None = None) -> Response:
    if not form.validate():
        return _page(form, found, 422)
    try:
        topic_list.add(term.strip(), form.names(), form.parent.data or "")
        session().commit()
    except TopicError as error:
        session().rollback()
        form[error.field].errors = [str(error)]
        return _page(form, topic_list.find(term) if found else None, 422)
    flash(said)
    return redirect(url_for("maillage.admin_topics"), code=303)


def _page(form: Any, found: ListedTopic | None = None, status: int = 200) -> Response:
    listed = topic_list.listed(retired=True)
    names = {one.iri: one.named.label(current_language()) for one in listed}
    return admin_page(
        "topics.html",
        status,
        topic_form=form,
        changed=found,
        topics=[(one, _parent_of(one, names), topic_list.is_used(one)) for one in listed],
        proof_form=ProofForm(formdata=None),
    )


def _parent_of(topic: ListedTopic, names: dict[str, str]) -> str:
    return names.get(topic.parent) or _(label_of(topic.parent)) if topic.parent else ""
