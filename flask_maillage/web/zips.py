"""Zips that are packed while they are sent: none lies anywhere as a whole, neither in memory nor on the disk."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

PIECE = 64 * 1024
Entry = tuple[str, bytes | Path]
"""A name in the zip, and what stands there: bytes, or a file as it lies, which is packed already."""


def packed(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a zip a piece at a time; a file that is gone when its turn comes is left out."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, what in entries:
            if isinstance(what, bytes):
                archive.writestr(name, what, zipfile.ZIP_DEFLATED)
                yield pipe.taken()
            else:
                yield from _copied(archive, pipe, name, what)
    yield pipe.taken()


def _copied(archive: zipfile.ZipFile, pipe: "_Pipe", name: str, path: Path) -> Iterator[bytes]:
    with suppress(FileNotFoundError), path.open("rb") as source, archive.open(name, "w") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield pipe.taken()


class _Pipe(io.RawIOBase):
    """Where a zip is written to that is sent at once: it keeps what nobody has taken yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since this was asked last."""
        data = bytes(self._waiting)
        self._waiting.clear()
        return data
