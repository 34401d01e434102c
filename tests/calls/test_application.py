"""What an application says is read from the wire and written to it again, and what does not fit is no application."""

import pytest

from flask_maillage.calls.application import agreement_of, content_of, envelope_of, made_of, read
from flask_maillage.calls.application_parts import Answer
from flask_maillage.calls.codes import Refused
from tests.calls.fixtures import details, fixture, index

WITH_APPLICATION = sorted(
    name
    for name, row in index().items()
    if name.startswith(("offer", "update", "correction"))
    and row["expected"] != {"outcome": "refused", "code": "malformed"}
    and "application" in (fixture(row["file"].removesuffix(".json")).get("object") or {})
)
DELETE = object()


def changed(path: str, value: object, name: str = "correction") -> dict:
    """Return an agreement of the story in which one thing is another, or gone."""
    agreement = fixture(name)["object"]
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = agreement
    for part in way:
        place = place[part]
    if value is DELETE:
        del place[last]
    else:
        place[last] = value
    return agreement


def is_malformed(agreement: dict) -> bool:
    try:
        read(agreement)
    except Refused as refused:
        return refused.refusal.code == "malformed"
    return False


@pytest.mark.parametrize("name", WITH_APPLICATION)
def test_every_application_of_the_story_is_written_as_it_was_read(name):
    agreement = fixture(index()[name]["file"].removesuffix(".json"))["object"]

    if name == "offer-in-anothers-name":
        agreement["id"] = agreement["id"].replace("care", "riders")

    assert agreement_of(read(agreement), envelope_of(agreement)) == agreement


def test_there_are_many_of_them():
    assert len(WITH_APPLICATION) > 35
    assert {"offer", "offer-guest", "correction"} <= set(WITH_APPLICATION)


@pytest.mark.parametrize("name", ["offer-plain-0837", "offer-file-elsewhere"])
def test_what_the_story_calls_malformed_is(name):
    assert index()[name]["expected"]["code"] == "malformed"
    assert is_malformed(fixture(name)["object"])


def test_what_is_not_named_in_the_document_is_left_out():
    agreement = changed("application.horoscope", "Leo")
    agreement["weather"] = "fine"

    assert "horoscope" not in agreement_of(read(agreement), envelope_of(agreement))["application"]


@pytest.mark.parametrize("language", ["en", "pt-BR", "sr-Latn-RS", "de-1996"])
def test_a_language_is_any_tag(language):
    assert read(changed("application.language", language)).language == language


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("type", "Article"),
        ("id", "https://node-e.example/applications/1"),
        ("id", "urn:uuid:1"),
        ("attributedTo", ["https://node-d.example/actors/riders"]),
        ("context", None),
        ("name", ""),
        ("name", " \n"),
        ("name", "n" * 201),
        ("name", "a\x00b"),
        ("name", "\ud800"),
        ("content", "c" * 100_001),
        ("published", DELETE),
        ("published", 5),
        ("published", "2027-01-10"),
        ("published", "0001-01-01T00:00:00+14:00"),
        ("updated", "yesterday"),
        ("to", []),
        ("to", [f"https://node-b.example/{number}" for number in range(22)]),
        ("to", ["https://node-b.example/1", "https://node-b.example/1"]),
        ("to", "https://node-b.example/1"),
        ("stipulates", DELETE),
        ("stipulates.type", "Intent"),
        ("stipulates.satisfies", DELETE),
        ("stipulates.resourceQuantity.hasNumericalValue", "2"),
        ("application", DELETE),
        ("application", []),
        ("application.version", DELETE),
        ("application.version", 0),
        ("application.version", 1001),
        ("application.version", "2"),
        ("application.version", True),
        ("application.version", 1.5),
        ("application.committeeVersion", DELETE),
        ("application.committeeVersion", -1),
        ("application.language", DELETE),
        ("application.language", "English, of course"),
        ("application.language", "en" + "-x" * 20),
        ("application.territory", "France"),
        ("application.territory", "fr"),
        ("application.topics", ["t"] * 21),
        ("application.topics", [4]),
        ("application.sectors", ["s"] * 13),
        ("application.sectors", ["s" * 201]),
        ("application.answers", {"objectives": "Rest"}),
        ("application.answers", [{"key": f"k{number}", "text": ""} for number in range(16)]),
        ("application.answers", [{"key": "a", "text": "1"}, {"key": "a", "text": "2"}]),
        ("application.answers.0.key", "Objectives!"),
        ("application.answers.0.text", 5),
        ("application.answers.0.text", "t" * 100_001),
        ("application.answers.0.text", DELETE),
        ("application.answers.0.choices", ["Funding"]),
        ("application.answers.2.choices", "Funding"),
        ("application.answers.2.choices", ["c"] * 31),
        ("application.answers.3.attachment.type", "Image"),
        ("application.answers.3.attachment.url", "https://node-e.example/note.pdf"),
        ("application.answers.3.attachment.url", "http://node-d.example/note.pdf"),
        ("application.answers.3.attachment.mediaType", "PDF"),
        ("application.answers.3.attachment.size", "35"),
        ("application.answers.3.attachment.size", -1),
        ("application.answers.3.attachment.digestMultibase", "35"),
        ("application.answers.3.attachment.digestMultibase", DELETE),
        ("application.answers.3.attachment.name", DELETE),
        ("application.answers.3.attachment.pages", DELETE),
        ("application.people", [{"name": "A rider"}] * 21),
        ("application.people.0.name", "n" * 201),
        ("application.people.0.id", "the rider"),
        ("application.initiativeId", DELETE),
        ("application.initiativeId", "https://node-d.example/" + "i" * 2048),
        ("application.initiative", {"name": "Both"}),
        ("application.applicant", {"name": "A guest with an initiative of their own"}),
    ],
)
def test_one_wrong_thing_makes_it_malformed(path, value):
    assert is_malformed(changed(path, value))


@pytest.mark.parametrize("key", ["committee_version", "initiative_id"])
def test_only_the_names_of_the_document_are_read(key):
    agreement = fixture("offer")["object"]
    wire = {"committee_version": "committeeVersion", "initiative_id": "initiativeId"}[key]
    agreement["application"][key] = agreement["application"].pop(wire)

    assert is_malformed(agreement)


def test_a_limit_counts_as_people_do():
    name = " " + "e\u0301" * 200 + "\r\n"

    assert read(changed("name", name)).name == name


def test_what_a_row_keeps_is_the_same_application():
    application = read(fixture("correction")["object"])

    assert made_of(application.model_dump(mode="json")) == application
    assert [file.name for file in application.documents] == ["Our note"]


def test_a_form_that_says_too_little_is_malformed_too():
    with pytest.raises(Refused, match="malformed"):
        made_of({"name": "A pay log", "committee_version": 2, "language": "en", "territory": "FR"})


def test_people_without_this_software_read_every_answer_under_its_question():
    application = read(fixture("correction")["object"])
    guest = read(fixture("offer-guest")["object"])
    sly = application.model_copy(update={"answers": (Answer(key="objectives", text="<b>\r\n\u00a0two"),)})

    html = content_of(application, details())

    assert "<p><strong>Objectives</strong></p><p>Forty riders write down what they are paid" in html
    assert "Legal advice" in html
    assert "Our note" in html
    assert "drivers&#39; breakfast" in content_of(guest, details())
    assert "&lt;b&gt;<br>" in content_of(sly, details())


def test_content_that_would_be_too_long_is_left_out():
    long = Answer(key="objectives", text="<" * 30_000)

    assert content_of(read(fixture("offer")["object"]).model_copy(update={"answers": (long,)}), details()) == ""
