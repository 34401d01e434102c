"""What members are told about founding: that they are asked, what others answered, that it begins or is short."""

from actors import iris
from actors.models import Actor
from flask_maillage.coalitions.founding.models import CONSENTED, REFUSED, Founder
from flask_maillage.people.notifying.about_following import seen
from flask_maillage.people.notifying.kinds import Told, declare
from flask_maillage.people.notifying.models import Notification
from flask_maillage.people.notifying.writing import concerns, members_who_are, notify, people_of
from flask_maillage.people.notifying.writing import take_back as take_notices_back
from flask_maillage.web.language import gettext as _
from flask_maillage.web.language import word


def _asked(notification: Notification) -> Told | None:
    project = seen(notification.actor)
    if project is None or not concerns(notification):
        return None
    return Told(_("You are asked to be a founder of %(name)s", name=project.name), iris.own("my/projects"))


def _answered(notification: Notification) -> Told | None:
    who, project = seen(notification.actor), seen(notification.subject)
    if who is None or project is None or not concerns(notification):
        return None
    sentences = {
        CONSENTED: _("%(who)s consents to found %(name)s", who=who.name or who.address, name=project.name),
        REFUSED: _("%(who)s does not want to found %(name)s", who=who.name or who.address, name=project.name),
    }
    text = sentences.get(notification.detail)
    return Told(text, iris.own(f"@{project.page_handle}/founders")) if text else None


def _started(notification: Notification) -> Told | None:
    project = seen(notification.subject)
    if project is None:
        return None
    text = _("%(name)s is founded: three people have consented", name=project.name)
    return Told(text, iris.actor_page(project.page_handle))


def _short(notification: Notification) -> Told | None:
    project = seen(notification.subject)
    if project is None or not concerns(notification):
        return None
    text = _("%(name)s has fewer than three founders now: ask others", name=project.name)
    return Told(text, iris.own(f"@{project.page_handle}/founders"))


ASKED = declare("founder_asked", word("You are asked to found a project"), _asked, mailed=True)
ANSWERED = declare("founder_answered", word("Whether others found a project with you"), _answered)
STARTED = declare("project_started", word("A project of yours is founded"), _started, mailed=True)
SHORT = declare("project_short", word("A project of yours has too few founders"), _short, mailed=True)


def asked(founder: Founder) -> None:
    """Tell a person of ours that they are asked; not who asks themselves."""
    if founder.person.local:
        notify(ASKED, members_who_are([founder.person]), actor=founder.project, subject=founder.person)


def take_back(founder: Founder) -> None:
    """Let go of the question once it is answered or taken back."""
    take_notices_back(ASKED, actor=founder.project, subject=founder.person)


def answered(founder: Founder) -> None:
    """Tell those who look after a project of ours what somebody answered."""
    notify(ANSWERED, people_of(founder.project), actor=founder.person, subject=founder.project, detail=founder.state)


def started(project: Actor) -> None:
    """Tell those who look after a project of ours that it begins."""
    notify(STARTED, people_of(project), subject=project)


def short(project: Actor) -> None:
    """Tell those who look after a project of ours that it has too few founders."""
    notify(SHORT, people_of(project), subject=project)
