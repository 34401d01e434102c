"""Publications as PDF, where WeasyPrint is installed (the extra `pdf`): one process for each, bounded in every way."""

import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore

from flask_maillage.resources import static_folder

PDF_CONTENT_TYPE = "application/pdf"
STATIC = "https://static.invalid/"
TIMEOUT = 40
AT_ONCE = 2
"""How many are written at once by each web process: each takes a whole core for a second or two."""
_PROGRAM = Path(__file__).with_name("pdf_process.py")
_turns = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others are being written: ask again in a moment."""


class Unwritten(Exception):
    """It could not be written; the message is for the log."""


@cache
def is_installed() -> bool:
    """Tell whether PDF can be written here."""
    return find_spec("weasyprint") is not None


def pdf(html: str) -> bytes:
    """Return HTML as PDF; its addresses under `STATIC` are our static files, and no other is read.

    Raises:
        Busy: too many are being written.
        Unwritten: the program failed, or took too long.
    """
    if not _turns.acquire(blocking=False):
        raise Busy
    try:
        command = [sys.executable, "-I", str(_PROGRAM), str(static_folder())]
        done = subprocess.run(  # noqa: S603 - our own program, and nothing of the caller's in its arguments
            command, input=html.encode(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unwritten(str(error)) from None
    finally:
        _turns.release()
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise Unwritten(done.stderr.decode("utf-8", "replace")[-2000:])
    return done.stdout
