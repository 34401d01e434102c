"""What reaches a browser: the vendored files, the colours, and templates that a strict policy lets through."""

import gzip
import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "flask_maillage" / "static"
TEMPLATES = ROOT / "templates" / "maillage"
STYLES = (STATIC / "maillage.css").read_text(encoding="utf-8")


def load_script() -> ModuleType:
    """Import scripts/assets.py, which is no package."""
    spec = importlib.util.spec_from_file_location("maillage_assets", ROOT / "scripts" / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


assets = load_script()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with our manifest and lock and nothing built."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in ("package.json", "package-lock.json"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    return root


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an npm on the path that writes every wanted file and counts its runs in `runs`; return its folder."""
    home = tmp_path / "bin"
    home.mkdir()
    files = [f"node_modules/{package.name}/{file}" for package in assets.PACKAGES for file in package.files]
    program = f"""#!{sys.executable}
import pathlib, sys
home = pathlib.Path({str(home)!r})
if (home / "refuses").exists():
    sys.exit("npm error code ENOTFOUND")
for name in {files!r}:
    if name.rpartition("/")[2] == ((home / "lacks").read_text() if (home / "lacks").exists() else None):
        continue
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("content of " + name)
with (home / "runs").open("a") as runs:
    runs.write(" ".join(sys.argv[1:]) + "\\n")
"""
    (home / "npm").write_text(program, encoding="utf-8")
    (home / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", str(home))
    return home


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_lock_file_names_no_download_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "registry" not in text
    for name, entry in json.loads(text)["packages"].items():
        assert name == "" or entry["integrity"].startswith("sha512-"), name


def test_vendored_files_are_those_of_the_lock_file() -> None:
    vendor = STATIC / "vendor"
    assert vendor.is_dir(), "run `make assets` first"
    assert assets.is_current(vendor, assets.locked(ROOT))
    assert set(contents(vendor)) == assets.wanted(assets.locked(ROOT)) | {"vendor.json"}


def test_fonts_come_with_their_licence_and_from_this_host(checkout: Path, npm: Path) -> None:
    assets.build(checkout)
    vendor = checkout / assets.VENDOR
    rules = (vendor / "fonts.css").read_text(encoding="utf-8")
    addresses = re.findall(r'url\("([^"]+)"\)', rules)
    assert len(addresses) == 8
    for address in addresses:
        assert (vendor / address).is_file(), address
        assert (vendor / address).parent.joinpath("LICENSE").is_file()


def test_building_again_does_not_fetch_again(checkout: Path, npm: Path) -> None:
    assets.build(checkout)
    assets.build(checkout)
    assert (npm / "runs").read_text() == "ci --ignore-scripts --no-audit --no-fund\n"


@pytest.mark.parametrize("name", ["fonts.css", "vendor.json", "LICENSE"])
def test_a_damaged_file_is_built_again(checkout: Path, npm: Path, name: str) -> None:
    assets.build(checkout)
    before = contents(checkout / assets.VENDOR)
    next((checkout / assets.VENDOR).rglob(name)).write_text("{}")
    assets.build(checkout)
    assert contents(checkout / assets.VENDOR) == before


def test_a_new_lock_replaces_the_old_version_wholly(checkout: Path, npm: Path) -> None:
    assets.build(checkout)
    lock = checkout / "package-lock.json"
    lock.write_text(lock.read_text().replace('"version": "5.3.0"', '"version": "9.9.9"'))
    assets.build(checkout)
    folders = {path.name for path in (checkout / assets.VENDOR).iterdir() if path.name.startswith("atkinson")}
    assert folders == {"atkinson-hyperlegible-next-9.9.9"}


@pytest.mark.parametrize("trouble", ["refuses", "lacks"])
def test_a_failed_build_leaves_the_old_files_and_no_debris(checkout: Path, npm: Path, trouble: str) -> None:
    assets.build(checkout)
    before = contents(checkout / assets.VENDOR)
    lock = checkout / "package-lock.json"
    lock.write_text(lock.read_text().replace('"version": "5.3.0"', '"version": "9.9.9"'))
    (npm / trouble).write_text("LICENSE")
    with pytest.raises(assets.AssetsError):
        assets.build(checkout)
    assert contents(checkout / assets.VENDOR) == before
    assert list((checkout / ".make").iterdir()) == []


def test_without_npm_one_sentence_names_the_remedy(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))
    with pytest.raises(assets.AssetsError) as caught:
        assets.build(checkout)
    assert "requirements-node.lock" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (checkout / assets.VENDOR).exists()


def test_npm_beside_python_serves_where_the_system_has_none(npm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(npm / "python"))
    assert assets.find_npm() == str(npm / "npm")


def palette(scheme: str) -> dict[str, str]:
    """Return the colours of the stylesheet's first (light) or second (dark) block of properties."""
    light, dark = STYLES.split("@media (prefers-color-scheme: dark)")
    block = light if scheme == "light" else dark.split("}")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "quiet", "action", "action-deep", "late") for ground in ("paper", "sheet")),
    ("on-action", "action"),
    ("on-action", "action-deep"),
    ("ink", "wash"),
    ("action-deep", "wash"),
    ("soon", "soon-wash"),
    ("late", "late-wash"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground_in_both_schemes(scheme: str, text: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_edges_of_fields_can_be_seen_in_both_schemes(scheme: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours["edge"], colours[ground]) >= 3


def test_stylesheet_stays_light() -> None:
    """What travels is compressed; all of a page has 60 kB (`tests/browser/test_every_page.py`)."""
    assert len(gzip.compress(STYLES.encode())) < 11_000


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.[cjs]*")), ids=lambda path: path.name)
def test_own_static_files_ask_nothing_of_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "").replace('[href^="http"]', "")
    assert not re.search(r"https?:|//[a-z]|@import", text.replace("// ", ""))


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_nothing_inline_and_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<(?:script|link|img)[^>]*(?:src|href)=\"https?:", text)


WITHOUT_LOOK = {"actor", "follow", "field-choices", "field-list", "tally-unit"}


def test_every_class_of_a_frame_or_macro_has_a_rule() -> None:
    """A misspelt class would leave its element without its look, and nobody would be told."""
    paths = [TEMPLATES / "base.html", *(TEMPLATES / "macros").glob("*.html")]
    for path in paths:
        for value in re.findall(r'class="([^"{]*)["{ ]', path.read_text(encoding="utf-8")):
            for name in value.split():
                if not name.endswith("-"):
                    assert f".{name}" in STYLES or name in WITHOUT_LOOK, f"{path.name}: {name}"
