"""Identifiers that sort by time and cannot be counted: UUID version 7 (RFC 9562 §5.7)."""

import os
import re
import uuid
from datetime import datetime

IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_identifier(now: datetime) -> str:
    """Return a new UUIDv7 for the moment `now`."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
