"""Change one thing at a time in the code that decides whom we believe, and see whether a test notices (mutmut).

mutmut makes the mutants, in a copy of the checkout under `mutants/`; `scripts/mutant_runner.py` tries them. Each part
has the tests that are fast enough for it, since a mutant that nothing notices runs all of them. `on` goes on with a
run that was ended, with the mutants that it made.

    python scripts/mutants.py [wire|inbox] [processes] [on]
"""

import json
import os
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
            "tests/inboxes/test_binding.py",
            "tests/inboxes/test_key_forms.py",
            "tests/inboxes/test_vouched_letters.py",
            "tests/inboxes/test_relayed.py",
            "tests/inboxes/test_keys.py",
            "tests/inboxes/test_handlers.py",
            "tests/adversary/test_standing.py",
            "tests/publications/test_limited_letters.py",
        ],
    },
}
GENERATE = """
from pathlib import Path
from mutmut import __main__ as mutmut
mutmut.set_mutant_under_test("mutant_generation")
Path("mutants").mkdir(exist_ok=True)
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.setup_source_paths()
mutmut.store_lines_covered_by_tests()
mutmut.create_mutants(2)
"""
"""What `mutmut run` does before it tries the mutants."""
FURNISH = "import pathlib, sys; from tests.conftest import furnish; furnish(sys.argv[1], pathlib.Path('.'))"


def configuration(part: str) -> str:
    """Return the settings of mutmut for one part, as a table of `pyproject.toml`."""
    return (
        "\n[tool.mutmut]\n"
        f"source_paths = {['federation', 'actors', 'inboxes', 'flask_maillage']}\n"
        f"only_mutate = {PARTS[part]['only_mutate']}\n"
        'also_copy = ["templates"]\n'
        f"do_not_mutate_patterns = {UNSAID}\n"
    )


def generate(part: str) -> Path:
    """Make the mutants of one part in a fresh copy, and return the folder of the mutated code."""
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
    template = f"sqlite:///{folder / 'template.sqlite3'}"
    subprocess.run([sys.executable, "-c", FURNISH, template], cwd=folder, check=True)  # noqa: S603
    subprocess.run([sys.executable, "-c", GENERATE], cwd=folder, check=True)  # noqa: S603
    return folder / "mutants"


def attempt(part: str, code: Path, processes: int) -> list[dict[str, str]]:
    """Try the mutants of one part, and return what became of each."""
    results = FOLDER / f"{part}.jsonl"
    running = []
    for share in range(processes):
        environment = {
            **os.environ,
            "MUTANTS_SHARE": f"{share}/{processes}",
            "MUTANTS_RESULTS": str(results),
            "MUTANT_UNDER_TEST": "",
            "MAILLAGE_TESTS_TEMPLATE": str(code.parent / "template.sqlite3"),
            "PYTHONPATH": f"{code}{os.pathsep}{ROOT / 'scripts'}",
        }
        words = ["nice", sys.executable, "-m", "pytest", "-q", "-p", "mutant_runner", "-p", "no:cacheprovider"]
        words += ["-k", "not postgresql", *PARTS[part]["tests"]]
        with (FOLDER / f"{part}.{share}.log").open("w") as log:
            running.append(subprocess.Popen(words, cwd=code, env=environment, stdout=log))  # noqa: S603
    for process in running:
        process.wait()
    shares = [results.with_name(f"{results.name}.{share}") for share in range(processes)]
    return [json.loads(line) for path in shares for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Try the parts that are named, or all, and print what nothing noticed."""
    chosen = [word for word in sys.argv[1:] if word in PARTS] or list(PARTS)
    processes = int(next((word for word in sys.argv[1:] if word.isdigit()), str(os.cpu_count() or 2)))
    for part in chosen:
        if "on" in sys.argv:
            code = FOLDER / part / "mutants"
        else:
            for old in FOLDER.glob(f"{part}.jsonl*"):
                old.unlink()
            code = generate(part)
        found = attempt(part, code, processes)
        unnoticed = [result["mutant"] for result in found if not result["noticed"]]
        print(f"{part}: {len(found)} mutants, {len(unnoticed)} of them unnoticed")  # noqa: T201
        for name in unnoticed:
            words = [sys.executable, "-m", "mutmut", "show", name]
            subprocess.run(words, cwd=code.parent, check=False)  # noqa: S603


if __name__ == "__main__":
    main()
