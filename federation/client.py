"""The one client for every byte that goes out: keys, actors, discovery, media, deliveries.

Nothing else in the project opens a connection to an address that came from outside.
"""

import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin
from weakref import WeakSet

import requests
import urllib3.exceptions

from federation.activities import CONTENT_TYPE, LD_CONTENT_TYPE, same_origin
from federation.addresses import Network, vet_url
from federation.connecting import PlainSession, Resolver, Route, VettingAdapter, tls_context
from federation.deadlines import Deadline, Watchdog
from federation.errors import FederationError, Forbidden, Gone, NotFound, Rejected, Unreachable
from federation.exchanged import Answer, Fetched, File, Page, media_type
from federation.signatures import Scheme, Signed, Signer

ACCEPT_ACTIVITY = f"{CONTENT_TYPE}, {LD_CONTENT_TYPE}"
MAX_HOPS = 3
NOT_MODIFIED = 304
MAX_MARK = 500
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KNOCK_AGAIN = frozenset({400, 401})
LOGGED_BYTES = 1000
CHUNK = 65536
MIN_RETRY_AFTER = 30
MAX_RETRY_AFTER = 86400
MAX_COLLECTION_NODES = 50_000

_OTHER_SCHEME: dict[Scheme, Scheme] = {"cavage": "rfc9421", "rfc9421": "cavage"}
_FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class Client:
    """Fetch and post under one set of rules; safe to share between threads, each of which keeps its connections."""

    def __init__(
        self,
        *,
        user_agent: str,
        allowed_networks: Sequence[Network] = (),
        ca_bundle: str | None = None,
        connect_timeout: float = 5.0,
        deadline: float = 20.0,
        max_bytes: int = 1_000_000,
        resolver: Resolver = socket.getaddrinfo,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Set the rules.

        Args:
            user_agent: sent with every request (GoToSocial answers 418 without one).
            allowed_networks: networks allowed besides the public ones, for development and tests; plain http and
                any port are allowed only where there are some.
            ca_bundle: a file of further certificate authorities; the environment's is ignored.
            connect_timeout: seconds for one connection.
            deadline: seconds for a whole exchange, redirects and a second knock included. Only the resolution of a
                name, which the system does not let anybody interrupt, can take longer.
            max_bytes: the longest body that is read.
            resolver: in place of `socket.getaddrinfo`.
            clock: the moment of signing and the base of a `Retry-After` date, with a time zone.
        """
        self._user_agent = user_agent
        self._allowed_networks = tuple(allowed_networks)
        self._connect_timeout = connect_timeout
        self._seconds = deadline
        self._max_bytes = max_bytes
        self._resolver = resolver
        self._clock = clock
        self._tls = tls_context(ca_bundle)
        self._watchdog = Watchdog()
        self._local = threading.local()
        self._sessions: WeakSet[PlainSession] = WeakSet()
        self.permit: Callable[[str], None] = _permit_every

    def fetch_activity(self, url: str, *, signer: Signer | None = None, expect_id: bool = True) -> Fetched:
        """Fetch an ActivityStreams document.

        Only the two ActivityStreams types are believed: uploads and plain JSON on a peer's host are anybody's
        (CVE-2024-25623). With `expect_id` the document's id must be the address that it came from, fragments aside
        (CVE-2024-23832).

        Raises:
            Forbidden: an address that we do not connect to.
            NotFound: 404.
            Gone: 410.
            Rejected: another refusal, another type, too long, not strict JSON, or another id.
            Unreachable: no answer in time, or a temporary refusal.
        """
        page = self.fetch_page(url, accept=ACCEPT_ACTIVITY, signer=signer)
        if not page.is_activity:
            raise Rejected(f"{page.url} is {page.content_type[:100]!r}, not an ActivityStreams document")
        document = page.json()
        if expect_id and not self.is_id(document.get("id"), page.url):
            raise Rejected(f"{page.url} gives itself another id")
        return Fetched(page.url, document, page.content_type)

    def fetch_collection(self, url: str, *, signer: Signer | None = None, stay: bool = False) -> Fetched:
        """Fetch a collection or a page of one, whose ids peers spell in many ways; raises as `fetch_activity`.

        It may hold twenty publications with their programmes, ten times the values of one document. With `stay` no
        redirect to another origin is followed: the signature is a person's, for this server alone.
        """
        page = self.fetch_page(url, accept=ACCEPT_ACTIVITY, signer=signer, stay=stay)
        if not page.is_activity:
            raise Rejected(f"{page.url} is {page.content_type[:100]!r}, not an ActivityStreams document")
        return Fetched(page.url, page.json(nodes=MAX_COLLECTION_NODES), page.content_type)

    def fetch_json(self, url: str, *, accept: str) -> Fetched:
        """Fetch a JSON document of any kind, as WebFinger and NodeInfo are; raises as `fetch_activity`."""
        page = self.fetch_page(url, accept=accept)
        kind, _ = media_type(page.content_type)
        if kind != "application/json" and not kind.endswith("+json"):
            raise Rejected(f"{page.url} is {page.content_type[:100]!r}, not JSON")
        return Fetched(page.url, page.json(), page.content_type)

    def fetch_bytes(
        self,
        url: str,
        *,
        accept: str,
        signer: Signer | None = None,
        max_bytes: int | None = None,
        stay: bool = False,
    ) -> tuple[str, str, bytes]:
        """Fetch anything, following at most three redirects, each vetted and signed afresh.

        With `max_bytes` it may be longer than documents are, as an image is; for `stay` see `fetch_collection`.

        Returns:
            The address in the end, without fragment; the content type as sent; the body. Raises as `fetch_activity`.
        """
        page = self.fetch_page(url, accept=accept, signer=signer, max_bytes=max_bytes, stay=stay)
        return page.url, page.content_type, page.body

    def fetch_page(
        self,
        url: str,
        *,
        accept: str,
        signer: Signer | None = None,
        max_bytes: int | None = None,
        stay: bool = False,
    ) -> Page:
        """Fetch anything, with the headers that say where its other forms are.

        See `fetch_bytes`, and for `stay` `fetch_collection`.
        """
        with self._watchdog.deadline(self._seconds) as deadline:
            url, response = self._follow(url, lambda hop: self._get(hop, accept, signer, deadline), stay=stay)
            with closing(response):
                self._check_status(response, url)
                headers = response.headers
                body = self._read(response, deadline, max_bytes)
                return Page(url, headers.get("Content-Type", ""), headers.get("Link", ""), body)

    def fetch_file(self, url: str, *, accept: str, limit: int, etag: str = "", modified: str = "") -> File:
        """Fetch a file that may be longer than a document, unless it is as it was; raises as `fetch_activity`.

        Args:
            url: where it is; redirects are followed, each vetted.
            accept: what is asked for.
            limit: how many bytes at most.
            etag: its `ETag` when it was fetched last.
            modified: its `Last-Modified`, then.
        """
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": accept, **{name: value for name, value in marks.items() if value}}
        with self._watchdog.deadline(self._seconds) as deadline:
            url, response = self._follow(
                url, lambda hop: self._send(requests.Request("GET", hop, headers=headers), deadline)
            )
            with closing(response):
                if response.status_code == NOT_MODIFIED and (etag or modified):
                    return File(b"", etag, modified, unchanged=True)
                self._check_status(response, url)
                body = self._read(response, deadline, limit)
                tag, moment = (response.headers.get(name, "")[:MAX_MARK] for name in ("ETag", "Last-Modified"))
                return File(body, tag, moment)

    def post_activity(self, url: str, body: bytes, *, signer: Signer, scheme: Scheme = "cavage") -> Answer:
        """Deliver the bytes of an activity to an inbox, once.

        A 400 or 401 is answered by one more try with the other way of signing, inside the same deadline; it counts
        only if it succeeds. Redirects are not followed: a 3xx is returned as the refusal that it is.

        Raises:
            Forbidden: an address that we do not connect to.
            Unreachable: no answer in time.
        """
        url = vet_url(url, allowed_networks=self._allowed_networks)
        with self._watchdog.deadline(self._seconds) as deadline:
            first = self._post(url, body, signer, scheme, deadline)
            if first.status in KNOCK_AGAIN:
                with suppress(Unreachable, Forbidden):
                    second = self._post(url, body, signer, _OTHER_SCHEME[scheme], deadline)
                    if 200 <= second.status < 300:
                        return second
            return first

    def ask_service(
        self, url: str, *, form: Mapping[str, str] | None = None, authorization: str = ""
    ) -> dict[str, Any]:
        """Ask a service that the node's own settings name, by GET or by a form; no redirect is followed.

        What we prove to it (a secret, a code) is for this address alone: raises as `fetch_activity`.
        """
        url = vet_url(url, allowed_networks=self._allowed_networks)
        headers = {"Accept": "application/json", **({"Authorization": authorization} if authorization else {})}
        request = requests.Request("GET" if form is None else "POST", url, headers=headers, data=form)
        with self._watchdog.deadline(self._seconds) as deadline:
            response = self._send(request, deadline)
            try:
                self._check_status(response, url)
                return Page(url, "", "", self._read(response, deadline)).json()
            finally:
                response.close()

    @property
    def allows_http(self) -> bool:
        """Whether plain http is spoken too: only where private networks are allowed, for development and tests."""
        return bool(self._allowed_networks)

    def close(self) -> None:
        """Close the connections of all threads; the client opens new ones when it is used again."""
        for session in list(self._sessions):
            session.close()

    def _follow(
        self, url: str, ask: Callable[[str], requests.Response], *, stay: bool = False
    ) -> tuple[str, requests.Response]:
        """Ask where each answer leads, every address vetted, and return the last address with its open answer."""
        for _ in range(MAX_HOPS + 1):
            url = vet_url(url, allowed_networks=self._allowed_networks)
            response = ask(url)
            if response.status_code not in REDIRECTS:
                return url, response
            with closing(response):
                before, url = url, _redirected(url, response.headers.get("Location", ""))
                if stay and not same_origin(before, url):
                    raise Rejected(f"{before} leads to another server")
                # Whoever asks has looked at the first address; where that leads, only a peer has chosen.
                self.permit(url)
        raise Rejected(f"more than {MAX_HOPS} redirects")

    def _get(self, url: str, accept: str, signer: Signer | None, deadline: Deadline) -> requests.Response:
        """Ask once, and once more in the other way of signing where the first was not accepted, as deliveries do."""

        def ask(scheme: Scheme) -> requests.Response:
            auth = Signed(signer, clock=self._clock, scheme=scheme) if signer else None
            return self._send(requests.Request("GET", url, headers={"Accept": accept}, auth=auth), deadline)

        first = ask("cavage")
        if signer is not None and first.status_code in KNOCK_AGAIN:
            with suppress(Unreachable, Forbidden):
                second = ask(_OTHER_SCHEME["cavage"])
                if second.status_code < 500 and second.status_code not in KNOCK_AGAIN:
                    first.close()
                    return second
                second.close()
        return first

    def _post(self, url: str, body: bytes, signer: Signer, scheme: Scheme, deadline: Deadline) -> Answer:
        auth = Signed(signer, clock=self._clock, scheme=scheme)
        request = requests.Request("POST", url, headers={"Content-Type": CONTENT_TYPE}, data=body, auth=auth)
        response = self._send(request, deadline)
        text = b""
        # The answer is its status: a body that breaks off or takes too long does not undo a delivery.
        with suppress(*_FAILURES):
            text = response.raw.read(LOGGED_BYTES + 1, decode_content=False)
        response.close()
        return Answer(response.status_code, self._retry_after(response), scheme, text[:LOGGED_BYTES])

    def _send(self, request: requests.Request, deadline: Deadline) -> requests.Response:
        session = self._session(deadline)
        request.headers = {**request.headers, "User-Agent": self._user_agent, "Accept-Encoding": "identity"}
        try:
            prepared = session.prepare_request(request)
            try:
                response = self._exchange(session, prepared, deadline)
            except requests.ConnectionError:
                if self._local.route.connected:
                    raise
                # The peer let go of a kept connection just as we used it: that says nothing about the request, and
                # letters may arrive twice.
                response = self._exchange(session, prepared, deadline)
        except _FAILURES as error:
            raise Unreachable(f"{request.url}: {error}") from None
        if deadline.expired:
            # Headers that the watchdog cut off look complete to http.client.
            response.close()
            raise Unreachable(f"{request.url}: too slow")
        return response

    def _exchange(
        self, session: PlainSession, prepared: requests.PreparedRequest, deadline: Deadline
    ) -> requests.Response:
        self._local.route.connected = False
        timeout = (self._connect_timeout, deadline.remaining())
        return session.send(prepared, stream=True, timeout=timeout, allow_redirects=False)

    def _session(self, deadline: Deadline) -> PlainSession:
        route: Route | None = getattr(self._local, "route", None)
        if route is None:
            route = Route(self._resolver, self._allowed_networks, self._connect_timeout, deadline)
            self._local.route = route
            self._local.session = PlainSession(VettingAdapter(route, self._tls))
            self._sessions.add(self._local.session)
        route.deadline = deadline
        session: PlainSession = self._local.session
        return session

    def _read(self, response: requests.Response, deadline: Deadline, limit: int | None = None) -> bytes:
        limit = limit or self._max_bytes
        if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise Rejected(f"{response.url} is compressed, which we did not ask for")
        declared = response.headers.get("Content-Length", "0")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
            raise Rejected(f"{response.url} is too long")
        body = bytearray()
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=False):
                body += chunk
                if len(body) > limit:
                    raise Rejected(f"{response.url} is too long")
            # A connection that the watchdog shut down looks like the end of a body without a length.
            deadline.remaining()
        except _FAILURES as error:
            raise Unreachable(f"{response.url}: {error}") from None
        return bytes(body)

    def _check_status(self, response: requests.Response, url: str) -> None:
        status = response.status_code
        if 200 <= status < 300:
            return
        failure: FederationError = Rejected(f"{url} answered {status}")
        if status == 404:
            failure = NotFound(f"{url} answered 404")
        elif status == 410:
            failure = Gone(f"{url} answered 410")
        elif status == 429 or status >= 500:
            failure = Unreachable(f"{url} answered {status}", retry_after=self._retry_after(response))
        raise failure

    def _retry_after(self, response: requests.Response) -> int | None:
        value = response.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            seconds = int(value[:10])
        else:
            try:
                moment = parsedate_to_datetime(value)
            except (ValueError, TypeError, OverflowError):
                return None
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            seconds = int((moment - self._clock()).total_seconds())
        return min(max(seconds, MIN_RETRY_AFTER), MAX_RETRY_AFTER)

    def is_id(self, value: Any, url: str) -> bool:
        """Tell whether a document's id is the address that it came from, fragments aside."""
        try:
            return isinstance(value, str) and vet_url(value, allowed_networks=self._allowed_networks) == url
        except Forbidden:
            return False


def _permit_every(url: str) -> None:
    """Let every address pass: what a client does that no node has given a policy (`Client.permit`)."""


def _redirected(url: str, location: str) -> str:
    try:
        # requests hands headers over as Latin-1, while a raw Location is UTF-8 where it is anything.
        target = urljoin(url, location.encode("latin-1").decode("utf-8"))
    except ValueError:
        raise Rejected(f"{url} redirects to nowhere") from None
    if not location:
        raise Rejected(f"{url} redirects to nowhere")
    if url.startswith("https:") and not target.startswith("https:"):
        raise Forbidden(f"{url} redirects away from https")
    return target
