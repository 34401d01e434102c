"""Write a PDF of the HTML on standard input: a program of its own, started by `printing` for each document.

It imports nothing of ours, gets its folder of static files as the one argument, and reads files of that folder only:
whatever stands in the HTML, no address is asked. When it takes too long or too much, it alone ends.
"""

import resource
import sys
from pathlib import Path

import weasyprint
from weasyprint.urls import URLFetcher, URLFetcherResponse

PREFIX = "https://static.invalid/"
MEMORY = 1024 * 1024 * 1024
SECONDS = 30
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}
REFUSED = "Nothing but the node's own files is read."


class StaticFiles(URLFetcher):
    """Gives the files of one folder, by addresses under a name that no server can have (RFC 6761)."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        super().__init__(allowed_protocols=())
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Return a file of the folder.

        Raises:
            ValueError: the address is of anything else.
        """
        path = (self._folder / url.removeprefix(PREFIX)).resolve()
        if not url.startswith(PREFIX) or not path.is_relative_to(self._folder) or path.suffix not in TYPES:
            raise ValueError(REFUSED)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


def main() -> None:
    """Read, write, end."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    html = sys.stdin.buffer.read().decode("utf-8")
    fetcher = StaticFiles(Path(sys.argv[1]))
    document = weasyprint.HTML(string=html, base_url=PREFIX, url_fetcher=fetcher)
    sys.stdout.buffer.write(document.write_pdf(pdf_variant="pdf/ua-1") or b"")


if __name__ == "__main__":
    main()
