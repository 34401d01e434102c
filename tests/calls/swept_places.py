"""At which addresses of a node something of the applications of the privacy sweep could be read: all there are."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select

from actors.database import session
from actors.models import Posted
from flask_maillage.calls import seats_by_mail
from flask_maillage.calls.desk.entries import key_of
from flask_maillage.calls.models import ApplicationFile, Dossier, Draft
from flask_maillage.people.notifying.models import Notification
from flask_maillage.publications.kinds.call import details_of
from flask_maillage.publications.models import Publication
from tests.fediverse import RemoteActor

ROOMS = "flask_maillage.calls."
ANYTHING = {"filename": "nothing.png", "day": "2027-01-08", "version": "2.0", "code": "FR", "number": "1"}
QUERIES = {
    "/.well-known/webfinger": "?resource=acct:union@localhost",
    "/oembed": "?url=http://localhost/calls",
    "/search": "?q=zqname",
    "/publications": "?q=zqname",
    "/find": "?q=zqname",
}
NELL, OTTO, ZOE, RIDERS, CARE, LATE = "nell", "otto", "zoe", "riders", "care", "late"
WIM, PAST = "wim", "past"
"""One that is taken back, and one that is erased."""
APPLICATIONS = (NELL, OTTO, ZOE, RIDERS, CARE, WIM)
FIELDS = ("text", "initiative", "summary", "person", "role", "organisation", "sector", "topic")
"""What an application says besides its name, each with a word of its own."""
Places = dict[Any, list[str]]


def word(kind: str, whose: str) -> str:
    """Return the word of one text of an application, which stands in no other."""
    return f"zq{kind}{whose}"


@dataclass
class Story:
    """The call, and by which names its things are found."""

    iri: str
    identifier: str
    dossiers: dict[str, str]
    agreements: dict[str, str]
    elsewhere: dict[str, RemoteActor]
    places: Places = field(default_factory=dict)
    posted: list[str] = field(default_factory=list)

    def names_of(self, name: str) -> tuple[str, str]:
        """Return what stands for an application in addresses: of the owner's pages, and of its readers'."""
        return self.dossiers[name], key_of(self.agreements[name])


def places_of(call: Publication, story: Story, corrected: Dossier, links: dict[str, str]) -> Places:
    """Return what may stand in the place of each name in an address: by the address's beginning, or for all."""
    seat = next(one for one in details_of(call.content).committee if one.key == "post")
    version = corrected.versions[-1]
    identifiers, keys = list(story.dossiers.values()), [key_of(one) for one in story.agreements.values()]
    stored = session().scalars(select(ApplicationFile)).all()
    assert [one.state for one in stored] == ["kept"] * 2
    story.posted = [one.iri.removeprefix("http://localhost") for one in session().scalars(select(Posted))]
    notified = {(one.member_id, one.kind): str(one.id) for one in session().scalars(select(Notification))}
    uploads = [one.url.rpartition("/")[2] for one in stored]
    drafts_here = [one.identifier for one in session().scalars(select(Draft))]
    with_files = [story.names_of(one)[0] for one in (NELL, OTTO)]  # one with a file, and one without
    by_key = [story.names_of(one)[1] for one in (NELL, OTTO)]
    managed, desk = "/@<page_handle>/calls/<identifier>/manage", "/actors/<handle>/calls/<identifier>/dossiers"
    return {
        (f"{managed}/applications/<application>/files", "application"): with_files,
        (f"{desk}/<dossier>/files", "dossier"): with_files,
        (f"{desk}/<dossier>/files", "number"): ["1", "2"],
        (desk, "number"): ["1"],
        ("/@<page_handle>/calls/<identifier>/committee/<key>/files", "key"): by_key,
        "page_handle": ["union"],
        ("/@<page_handle>$", "page_handle"): ["union", NELL, OTTO],
        ("/@<page_handle>/publications", "page_handle"): ["union", NELL],
        "handle": ["union"],
        ("/actors/<handle>$", "handle"): ["union", NELL, OTTO],
        ("/actors/<handle>/<any(featured", "handle"): ["union", OTTO],
        "slug": ["calls"],
        "identifier": [call.identifier],
        "dossier": identifiers,
        "application": identifiers,
        "number": ["1", "2"],
        "cohort": ["1"],
        "question": ["note"],
        ("/@<page_handle>/<any(", "slug"): ["calls", "events"],
        ("/@<page_handle>/<any(", "identifier"): [call.identifier, links["event"]],
        ("/@<page_handle>/events", "identifier"): [links["event"]],
        ("/embed/@", "identifier"): [call.identifier, links["event"]],
        ("/actors/<handle>/<any(calls", "slug"): ["calls", "events"],
        ("/actors/<handle>/<any(calls", "identifier"): [call.identifier, links["event"]],
        ("/actors/<handle>/files", "handle"): [NELL],
        ("/actors/<handle>/files", "name"): uploads,
        ("/actors/<handle>/outbox", "handle"): ["union", NELL, OTTO, WIM, PAST, "relay"],
        ("/actors/<handle>/calls", "key"): ["note"],
        ("/@<page_handle>/calls", "key"): keys,
        ("/my/applications", "identifier"): drafts_here,
        ("/my/follow-up", "key"): keys,
        ("/my/sessions/outputs", "key"): keys,
        ("/my/notifications", "number"): list(notified.values()),
        ("/seats", "token"): [seats_by_mail.token(version, seat, links["seat"])],
        ("/seats", "key"): ["note"],
        ("/applications/<token>/confirm", "token"): [links["confirm"]],
        ("/applications", "token"): [links["own"]],
        ("/cohort-sessions", "token"): [links["session"]],
        ("/experts", "token"): [links["expert"]],
    }


def addresses(app: Flask, story: Story) -> Iterator[tuple[str, bool]]:
    """Yield every address at which something can be read, and whether it is one of the rooms of calls."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" not in rule.methods or rule.endpoint.endswith("static"):
            continue
        is_ours = app.view_functions[rule.endpoint].__module__.startswith(ROOMS)
        names = sorted(rule.arguments)
        for chosen in itertools.product(*(_words(rule, name, story, is_ours) for name in names)):
            if ("identifier" in names and "slug" in names) and ("calls" in chosen) != (story.identifier in chosen):
                continue  # below a list of other things
            path = rule.rule
            for name, value in zip(names, chosen, strict=True):
                path = re.sub(rf"<([^>]*:)?{name}>", value, path)
            yield path + QUERIES.get(path, ""), is_ours
    yield from ((path, False) for path in story.posted)


def _words(rule: Any, name: str, story: Story, is_ours: bool) -> list[str]:
    """Return what may stand in the place of a name in a rule."""
    for beginning, named in (one for one in story.places if isinstance(one, tuple)):
        if named == name and f"{rule.rule}$".startswith(beginning):
            return story.places[beginning, named]
    items = getattr(rule._converters[name], "items", None)
    if name in story.places or items:
        return story.places.get(name) or sorted(items)
    assert not is_ours, f"say in swept_places.py what {name} of {rule.rule} may be"
    return [ANYTHING.get(name, "nothing")]
