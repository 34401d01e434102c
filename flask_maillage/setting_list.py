"""Every setting, declared once: its name, type, default and help. `docs/settings.md` is checked against this table."""

from dataclasses import dataclass
from typing import Any

PREFIX = "MAILLAGE_"
OPEN, ARCHIPELAGO = "open", "archipelago"
FOUNDINGS = ("admins", "approval", "members")
PARTNERSHIPS = ("open", "approval")
SIGN_UPS = ("closed", "invitation", "approval", "open")
GEOCODERS = ("", "photon", "nominatim")

BOUNDS = {
    "LEASE_SECONDS": (1, 86_400),
    "POLL_HOURS": (1, 168),
    "CARRIERS": (1, 64),
    "DELIVERIES_PER_HOST": (1, 64),
    "MAIL_PORT": (1, 65_535),
    "IMAGE_MB": (1, 100),
    "DOCUMENT_MB": (1, 100),
    "FILES_MB": (1, 1_000_000),
    "COPIED_IMAGES_MB": (0, 1_000_000),
    "FOUNDINGS_PER_MONTH": (1, 1_000),
    "GUEST_DAYS": (1, 365),
    "WEB_PROCESSES": (1, 64),
    "WEB_THREADS": (1, 256),
    "TRUSTED_PROXIES": (0, 10),
}


@dataclass(frozen=True)
class Setting:
    """One setting; `kind` is the type of its value, `default` is what counts where nothing is said."""

    name: str
    kind: type
    default: Any
    help: str


SETTINGS = (
    Setting("BASE_URL", str, None, "The address of the node, as `https://network.example`; it never changes."),
    Setting("DATA", str, "node", "The folder of the database, the secret and uploaded files."),
    Setting("DATABASE_URL", str, "", "`postgresql://…`, or empty for one SQLite file in the data folder."),
    Setting("SECRET", str, "", "At least 32 characters; empty to make one and keep it in the data folder."),
    Setting("NAME", str, "Maillage", "What the node is called on its pages."),
    Setting("DESCRIPTION", str, "A federated territorial network.", "One sentence that says what the node is."),
    Setting("LANGUAGE", str, "en", "The language of pages for those who prefer none that there is: `en` or `fr`."),
    Setting("SOURCE_URL", str, "", "Where the source code of what runs here can be had; linked from every page."),
    Setting("ALLOWED_NETWORKS", str, "", "Private networks that may be reached, as `127.0.0.0/8,10.1.0.0/16`; tests."),
    Setting("CA_BUNDLE", str, "", "A file of further certificate authorities for outgoing connections."),
    Setting("FEDERATION", str, "open", "`open`: with every host not blocked; `archipelago`: with allowed hosts only."),
    Setting("WELL_KNOWN", bool, True, "Whether we answer `/.well-known/…`; off where the host application does."),
    Setting("TRUSTED_PROXIES", int, 0, "How many reverse proxies stand in front and tell the caller's address."),
    Setting("LEASE_SECONDS", int, 120, "For how long a worker keeps a piece of work before another may take it."),
    Setting("INBOX_RATE", str, "600 per minute", "How many letters one address may send to each web process."),
    Setting("AUTHORISED_FETCH", bool, False, "Whether documents are given only to servers that sign their requests."),
    Setting("POLL_HOURS", int, 6, "Hours until a followed actor's outbox is read again; a partner node's: one."),
    Setting("RATES", str, "", "Rates other than ours: `letters of a host: 100 per minute, new actors: 99 per hour`."),
    Setting("CARRIERS", int, 8, "How many threads of a worker deliver at once."),
    Setting("DELIVERIES_PER_HOST", int, 2, "How many deliveries one host gets at once, from all workers together."),
    Setting("MAIL_SERVER", str, "", "The host that takes our mail; empty: none, or a trial's console."),
    Setting("MAIL_PORT", int, 587, "The port of the mail server."),
    Setting("MAIL_SECURITY", str, "starttls", "`starttls`, `tls` from the first byte, or `none` on your own network."),
    Setting("MAIL_USER", str, "", "Who we are for the mail server; empty where it asks nobody."),
    Setting("MAIL_PASSWORD", str, "", "The password for the mail server."),
    Setting("MAIL_SENDER", str, "", "The address that mail is from; empty: `noreply@` the host of the base URL."),
    Setting("IMAGE_MB", int, 10, "How many megabytes an image that is uploaded may have."),
    Setting("DOCUMENT_MB", int, 20, "How many megabytes a document that is uploaded may have."),
    Setting("FILES_MB", int, 500, "How many megabytes of files each actor may keep."),
    Setting("COPIED_IMAGES_MB", int, 500, "How many megabytes of images of other servers are kept; 0 for none."),
    Setting("SIGN_UP", str, "invitation", "Who gets an account: `closed`, `invitation`, `approval` or `open`."),
    Setting("OIDC_ISSUER", str, "", "Who else says who somebody is (OpenID Connect), as `https://login.example`."),
    Setting("OIDC_CLIENT_ID", str, "", "Who we are for that issuer."),
    Setting("OIDC_CLIENT_SECRET", str, "", "Our secret for that issuer."),
    Setting("OIDC_NAME", str, "", "What the issuer is called on the button; empty: the name of its host."),
    Setting("FOUNDING", str, "approval", "Who founds organisations on a page: `admins`, `approval` or `members`."),
    Setting("FOUNDINGS_PER_MONTH", int, 5, "How many organisations one member founds in 30 days without being asked."),
    Setting("PARTNERS", str, "open", "Nodes that follow ours get its news at once (`open`), or wait (`approval`)."),
    Setting("PLACE", str, "", "Where the node is, for the map of partners: a zone's name or code, as `Grenoble`."),
    Setting("GUEST_DAYS", int, 30, "Days after an event until the addresses of its guests are erased."),
    Setting("MAP_TILES", str, "", "Images under the map: `https://tiles.example/{z}/{x}/{y}.png`; none by default."),
    Setting("MAP_ATTRIBUTION", str, "", "Whom the tile server wants named on the map."),
    Setting("GEOCODER", str, "", "What knows streets: `photon` or `nominatim`; empty: towns only, nobody is asked."),
    Setting("GEOCODER_URL", str, "", "Where that is, as `https://photon.example`; with the one before."),
    Setting("WEB_PROCESSES", int, 1, "How many web processes `maillage serve` starts."),
    Setting("WEB_THREADS", int, 8, "How many threads each web process has."),
)
