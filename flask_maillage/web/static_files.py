"""The addresses of our static files: with a mark of their contents, so that browsers may keep them for ever."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Response, request, url_for

from flask_maillage.web.blueprint import pages
from flask_maillage.web.negotiation import SECONDS_FOR_EVER

VERSIONED = re.compile(r"vendor/[^/]+-\d+(\.\d+)+/")
"""The folder of a library of others in one version; `scripts/assets.py` makes it."""


def static_url(filename: str) -> str:
    """Return the address of a static file, which changes whenever the file does."""
    mark = _mark(str(pages.static_folder), filename)
    return url_for("maillage.static", filename=filename, v=mark or None)


def vendor_url(package: str, filename: str) -> str:
    """Return the address of a file of another's library, whatever version the lock file names."""
    folders = sorted(Path(str(pages.static_folder), "vendor").glob(f"{package}-*"))
    return static_url(f"vendor/{folders[-1].name if folders else package}/{filename}")


def keep_for_ever(response: Response) -> Response:
    """Let a file be kept for ever that was asked for by its mark, or whose folder names its version, as fonts are by
    `fonts.css`; others for as long as Flask says.
    """
    if request.endpoint == "maillage.static" and response.status_code in (200, 304):
        asked = request.args.get("v")
        filename = (request.view_args or {}).get("filename", "")
        is_marked = asked and asked == _mark(str(pages.static_folder), filename)
        if is_marked or VERSIONED.match(filename):
            response.headers["Cache-Control"] = f"public, max-age={SECONDS_FOR_EVER}, immutable"
    return response


@cache
def _mark(folder: str, filename: str) -> str:
    path = Path(folder) / filename
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
