"""docs/federated-calls.md and its fixtures say the same, fit together, and are really signed."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from federation import multikey, proofs
from federation.activities import AS2, PUBLIC, activity_of, context
from federation.errors import BadSignature, Malformed
from flask_maillage.publications.kinds import kind_named
from tests.federated_calls import writing
from tests.federated_calls.cast import CALL, CONTEXT, Json, digest, moment
from tests.federated_calls.judging import play
from tests.federated_calls.vectors import length
from tests.publications.test_kinds import ENVELOPE as SOME_ENVELOPE
from tests.test_federation_examples import differences

ENVELOPE = replace(SOME_ENVELOPE, iri=CALL)

TEXT = writing.DOCUMENT.read_text(encoding="utf-8")
READ: dict[str, Any] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in writing.HERE.glob("*.json")}
INDEX: dict[str, Json] = {row["name"]: row for row in READ["index"]}
LETTERS = {name: READ[name] for name in writing.letters()}
BLOCKS: list[tuple[str, str]] = re.findall(
    r"^<!-- (?:example|fixture): ([a-z0-9-]+) -->\n```json\n(.*?)^```$", TEXT, flags=re.M | re.S
)
RULES = [int(number) for number in re.findall(r"^\*\*FC-(\d+)\*\*", TEXT, flags=re.M)]
NOT_PROVED = {name for name, one in LETTERS.items() if "proof" not in one}
WITHOUT = {
    "seat",
    "contact-shared",
    "call",
    "deadline-extended",
    "session",
    "follow",
    "purge",
    "erasure",
    "offer-communecter",
}


def test_the_files_are_what_the_story_makes() -> None:
    assert writing.fixtures() == READ


def test_the_document_shows_what_the_files_hold() -> None:
    assert writing.document(TEXT) == TEXT
    assert len(re.findall(r"^```json$", TEXT, flags=re.M)) == len(BLOCKS) > 40


@pytest.mark.parametrize(("name", "text"), BLOCKS, ids=[name for name, _ in BLOCKS])
def test_a_block_is_its_fixture_but_for_what_it_leaves_out(name: str, text: str) -> None:
    shown = json.loads(text)

    if isinstance(shown, dict) and isinstance(shown.get("proof"), dict):
        assert READ[name]["proof"]["type"] == proofs.TYPE
    assert differences(shown, READ[name]) == []


def test_every_file_is_named_in_the_document() -> None:
    named = {name for name, _ in BLOCKS} | set(re.findall(r"`([a-z0-9-]+)`", TEXT)) | {"reasons", "visibility"}
    named |= {Path(name).stem for name in re.findall(r"[a-z]+\.json", TEXT)}

    assert READ.keys() - named == set()


def test_rules_are_numbered_once_and_every_mention_is_of_one() -> None:
    mentioned = {int(number) for number in re.findall(r"FC-(\d+)", TEXT + json.dumps(READ["index"]))}

    assert list(range(1, len(RULES) + 1)) == sorted(RULES)
    assert mentioned <= set(RULES)


def test_links_inside_the_document_lead_to_headings() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", TEXT, re.M)
    }

    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) - headings == set()


@pytest.mark.parametrize("name", sorted(LETTERS.keys() - {"offer-at-keyword"}))
def test_a_letter_has_the_shape_that_we_read(name: str) -> None:
    letter = LETTERS[name]

    assert activity_of(letter).actor == letter["actor"] == INDEX[name]["signer"]
    assert letter["@context"] == READ["context"] == CONTEXT
    assert letter["@context"][0] == AS2
    assert len(json.dumps(letter).encode()) < 64 * 1024


def test_a_letter_with_a_keyword_is_refused() -> None:
    with pytest.raises(Malformed, match="@graph"):
        activity_of(LETTERS["offer-at-keyword"])


@pytest.mark.parametrize("name", sorted(LETTERS.keys() - NOT_PROVED - {"offer-broken-proof", "offer-at-keyword"}))
def test_a_proof_holds_by_the_key_of_the_actor(name: str) -> None:
    letter = LETTERS[name]
    proof = proofs.read(letter, now=moment(letter["published"]))

    assert proof is not None
    assert proof.method == READ["keys"][letter["actor"]]["id"]
    proof.verify(multikey.decode(READ["keys"][letter["actor"]]["publicKeyMultibase"]))


def test_the_broken_proof_is_broken_and_what_needs_a_proof_has_one() -> None:
    letter = LETTERS["offer-broken-proof"]
    proof = proofs.read(letter, now=moment("2027-01-12T10:00:01Z"))
    assert proof is not None
    with pytest.raises(BadSignature):
        proof.verify(multikey.decode(READ["keys"][letter["actor"]]["publicKeyMultibase"]))

    unasked = {name for name in NOT_PROVED if name.startswith(tuple(WITHOUT))}
    assert NOT_PROVED - unasked == {"offer-without-proof"}


def test_a_receipt_has_the_digest_of_the_letter_that_it_answers() -> None:
    by_id = {one["id"]: one for name, one in LETTERS.items() if name != "offer-replayed"}
    receipts = {name: one for name, one in LETTERS.items() if name.startswith("receipt-")}

    wrong = {
        name
        for name, one in receipts.items()
        if one["object"]["digestMultibase"] != digest(rfc8785.dumps(by_id[one["object"]["inReplyTo"]]))
    }

    assert len(receipts) >= 10
    assert wrong == {"receipt-of-another-text"}


def test_letters_name_letters_that_there_are() -> None:
    ids = {one["id"] for one in LETTERS.values()}
    things = {one["object"]["id"] for one in LETTERS.values() if isinstance(one["object"], dict)}
    things |= {one["result"]["id"] for one in LETTERS.values() if "result" in one}
    named = {one["decision"]["supersedes"] for one in LETTERS.values() if one.get("decision", {}).get("supersedes")}
    named |= {one["inReplyTo"] for one in LETTERS.values() if "inReplyTo" in one}
    named |= {one["object"]["inReplyTo"] for one in LETTERS.values() if "inReplyTo" in (one["object"] or {})}

    assert len(named) > 8
    assert named - ids - things == set()
    twice = [one["id"] for one in LETTERS.values()]
    assert {iri for iri in twice if twice.count(iri) > 1} == {LETTERS["offer"]["id"]}, "the replayed one alone"


def test_the_index_names_every_letter_rule_and_code() -> None:
    letters = LETTERS.keys()

    assert letters <= INDEX.keys()
    assert {Path(row["file"]).stem for row in INDEX.values()} == letters
    for name, row in INDEX.items():
        expected = row["expected"]
        assert set(row["after"]) < letters, name
        assert row["rules"], name
        assert expected["outcome"] in {"accepted", "refused", "ignored", "http"}
        if expected["outcome"] == "refused":
            assert expected["code"] in READ["reasons"], name
        if expected["outcome"] == "accepted":
            addressed = {*LETTERS[name]["to"], *LETTERS[name].get("cc", [])}
            assert row["receiver"] in addressed or PUBLIC in addressed, name


def test_offers_are_to_the_whole_committee_unless_that_is_what_is_wrong() -> None:
    everybody = {LETTERS["call"]["actor"], *LETTERS["call"]["object"]["steeringCommittee"]}
    others = {
        name
        for name, one in LETTERS.items()
        if one["type"] == "Offer" and one.get("target") == CALL and set(one["to"]) != everybody
    }

    wrong = {"offer-missing-recipient", "offer-extra-recipient", "offer-public", "offer-plain-0837"}
    assert others == wrong | {"offer-new-committee"}
    assert LETTERS["refusal"]["missing"] == sorted(everybody - set(LETTERS["offer-missing-recipient"]["to"]))


def test_limits_are_kept_by_what_is_taken_and_broken_by_what_is_too_long() -> None:
    def lengths(name: str) -> list[int]:
        written = LETTERS[name]["object"]["application"]["answers"]
        return [length(one["text"]) for one in written if "text" in one]

    facts = LETTERS["call"]["object"]["call"]
    most = {one["key"]: one.get("characters") for one in facts["questions"]}
    assert (most["objectives"], facts["noteLimit"]["characters"]) == (1500, 3000)
    assert max(lengths("offer-too-long")) == 1501
    assert sum(lengths("offer-too-long-in-all")) == 3001
    for name in ("offer", "offer-care", "correction", "offer-last-second"):
        assert sum(lengths(name)) <= 3000


def test_times_are_on_the_side_of_the_deadline_that_they_show() -> None:
    deadline = moment(LETTERS["deadline-extended"]["object"]["endTime"])
    received = {name: moment(row["receivedAt"]) for name, row in INDEX.items()}

    assert received["offer-last-second"] == deadline
    for name in ("offer-late", "update-late", "offer-owner-down"):
        assert received[name] > deadline
    assert moment(LETTERS["receipt-in-time-elsewhere"]["object"]["receivedAt"]) <= deadline


def test_characters_are_counted_as_the_document_says() -> None:
    found = [(case["length"], length(case["text"])) for case in READ["counting"]]

    assert found == [(n, n) for n in (12, 3, 7, 1, 1, 2, 7, 1, 3, 0)]


def test_quorum_and_scores_come_to_the_numbers_of_the_document() -> None:
    quorum = [(case["needed"], case["comesTo"]) for case in READ["arithmetic"]["quorum"]]
    scores = READ["arithmetic"]["scores"]

    assert quorum == [
        (3, "admissible"),
        (3, "undecided"),
        (3, "undecided"),
        (3, "admissible"),
        (2, "not_admissible"),
        (1, "undecided"),
        (None, "undecided"),
        (3, "admissible"),
        (8, "admissible"),
    ]
    assert [one["total"] for one in scores["reviews"]] == ["86.7", "80.0", None, None]
    assert scores["mean"] == "83.3"


def test_nobody_is_found_again_in_what_is_published() -> None:
    vectors = READ["openness"]
    published = vectors["rows"]["published"]
    alike = [tuple(row[name] for name in ("territory", "topics", "sectors")) for row in published]

    assert [one["published"] for one in vectors["counts"]] == [
        {"FR": 6, "BE": 4, "IE": 3},
        {"FR": 6, "BE": 4, "*": 3},
        {"FR": 6, "*": 5},
        {"*": 3},
    ]
    assert sorted(set(alike)) == [
        ("BE", "voice", "*"),
        ("FR", "voice", "Delivery"),
        ("IE", "rights", "Transport"),
    ]
    assert min(alike.count(one) for one in alike) == 5
    assert {row["territory"] for row in published if row["outcome"] == "*"} == {"IE"}


def chain_holds(records: list[Json]) -> bool:
    """Verify a log as the document says."""
    previous = digest(CALL.encode())
    for number, record in enumerate(records, 1):
        bare = {name: value for name, value in record.items() if name != "hash"}
        if record["number"] != number or record["previous"] != previous:
            return False
        previous = record["hash"]
        if digest(rfc8785.dumps(bare)) != previous:
            return False
    return True


def test_the_log_is_a_chain_and_its_head_is_in_the_decisions() -> None:
    records = READ["audit"]
    head = {name: records[-1][name] for name in ("number", "hash")}

    assert [one["digest"] for one in records[:2]] == [
        digest(rfc8785.dumps(LETTERS[name])) for name in ("offer", "correction")
    ]
    assert chain_holds(records)
    assert LETTERS["decision-selected"]["decision"]["head"] == head
    assert not chain_holds(records[1:])
    assert not chain_holds([records[0], {**records[1], "to": "withdrawn"}, *records[2:]])


def test_terms_mean_what_they_mean_in_all_that_we_send() -> None:
    """Our own context defines each term; what the fixtures leave to `@vocab` is of our namespace there too."""
    sent: dict[str, Any] = next(part for part in context() if isinstance(part, dict))
    here = CONTEXT[2]
    known = {"digestMultibase", "proof", "DataIntegrityProof", "cryptosuite", "verificationMethod", "proofPurpose"}
    standard = known | {"proofValue"}  # defined by data-integrity/v2, the same

    def iri(meaning: Any, terms: dict[str, Any]) -> str:
        name: str = meaning["@id"] if isinstance(meaning, dict) else meaning
        prefix, _, rest = name.partition(":")
        expanded = terms.get(prefix)
        return f"{expanded}{rest}" if isinstance(expanded, str) and rest and not rest.startswith("//") else name

    used = {name for one in [*LETTERS.values(), READ["statistics"]] for name in names(one)} & sent.keys() - standard
    different = {
        name: (iri(sent[name], sent), ours)
        for name in used
        if (ours := iri(here[name], here) if name in here else f"{here['@vocab']}{name}") != iri(sent[name], sent)
    }

    assert len(used) > 20
    assert different == {}


def names(value: Any) -> set[str]:
    """Return the names of properties and types in a document."""
    if isinstance(value, list):
        return {name for part in value for name in names(part)}
    if not isinstance(value, dict):
        return set()
    kind = {value["type"]} if isinstance(value.get("type"), str) else set()
    return kind | {name for key, part in value.items() if key != "@context" for name in {key} | names(part)}


def test_the_terms_of_a_call_that_are_said_to_be_sent_are_defined() -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith("| calls with committee"))
    said = set(re.findall(r"`(\w+)`", row.partition("there, with ")[2])) - {"id"}
    sent: dict[str, Any] = next(part for part in context() if isinstance(part, dict))

    assert len(said) == 8
    assert said <= sent.keys()


def test_the_call_is_read_whole_and_sent_again_as_it_was() -> None:
    document = READ["call"]["object"]
    call = kind_named("call")
    again = call.own_properties(call.from_object(document), ENVELOPE)

    assert {name: again[name] for name in again.keys() & document.keys() - {"call"}}.items() <= document.items()
    assert again["call"].keys() >= document["call"].keys()
    assert {name: again["call"][name] for name in document["call"]} == document["call"]


@pytest.mark.parametrize("name", sorted(INDEX))
def test_the_rules_come_to_what_the_index_says(name: str) -> None:
    assert play(INDEX[name], INDEX, READ) == INDEX[name]["expected"]
