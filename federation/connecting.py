"""Connections to vetted addresses only, under urllib3 and requests.

The name is resolved once, every address must pass, and the socket goes to the address that passed: there is no second
resolution that could answer otherwise (DNS rebinding). SNI and the certificate stay on the name.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from federation.addresses import Network, is_allowed_address
from federation.deadlines import Deadline
from federation.errors import Forbidden

Resolver: TypeAlias = Callable[..., Sequence[tuple[Any, ...]]]

HOSTS_KEPT = 32


@dataclass
class Route:
    """How one thread connects, the deadline of the exchange that it is in, and whether that had to connect."""

    resolver: Resolver
    allowed_networks: Sequence[Network]
    connect_timeout: float
    deadline: Deadline
    connected: bool = False

    def connect(self, host: str, port: int) -> socket.socket:
        """Resolve `host` once and connect to the first of its addresses that answers.

        Raises:
            Forbidden: one of its addresses is not public.
            OSError: no answer to the name, or from any address, in time.
        """
        self.connected = True
        failure = OSError("the name has no address")
        for family, kind, protocol, address in self._vetted(host, port):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(min(self.connect_timeout, self.deadline.remaining()))
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(self.deadline.remaining())
                self.deadline.watch(sock)
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        raise failure

    def _vetted(self, host: str, port: int) -> list[tuple[int, int, int, tuple[Any, ...]]]:
        try:
            answers = self.resolver(host, port, type=socket.SOCK_STREAM)
        except UnicodeError:
            raise Forbidden("the host is not a name") from None
        for family, _, _, _, address in answers:
            known = family in (socket.AF_INET, socket.AF_INET6) and not any(address[3:4])
            if not known or not is_allowed_address(address[0], allowed_networks=self.allowed_networks):
                raise Forbidden(f"{host} has an address that is not public")
        return [(family, kind, protocol, address) for family, kind, protocol, _, address in answers]


class _Vetted(HTTPConnection):
    """A connection that goes where its route says and is watched during each exchange."""

    def __init__(self, *arguments: Any, route: Route, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._route = route
        self._watched_by: Deadline | None = None

    def _new_conn(self) -> socket.socket:
        sock = self._route.connect(self._dns_host, self.port)
        self._watched_by = self._route.deadline
        return sock

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None and self._watched_by is not self._route.deadline:
            self._route.deadline.watch(self.sock)
            self._watched_by = self._route.deadline
        super().request(*arguments, **options)


class _VettedTLS(_Vetted, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Vetted


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _VettedTLS


class VettingAdapter(HTTPAdapter):
    """The adapter of requests over vetted connections, with one TLS context shared by all."""

    def __init__(self, route: Route, tls: ssl.SSLContext) -> None:
        """Take the route of this thread, and a context made by `tls_context`."""
        self._route = route
        self._tls = tls
        super().__init__(pool_connections=HOSTS_KEPT, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools hand the route to each connection."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._tls, **options)
        classes: dict[str, Any] = {
            "http": partial(_Pool, route=self._route),
            "https": partial(_PoolTLS, route=self._route),
        }
        self.poolmanager.pool_classes_by_scheme = classes

    def cert_verify(self, *arguments: Any, **options: Any) -> None:
        """Leave the certificates to the shared context: loading them for each connection costs 20 ms."""


class PlainSession(requests.Session):
    """A session that takes nothing from the environment, keeps no cookies and follows no redirect."""

    def __init__(self, adapter: VettingAdapter) -> None:
        """Send everything through `adapter`."""
        super().__init__()
        self.trust_env = False
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Report none: requests would read a redirect's whole body, however long, before we see it."""


@cache
def tls_context(ca_bundle: str | None) -> ssl.SSLContext:
    """Return a context that trusts the usual authorities, and those in the file `ca_bundle` besides.

    Reading the authorities takes 20 ms; applications of one process that trust the same ones share the context.
    """
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if ca_bundle is not None:
        context.load_verify_locations(cafile=ca_bundle)
    return context
