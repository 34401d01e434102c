"""Where files lie: below `media` in the data folder, each under a name of ours that nobody can guess.

A file is whole or not there: it is written beside its place, brought to the disk, and then given its name.
"""

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from actors.node import Node, node

FOLDER = "media"
NAME = re.compile(r"[0-9a-f]{32}")
FILENAME = re.compile(r"([0-9a-f]{32})(?:-([0-9]{3,4}))?\.([a-z]{3,4})")
"""A name of ours, the square that an image was fitted into where it is not the largest, and the ending of its type."""
UNFINISHED = "new-"
"""What the name of a file begins with that is being written."""
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Shelf:
    """Where the files of one application lie, and how large they may be; sizes in bytes."""

    folder: Path
    largest_image: int
    largest_document: int
    room_per_actor: int
    room_for_copies: int


def mount(app: Flask, made: Node) -> None:
    """Read from the settings where files lie; nothing is made before there is one."""
    settings: Any = made.state["settings"]
    made.state["files"] = Shelf(
        folder=settings.data / FOLDER,
        largest_image=settings.image_mb * MEGABYTE,
        largest_document=settings.document_mb * MEGABYTE,
        room_per_actor=settings.files_mb * MEGABYTE,
        room_for_copies=settings.copied_images_mb * MEGABYTE,
    )


def shelf() -> Shelf:
    """Return where the files of the application in hand lie."""
    found: Shelf = node().state["files"]
    return found


def new_name() -> str:
    """Return a name that nobody can guess."""
    return secrets.token_hex(16)


def filename(name: str, ending: str, box: int | None = None) -> str:
    """Return the last part of the address of a file, which is its name in the folder too."""
    return f"{name}-{box}.{ending}" if box else f"{name}.{ending}"


def path_of(file: str) -> Path:
    """Return where a file lies, by its `filename`."""
    return shelf().folder / file[:2] / file


def write(file: str, data: bytes) -> None:
    """Write a file, whole or not at all, and see that it is on the disk."""
    write_at(path_of(file), data)


def write_at(path: Path, data: bytes) -> None:
    """Write a file to a place in a folder that only we read, whole or not at all, and see that it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _bring_to_disk(path.parent)


def remove(name: str) -> None:
    """Remove a file in all its sizes; one that is gone already is no error."""
    for path in (shelf().folder / name[:2]).glob(f"{name}[-.]*"):
        path.unlink(missing_ok=True)


def names(*, older_than: float) -> Iterator[str]:
    """Yield the name of every file that was written before a moment, in seconds since 1970; once for each size."""
    for path in _written_before(older_than, "??/*"):
        if match := FILENAME.fullmatch(path.name):
            yield match[1]


def remove_unfinished(*, older_than: float) -> int:
    """Remove what was begun before a moment and never got its name, and return how many; others' files stay."""
    unfinished = list(_written_before(older_than, f"??/{UNFINISHED}*"))
    for path in unfinished:
        path.unlink(missing_ok=True)
    return len(unfinished)


def _written_before(moment: float, pattern: str) -> Iterator[Path]:
    for path in shelf().folder.glob(pattern):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment:
                yield path


def _bring_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
