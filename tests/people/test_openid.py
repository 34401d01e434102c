"""Signing in by who one is elsewhere: the way there and back, whose account it is, and who lies on the way."""

from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import func, select

from actors.database import BIND, session
from flask_maillage.mail.models import Mail
from flask_maillage.people import accounts, exporting, signing_up
from flask_maillage.people.models import Applicant, Member, OutsideIdentity
from flask_maillage.publications.own import closing
from tests import postbox as postboxes
from tests.conftest import NOW, PASSWORD, Clock
from tests.people import identity_provider
from tests.people.identity_provider import CLIENT_ID, CLIENT_SECRET
from tests.people.newcomers import node_with_mail
from tests.reader import Reader

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BEGIN, ASKED = "/sign-in/oidc", "/sign-in/oidc/account"


@pytest.fixture(scope="module")
def houses():
    """The postbox and the provider, once for all tests here."""
    with postboxes.postbox() as box, identity_provider.running(Clock()) as provider:
        yield box, provider


@pytest.fixture
def provider(houses, clock):
    houses[1].reset()
    houses[1].clock = clock
    return houses[1]


@pytest.fixture
def node_of(database_url, tmp_path, clock, fediverse, houses, provider):
    made = []

    def make(sign_up="open", **more):
        oidc = {"ISSUER": provider.issuer, "CLIENT_ID": CLIENT_ID, "CLIENT_SECRET": CLIENT_SECRET, "NAME": "The union"}
        chosen = {f"MAILLAGE_OIDC_{name}": value for name, value in oidc.items()}
        chosen |= {"MAILLAGE_SIGN_UP": sign_up, "MAILLAGE_RATES": "sign in: 999 per minute", **more}
        made.append(node_with_mail(database_url, tmp_path, clock, fediverse, houses[0], **chosen))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            app.extensions["sqlalchemy"].engines[BIND].dispose()


@pytest.fixture
def app(node_of):
    return node_of()


@pytest.fixture
def reader(app):
    return Reader(app)


def gone_round(reader, provider, next="/events"):
    """Go to the provider and come back; return what the node answers then."""
    return reader.get(provider.authorise(reader.get(BEGIN, query_string={"next": next}).location))


def linked(email="ann@example.org", subject="zoe-1", issuer=""):
    member = accounts.find(email)
    session().add(OutsideIdentity(issuer=issuer, subject=subject, member=member, label="Ann", created_at=NOW))
    session().commit()


def count(model):
    session().rollback()
    return session().scalar(select(func.count()).select_from(model))


def is_in(reader):
    return reader.get("/account").status_code == 200


def test_the_way_there_tells_the_provider_what_it_needs_and_no_secret(reader, provider):
    assert "Sign in with The union" in reader.get("/sign-in").text
    address = urlsplit(reader.get(BEGIN).location)
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.issuer}/authorize"
    assert asked["redirect_uri"] == "http://localhost/sign-in/oidc/callback"
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT_ID, "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert CLIENT_SECRET not in address.query


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # RFC 9864 renames it; providers say EdDSA
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_who_is_linked_signs_in_and_goes_on(reader, provider, algorithm):
    linked(issuer=provider.issuer)
    provider.algorithm = algorithm
    provider.person["email"] = "changed@example.org"  # an address says nothing of who somebody is
    assert gone_round(reader, provider).location == "/events"
    assert "ann@example.org" in reader.get("/account").text
    assert "Python" not in reader.get("/account/sessions").text
    assert count(OutsideIdentity) == 1


def test_the_secret_goes_by_the_form_where_the_provider_says_so(reader, provider):
    linked(issuer=provider.issuer)
    provider.description["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert gone_round(reader, provider).location == "/events"
    assert [(form["client_secret"], proof) for path, form, proof in provider.asked if path == "/token"] == [
        (CLIENT_SECRET, "")
    ]


LIES = {
    "another nonce": {"nonce": "of another sign-in"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another node"},
    "two audiences and nobody said whose": {"aud": [CLIENT_ID, "another node"]},
    "for another party": {"aud": [CLIENT_ID, "another node"], "azp": "another node"},
    "another issuer": {"iss": "https://login.example"},
    "expired": {"exp": int(NOW.timestamp()) - 61},
    "no end": {"exp": None},
    "of a time to come": {"iat": int(NOW.timestamp()) + 3600},
    "old": {"iat": int(NOW.timestamp()) - 3600},
    "nobody": {"sub": ""},
    "a number": {"sub": 1},
    "odd times": {"exp": "never"},
}


def test_what_does_not_hold_signs_nobody_in(reader, provider):
    linked(issuer=provider.issuer)

    def refused(what):
        answer = gone_round(reader, provider)
        assert (what, answer.status_code, answer.location) == (what, 303, "/sign-in")
        assert "did not work" in reader.get("/sign-in").text
        assert not is_in(reader), what

    for what, claims in LIES.items():
        provider.claims = claims
        refused(what)
    provider.claims = {}
    for algorithm in ("none", "HS256", "RS512"):
        provider.algorithm = algorithm
        refused(algorithm)
    provider.algorithm = "RS256"
    provider.signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused("another key")
    provider.signer = None
    for path in ("/token", "/keys"):
        provider.redirects = {path}
        refused(f"{path} leads elsewhere")
    assert not [path for path, _, _ in provider.asked if path.startswith("/elsewhere")]
    provider.redirects = set()
    assert gone_round(reader, provider).location == "/events"


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://login.example"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_is_wrong_leads_nowhere(reader, provider, lie):
    provider.description = lie
    answer = reader.get(BEGIN)
    assert answer.location == "/sign-in"
    assert "did not work" in reader.get("/sign-in").text


def test_a_sign_in_comes_back_once_in_time_and_to_the_browser_that_began_it(app, reader, provider, clock):
    linked(issuer=provider.issuer)
    thief = Reader(app)
    way = provider.authorise(reader.get(BEGIN).location)
    assert thief.get(way).location == "/sign-in"
    thief.get(BEGIN)
    assert thief.get(way).location == "/sign-in"
    assert not is_in(thief)
    assert reader.get(way.replace("state=", "state=x")).location == "/sign-in"
    assert reader.get(way).location == "/sign-in", "a wrong state ends it"
    way = provider.authorise(reader.get(BEGIN).location)
    clock.turn(seconds=601)
    assert reader.get(way).location == "/sign-in"
    assert not is_in(reader)

    way = provider.authorise(reader.get(BEGIN).location)
    assert reader.get(f"{way}&iss=https://login.example").location == "/sign-in"
    code = parse_qs(urlsplit(provider.authorise(reader.get(BEGIN).location)).query)["code"][0]
    assert reader.get(f"/sign-in/oidc/callback?code={code}").location == "/sign-in"
    way = provider.authorise(reader.get(BEGIN).location)
    assert reader.get(way).location == "/account"
    used = len(provider.asked)
    assert reader.get(way).location == "/sign-in"
    assert len(provider.asked) == used
    assert Reader(app).get("/sign-in/oidc/callback?error=access_denied&state=%00").location == "/sign-in"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_it_leads_to_this_node_only(reader, provider, next):
    linked(issuer=provider.issuer)
    assert gone_round(reader, provider, next).location == "/account"


def test_who_is_suspended_stays_out(reader, provider):
    linked(issuer=provider.issuer)
    accounts.find("ann@example.org").actor.suspended_at = NOW
    session().commit()
    assert gone_round(reader, provider).location == "/sign-in"
    assert "suspended" in reader.get("/sign-in").text
    assert not is_in(reader)


def test_the_same_address_is_linked_by_the_password_alone(reader, provider):
    provider.person["email"] = "Ann@Example.org"
    assert gone_round(reader, provider).location == ASKED
    page = reader.get(ASKED)
    assert "There is an account with this address" in page.text
    assert not is_in(reader)
    assert reader.submit(ASKED, current="wrong password").status_code == 422
    assert count(OutsideIdentity) == 0
    assert reader.submit(ASKED, current=PASSWORD).location == "/events"
    assert is_in(reader)
    assert reader.get(ASKED).location == "/sign-in"
    session().rollback()
    assert session().scalar(select(Mail.recipient).where(Mail.purpose == "account: linked")) == "ann@example.org"
    again = Reader(reader.client.application)
    assert gone_round(again, provider).location == "/events"


def test_an_address_that_nobody_vouches_for_links_and_opens_nothing(reader, provider):
    for verified in (False, "true", None):
        provider.person.update(email="ann@example.org", email_verified=verified)
        assert gone_round(reader, provider).location == ASKED
        page = reader.get(ASKED)
        assert "Sign up here with an address that you confirm" in page.text
        assert 'type="password"' not in page.text
        reader.post(ASKED, {"current": PASSWORD, "name": "Ann", "handle": "ann2"})
        assert (count(OutsideIdentity), count(Member)) == (0, 1)


def test_a_newcomer_gets_an_account_without_a_password_and_keeps_a_way_in(reader, provider):
    provider.person.pop("email")
    provider.user_info = {"sub": "zoe-1", "email": "zoe@example.org", "email_verified": True}
    provider.description["userinfo_endpoint"] = f"{provider.issuer}/userinfo"
    assert gone_round(reader, provider).location == ASKED
    form = reader.form(reader.get(ASKED), "handle")
    assert (form["name"], form["handle"]) == ("Zoé Martin", "zoe_martin")
    assert reader.submit(ASKED, handle="union").status_code == 422
    assert reader.submit(ASKED, handle="zoe").location == "/events"
    assert "zoe@example.org" in reader.get("/account").text
    assert accounts.authenticate("zoe@example.org", "") is None
    for path in ("/account/password", "/account/email"):
        assert "Your account has no password" in reader.get(path).text

    page = reader.get("/account/identities")
    number = session().scalar(select(OutsideIdentity.id))
    refused = reader.post("/account/identities", {**reader.form(page), "number": str(number)})
    assert refused.status_code == 409
    assert "choose one first" in refused.text
    assert [reader.post("/account/identities", {"number": one}).status_code for one in ("0", "x", "9" * 30)] == [
        400
    ] * 3
    assert count(OutsideIdentity) == 1


def test_what_the_provider_says_of_somebody_else_counts_for_nothing(reader, provider):
    provider.person.pop("email")
    provider.user_info = {"sub": "ann-1", "email": "ann@example.org", "email_verified": True}
    provider.description["userinfo_endpoint"] = f"{provider.issuer}/userinfo"
    gone_round(reader, provider)
    assert "ann@example.org" not in reader.get(ASKED).text


def test_a_member_links_by_a_press_and_unlinks(app, reader, provider):
    reader.sign_in()
    assert gone_round(reader, provider, "/account/identities").location == ASKED
    assert count(OutsideIdentity) == 0
    assert reader.post(ASKED, {}).status_code == 400
    assert count(OutsideIdentity) == 0
    assert reader.submit(ASKED).location == "/account/identities"
    assert "zoe@example.org" in reader.get("/account/identities").text
    session().rollback()
    member = accounts.find("ann@example.org")
    assert exporting.identities(member)[0]["subject"] == "zoe-1"
    number = str(session().scalar(select(OutsideIdentity.id)))

    accounts.add("bob@example.org", "Bob", "bob", PASSWORD)
    session().commit()
    bob = Reader(app)
    bob.sign_in("bob@example.org")
    assert gone_round(bob, provider).location == "/account/identities"
    assert "belongs to another account" in bob.get("/account/identities").text
    form = bob.form(bob.get("/account/identities")) if "number" in bob.get("/account/identities").text else {}
    form = form or bob.form(bob.get("/account/password"))
    assert bob.post("/account/identities", {"csrf_token": form["csrf_token"], "number": number}).status_code == 404
    assert count(OutsideIdentity) == 1

    form = reader.form(reader.get("/account/identities"))
    assert reader.post("/account/identities", {**form, "number": number}).location == "/account/identities"
    assert count(OutsideIdentity) == 0
    page = reader.submit_sign_out()
    assert "you still are" in reader.get("/sign-in").text, page


def test_an_admin_decides_about_who_asks(node_of, provider):
    app = node_of("approval")
    reader = Reader(app)
    assert gone_round(reader, provider).location == ASKED
    assert reader.submit(ASKED, reason="").status_code == 422
    assert reader.submit(ASKED, reason="I work there.").location == "/sign-in"
    assert count(Member) == 1
    assert gone_round(reader, provider).location == "/sign-in"
    assert "have not answered" in reader.get("/sign-in").text
    with app.app_context():
        signing_up.accept(session().scalars(select(Applicant)).one())
        session().commit()
    assert gone_round(reader, provider).location == "/events"
    with app.app_context():
        closing.close(accounts.find("zoe@example.org"))
        session().commit()
    assert (count(OutsideIdentity), is_in(reader)) == (0, False)


@pytest.mark.parametrize("sign_up", ["closed", "invitation"])
def test_a_node_that_takes_nobody_says_so(node_of, provider, sign_up):
    reader = Reader(node_of(sign_up))
    assert gone_round(reader, provider).location == ASKED
    assert "this node opens none by it" in reader.get(ASKED).text
    reader.post(ASKED, {"name": "Zoé", "handle": "zoe"})
    assert (count(Member), count(Applicant)) == (1, 0)


def test_without_a_provider_there_is_nothing(node_of):
    reader = Reader(node_of(**{f"MAILLAGE_OIDC_{name}": "" for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}))
    assert "/sign-in/oidc" not in reader.get("/sign-in").text
    reader.sign_in()
    assert "/account/identities" not in reader.get("/account").text
    for path in (BEGIN, f"{BEGIN}/callback", ASKED, "/account/identities"):
        assert reader.get(path).status_code == 404
