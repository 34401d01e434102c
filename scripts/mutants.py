"""Change one thing at a time in the code that decides whom we believe, and see whether a test notices (mutmut).

Each part has the tests that are fast enough for it: a mutant that nothing notices runs all of them. The checkout is
copied, so that nothing in it changes while the tests of the copy run.

    python scripts/mutants.py [wire|inbox] [children]
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "mutants"
COPIED = ("federation", "actors", "inboxes", "flask_maillage", "templates", "tests", "pyproject.toml")
UNSAID = ["raise [A-Za-z]+[(]", "log[.][a-z]+[(]"]
"""Lines whose texts go to the log alone: how an error is worded is not what is tried here."""
PARTS = {
    "wire": {
        "only_mutate": [
            "federation/signatures/*",
            "federation/proofs.py",
            "federation/multikey.py",
            "federation/actor_keys.py",
        ],
        "tests": [
            "tests/federation/test_cavage.py",
            "tests/federation/test_rfc9421.py",
            "tests/federation/test_signature_edges.py",
            "tests/federation/test_proofs.py",
            "tests/federation/test_multikey.py",
            "tests/federation/test_actor_keys.py",
            "tests/federation/test_vectors.py",
        ],
    },
    "inbox": {
        "only_mutate": [
            "actors/authentication.py",
            "actors/vouching.py",
            "actors/kept_keys.py",
            "inboxes/receiving.py",
            "inboxes/relaying.py",
        ],
        "tests": [
            "tests/inboxes/test_receiving.py",
            "tests/inboxes/test_receiving_edges.py",
            "tests/inboxes/test_binding.py",
            "tests/inboxes/test_key_forms.py",
            "tests/inboxes/test_vouched_letters.py",
            "tests/inboxes/test_relayed.py",
        ],
    },
}


def configuration(part: str) -> str:
    """Return the settings of mutmut for one part, as a table of `pyproject.toml`."""
    chosen = PARTS[part]
    return (
        "\n[tool.mutmut]\n"
        f"source_paths = {['federation', 'actors', 'inboxes', 'flask_maillage']}\n"
        f"only_mutate = {chosen['only_mutate']}\n"
        'also_copy = ["templates"]\n'
        f"pytest_add_cli_args_test_selection = {chosen['tests']}\n"
        'pytest_add_cli_args = ["-p", "no:cacheprovider", "-k", "not postgresql"]\n'
        "timeout_multiplier = 5.0\n"
        f"do_not_mutate_patterns = {UNSAID}\n"
    )


def run(part: str, children: str) -> None:
    """Mutate one part in a fresh copy, and print what survived."""
    folder = FOLDER / part
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(configuration(part))
    mutmut = ["nice", sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "run", "--max-children", children], cwd=folder, check=True)  # noqa: S603
    subprocess.run([*mutmut, "results"], cwd=folder, check=True)  # noqa: S603


if __name__ == "__main__":
    chosen = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in PARTS else list(PARTS)
    for name in chosen:
        run(name, sys.argv[2] if len(sys.argv) > 2 else "2")
