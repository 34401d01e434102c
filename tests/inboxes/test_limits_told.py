"""What FEDERATION.md says of limits and of deliveries is what the code does."""

from pathlib import Path

import pytest

from actors import hosts, outbox
from actors.rates import RATES
from actors.requests import MAX_BODY
from federation import client, strict_json
from federation.activities import MAX_IRI, MAX_RECIPIENTS
from inboxes import answers, delivery, limiting, opening, pruning, turns

ROOT = Path(__file__).resolve().parents[2]
TEXT = " ".join((ROOT / "FEDERATION.md").read_text().split())


def amount(name: str) -> str:
    return RATES[name].split()[0]


@pytest.mark.parametrize(
    "said",
    [
        f"| body of a letter | {MAX_BODY // 1024} KiB |",
        f"| addresses (ids) | {MAX_IRI} bytes of UTF-8 |",
        f"| recipients that are read of one letter | {MAX_RECIPIENTS} in `to`, `cc` and `audience` together |",
        f"| JSON | {strict_json.MAX_DEPTH} levels, {strict_json.MAX_NODES} values, integers up to 2^53 |",
        f"| letters from one address | {amount('inbox')} a minute (`MAILLAGE_INBOX_RATE`); ",
        f"{amount('bad signatures')} a minute whose signature does not hold",
        f"| letters of one host, of one actor | {amount('letters of a host')} and {amount('letters of an actor')} a",
        f"{limiting.MAX_WAITING} of a host may wait to be opened",
        f"{amount('new actors of a host')} an hour of one host, {amount('new actors')} in all",
        f"{amount('key fetch by address')} a minute for one address, {amount('key fetch by host')} from one host, "
        f"{amount('key fetch')} in all",
        f"| documents that the letters of one host make us fetch | {amount('fetches for a host')} a minute |",
        f"| documents that one letter makes us fetch | {opening.MAX_DOCUMENTS} |",
        f"| copies of actors with whom nothing here has to do any more | {pruning.KEPT_DAYS} days |",
        f"`Retry-After` is honoured between {client.MIN_RETRY_AFTER} seconds and a day",
        f"one where the last failed, and {turns.PER_MINUTE} a minute",
    ],
)
def test_limit_is_told_as_it_is(said: str) -> None:
    assert said in TEXT


def test_words_of_deliveries_stand_for_the_numbers() -> None:
    assert client.MAX_RETRY_AFTER == 24 * 60 * 60
    assert (answers.KNOCKS, hosts.BREAKER_FAILURES, hosts.FAILING_DAYS) == (3, 5, 7)
    assert [pause.total_seconds() / 60 for pause in (hosts.BREAKER_PAUSES[0], hosts.BREAKER_PAUSES[-1])] == [10, 1440]
    assert [pause.total_seconds() / 60 for pause in delivery.RETRIES] == [1, 5, 15, 30, 60, 180, 360, 720]
    assert (delivery.EXPIRES_AFTER.days, outbox.DELIVERED_KEPT.days) == (7, 7)
