"""Try mutants that mutmut made, one fork of a collected pytest session for each: a plugin for `scripts/mutants.py`.

mutmut collects the tests again for every mutant, which takes longer than most of them live. Here a session is
collected once; a child takes over one mutant (mutmut's own trampolines look at the environment) and runs the tests,
those first that noticed something before, then one of each function, until one fails.

What stands in the results already is not tried again: a run that was ended goes on where it was. `MUTANTS_TESTS` says
how many tests a mutant gets at most: a first, quick look, after which the few that lived are tried with all.
"""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

NEAREST = {
    "actor_keys": "actor_keys",
    "multikey": "multikey",
    "proofs": "proofs",
    "rfc9421": "rfc9421",
    "cavage": "cavage",
    "signing": "signature_edges",
    "freshness": "signature_edges",
    "vouching": "vouched_letters",
    "relaying": "relayed",
    "kept_keys": "key_forms",
    "authentication": "key_forms",
    "receiving": "receiving",
}
"""Which tests are nearest to a module, by the names of both: they are run first."""
SECONDS = 240
"""After which a mutant counts as noticed: it runs for ever."""
failed = False


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note that a test failed."""
    global failed
    failed = failed or report.failed


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Try each mutant of this share in a child; write what became of it, one line of JSON each."""
    share, shares = map(int, os.environ["MUTANTS_SHARE"].split("/"))
    names = [
        name for path in sorted(Path().rglob("*.meta")) for name in json.loads(path.read_text())["exit_code_by_key"]
    ]
    wanted = os.environ.get("MUTANTS_OF", "").split()
    names = [name for name in names if not wanted or any(f".{word}." in name for word in wanted)]
    tried = {line["mutant"] for line in _results_of_before()}
    limit = int(os.environ.get("MUTANTS_TESTS", len(session.items)))
    kills: Counter[tuple[str, str]] = Counter()
    turns = _turns(session.items)
    with open(os.environ["MUTANTS_RESULTS"] + f".{share}", "a", encoding="utf-8") as results:
        for name in [name for name in names if name not in tried][share::shares]:
            began = time.monotonic()
            function, module = name.rpartition("__mutmut")[0], name.split(".")[-2]
            near = f"test_{NEAREST.get(module, module)}.py"
            items = sorted(
                session.items,
                key=lambda item: (
                    -kills[function, item.nodeid],
                    -kills[module, item.nodeid],
                    turns[item.nodeid],
                    near not in item.nodeid,
                ),
            )
            killer = _try(items[:limit], name)
            kills[function, killer] += 1
            kills[module, killer] += 1
            line = {"mutant": name, "noticed": killer, "seconds": round(time.monotonic() - began, 1)}
            results.write(json.dumps(line) + "\n")
            results.flush()
    return True


def _turns(items: list[Any]) -> dict[str, int]:
    """Return which parameters of its function a test has, counted: one test of each function is run before a second."""
    seen: Counter[str] = Counter()
    turns = {}
    for item in items:
        function = item.nodeid.partition("[")[0]
        turns[item.nodeid] = seen[function]
        seen[function] += 1
    return turns


def _results_of_before() -> list[dict[str, str]]:
    results = Path(os.environ["MUTANTS_RESULTS"])
    texts = [path.read_text(encoding="utf-8") for path in results.parent.glob(f"{results.name}.*")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def _try(items: list[Any], name: str) -> str:
    """Run the tests under one mutant in a child, and return which noticed it, or nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ["MUTANT_UNDER_TEST"] = name
        signal.alarm(SECONDS)
        for item in items:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if failed:
                os.write(writing, item.nodeid.encode())
                break
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        killer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    return killer or ("" if status == 0 else f"ended with {status}")
