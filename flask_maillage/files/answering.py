"""Give a file out: with the type that our table says, and nothing that a browser could take for a page of ours.

A file that somebody uploaded is never given out as ActivityStreams (CVE-2024-25623 and its kind), as HTML, or as a
script; documents are downloads, and what a browser still opens by itself runs in no origin.
"""

from flask import Response, abort, make_response, request, send_file

from flask_maillage.files import folder
from flask_maillage.files.media_types import IMAGE, MediaType

SECONDS_FRESH = 3600
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def answer(file: str, media_type: MediaType, *, title: str = "", is_open: bool) -> Response:
    """Return the bytes of a file; 404 where they are not there, as after an incomplete restore.

    Args:
        file: its name in the folder.
        media_type: what it is given out as.
        title: what a document is called where it is saved.
        is_open: whether everybody may have it, so that caches keep it for an hour.
    """
    path = folder.path_of(file)
    if not path.is_file():
        abort(404)
    is_image = media_type.family == IMAGE
    response = make_response(
        send_file(
            path,
            mimetype=media_type.name,
            as_attachment=not is_image,
            download_name=f"{title or 'document'}.{media_type.ending}" if not is_image else None,
            conditional=True,
            etag=file if is_open else False,
            max_age=SECONDS_FRESH if is_open else None,
        )
    )
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    if is_open:
        response.headers["Cache-Control"] = f"public, max-age={SECONDS_FRESH}"
        response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "private, no-store"
    return response
