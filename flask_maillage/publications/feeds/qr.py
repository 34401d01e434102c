"""The address of a page as a QR code, for posters and slides."""

import io

import segno

SVG_CONTENT_TYPE = "image/svg+xml"
PNG_CONTENT_TYPE = "image/png"
QUIET_ZONE = 4
"""The margin in modules that ISO/IEC 18004 asks for: without it, phones read the code on paper only."""
PNG_SCALE = 10


def svg(address: str) -> bytes:
    """Return the code as SVG, black on white whatever surrounds it: dark schemes turn it unreadable else."""
    written = io.BytesIO()
    _code(address).save(written, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", scale=4, xmldecl=False)
    return written.getvalue()


def png(address: str) -> bytes:
    """Return the code as PNG, large enough for print."""
    written = io.BytesIO()
    _code(address).save(written, kind="png", border=QUIET_ZONE, scale=PNG_SCALE)
    return written.getvalue()


def _code(address: str) -> segno.QRCode:
    return segno.make(address, error="m", micro=False)
