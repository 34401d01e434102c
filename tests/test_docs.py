"""What the documents promise: modules, settings, verbs, kinds, terms and dependencies are named where one looks."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click import Group
from flask import Flask

from actors import documents, local
from actors.models import NODE, ORGANISATION, PERSON, PROJECT
from flask_maillage import sample
from flask_maillage.cli.main import commands
from flask_maillage.publications.content import ActorRef, Content, Envelope
from flask_maillage.publications.feeds.table import COLUMNS
from flask_maillage.publications.filtering import PARAMETERS
from flask_maillage.publications.kinds import KINDS, kind_named
from flask_maillage.publications.views.channels import FILES
from flask_maillage.setting_list import PREFIX, SETTINGS, Setting
from inboxes.registry import verbs

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("federation", "actors", "inboxes", "flask_maillage")
DOCUMENTS = (
    "README.md",
    "FEDERATION.md",
    "CHANGELOG.md",
    *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
BASE = "https://node.example"
ENVELOPE = Envelope(
    iri=f"{BASE}/actors/union/things/1",
    url=f"{BASE}/@union/things/1",
    actor=f"{BASE}/actors/union",
    application=f"{BASE}/actors/relay",
    followers=f"{BASE}/actors/union/followers",
    to=(PUBLIC,),
    cc=(),
    published=NOW,
    updated=NOW,
    replies=f"{BASE}/actors/union/things/1/replies",
    attendees=f"{BASE}/actors/union/things/1/attendees",
    place=f"{BASE}/places/1",
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def named(name: str) -> set[str]:
    """Return what a document names in `code`, outside of its examples."""
    prose = re.sub(r"^```.*?^```", "", read(name), flags=re.MULTILINE | re.DOTALL)
    return set(re.findall(r"`([^`\n]+)`", prose))


def words_of(value: Any) -> Iterator[str]:
    """Yield every name of a property and of a type in a document."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "@context":
                yield key
                yield from words_of(part)
        yield from [value["type"]] if isinstance(value.get("type"), str) else []
    elif isinstance(value, list):
        for part in value:
            yield from words_of(part)


def terms() -> set[str]:
    """Return the terms that our context defines beyond those of ActivityStreams, abbreviations left out."""
    defined = next(part for part in json.loads(read("federation/context.json")) if isinstance(part, dict))
    return {term for term, meaning in defined.items() if not str(meaning).endswith(("#", "/"))}


def contents() -> list[Content]:
    iris = {handle: f"{BASE}/actors/{handle}" for handle in ("ires", "astrees", "etuc")}
    call, event, initiative = sample.call(NOW, iris), sample.seminar(NOW, iris), sample.initiative(NOW, iris)
    carried = initiative.details.model_copy(update={"carried_by": (ActorRef(iri=f"{BASE}/actors/ires", name="IRES"),)})
    seats = event.details.model_copy(update={"participants": 3})
    return [
        call,
        event.model_copy(update={"details": seats}),
        initiative.model_copy(update={"details": carried}),
        sample.news(NOW, iris),
    ]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_setting_is_documented_with_its_default_and_its_help(setting: Setting) -> None:
    shown = str(setting.default).lower() if setting.kind is bool else str(setting.default)
    default = "(must be set)" if setting.default is None else f"`{shown}`" if shown else "(empty)"

    assert f"| `{PREFIX}{setting.name}` | {default} | {setting.help} |" in read("docs/settings.md").splitlines()


def test_no_setting_is_documented_that_there_is_not() -> None:
    there = {PREFIX + setting.name for setting in SETTINGS}
    mentioned = {name for document in DOCUMENTS for name in re.findall(r"MAILLAGE_[A-Z_]*[A-Z]", read(document))}

    assert mentioned <= there


def test_every_verb_with_a_handler_is_in_the_federation_document() -> None:
    table = read("FEDERATION.md").partition("## Activities in")[2].partition("\n## ")[0]
    listed = {
        verb
        for row in table.splitlines()
        if row.startswith("| `")
        for verb in re.findall(r"`(\w+)`", row.split("|")[1])
    }

    assert listed == verbs()


def test_every_kind_is_in_the_federation_document_with_its_type() -> None:
    table = read("FEDERATION.md").partition("| kind | type | own terms |")[2].partition("\n\n")[0]
    listed = {tuple(cell.strip(" `") for cell in row.split("|")[1:3]) for row in table.splitlines()[2:]}

    assert listed == {(kind.name, kind.as2_type) for kind in KINDS}


@pytest.mark.parametrize("content", contents(), ids=lambda content: content.kind)
def test_every_extension_term_of_a_kind_is_in_the_federation_document(content: Content) -> None:
    sent = set(words_of(kind_named(content.kind).to_object(content, ENVELOPE))) & terms()

    assert len(sent) > (3 if content.kind == "news" else 10)
    assert sent - named("FEDERATION.md") == set()


def test_every_extension_term_of_an_actor_is_in_the_federation_document(app: Flask) -> None:
    with app.app_context():
        made = [local.ensure_application()]
        made += [local.create(f"one_{kind}", kind, kind, website=BASE) for kind in (ORGANISATION, PROJECT, PERSON)]
        sent = {term for actor in made for term in words_of(documents.actor_document(actor))} & terms()

    assert {actor.kind for actor in made} == {NODE, ORGANISATION, PROJECT, PERSON}
    assert sent - named("FEDERATION.md") == set()


def test_every_module_is_in_the_architecture() -> None:
    paths = {path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    modules = {
        f"{path.parent.as_posix()}/" if path.name == "__init__.py" else path.as_posix()
        for path in paths
        if "versions" not in path.parts
    }

    rows = {row.split("|")[1].strip(" *`") for row in read("docs/architecture.md").splitlines() if row.startswith("|")}

    assert modules - rows == set()
    gone = {row for row in rows - modules if row.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert {row for row in gone if not (ROOT / row.partition("`")[0]).exists()} == set()


def test_every_dependency_has_its_line_in_the_decisions() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for group in (project["project"]["optional-dependencies"], project["dependency-groups"]):
        wanted += [requirement for requirements in group.values() for requirement in requirements]
    names = {re.split(r"[\[<>=!~; ]", requirement)[0] for requirement in wanted}

    lines = [line for line in read("docs/decisions.md").splitlines() if line.startswith("- `")]
    listed = {name for line in lines for name in re.findall(r"`([a-z0-9-]+)`", line.partition(":")[0])}
    listed -= set(project["project"]["optional-dependencies"])

    locked = {
        name
        for path in ROOT.glob("requirements*.lock")
        for name in re.findall(r"^([a-z0-9-]+)==", read(path.name), re.M)
    }
    assert names - listed == set()
    assert listed - names - locked == set()


def test_every_decision_is_dated() -> None:
    decisions = read("docs/decisions.md").partition("## Dependencies")[0]
    titles = re.findall(r"^\*\*(.+?)\*\*", decisions, flags=re.MULTILINE)

    assert len(titles) >= 15
    assert [title for title in titles if not re.match(r"\d{4}-\d{2}-\d{2}\. .+\.$", title)] == []


def test_every_file_parameter_and_column_is_in_the_document_of_outputs() -> None:
    assert {*FILES.values(), *PARAMETERS, *COLUMNS} - named("docs/outputs.md") == set()


def test_every_command_is_in_the_readme() -> None:
    table = read("README.md").partition("## Commands")[2].partition("\n## ")[0]
    there = set()
    for name, command in commands.commands.items():
        there |= {f"{name} {part}" for part in command.commands} if isinstance(command, Group) else {name}

    listed = set()
    for row in re.findall(r"^\| (`.+?) \|", table, flags=re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", row)
        listed |= {first.removeprefix("maillage ")}
        listed |= {f"{first.split()[1]} {other}" for other in others}

    assert listed == there


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", read(document))

    assert [target for target in targets if not (ROOT / document).parent.joinpath(unquote(target)).exists()] == []


@pytest.mark.parametrize("target", ["run", "demo", "test", "test-long", "lint", "serve", "assets"])
def test_makefile_has_every_target_that_the_documents_promise(target: str) -> None:
    assert re.search(rf"^{target}:", read("Makefile"), flags=re.MULTILINE)


def test_licence_is_whole() -> None:
    text = read("LICENSE")
    articles = re.findall(r"^(\d+)\.\s?\S", text, flags=re.MULTILINE)

    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert articles == [str(number) for number in range(1, 16)]
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text
    assert text.rstrip().endswith("require the production of a new EUPL version.")
