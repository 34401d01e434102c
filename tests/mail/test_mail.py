"""Mail: rows that a worker hands to a real SMTP server, in the face of refusals, silence and odd addresses."""

import logging

import pytest

from actors.database import session
from flask_maillage.app import create_app
from flask_maillage.cli.commands import maillage
from flask_maillage.mail import queue, sending
from flask_maillage.mail.composing import Link, Message
from flask_maillage.mail.models import Mail
from flask_maillage.settings import SettingError
from tests import postbox as postboxes
from tests.conftest import config_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MESSAGE = Message("Votre inscription à l'événement", ("Un mot.", Link("Ouvrir", "https://a.example/?a=1&b=2")), "fr")


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return postboxes.certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def box():
    with postboxes.postbox() as box:
        yield box


@pytest.fixture
def node(database_url, tmp_path, clock, fediverse):
    """Make a node with these settings, in whose context the test runs."""
    pushed = []

    def made(**more):
        app = create_app(config_of(database_url, tmp_path, **more), clock=clock, client=fediverse.client(clock))
        context = app.app_context()
        context.push()
        pushed.append((app, context))
        return app

    yield made
    for app, context in reversed(pushed):
        session().rollback()
        app.extensions["sqlalchemy"].engines["maillage"].dispose()
        context.pop()


@pytest.fixture
def mailing(node, box):
    """A node that sends by the postbox, over no TLS."""
    return node(MAILLAGE_MAIL_SERVER="127.0.0.1", MAILLAGE_MAIL_PORT=box.port, MAILLAGE_MAIL_SECURITY="none")


def write(recipient="zoe@example.org", message=MESSAGE, **more):
    done = queue.write(recipient, message, purpose="test", **more)
    session().commit()
    return done


def states():
    return [mail.state for mail in session().query(Mail).order_by(Mail.id)]


def test_mail_arrives_once_in_both_forms_and_is_forgotten(mailing, box):
    assert write(unsubscribe="https://a.example/no-more")
    assert (sending.send_mail(), sending.send_mail()) == (1, 0)
    (mail,) = box.arrived
    assert box.recipients == ["zoe@example.org"]
    assert (mail["To"], mail["From"]) == ("zoe@example.org", "Maillage <noreply@localhost>")
    assert mail["Subject"] == "Votre inscription à l'événement"
    assert (mail["Auto-Submitted"], mail["List-Unsubscribe"]) == ("auto-generated", "<https://a.example/no-more>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"].endswith("@localhost>")
    assert box.text().startswith("Un mot.\n\nOuvrir\u00a0:\nhttps://a.example/?a=1&b=2\n")
    html = mail.get_body(("html",)).get_content()
    assert '<html lang="fr">' in html
    assert '<a href="https://a.example/?a=1&amp;b=2">Ouvrir</a>' in html
    kept = session().query(Mail).one()
    assert (kept.state, kept.recipient + kept.subject + kept.text + kept.html, kept.unsubscribe) == ("sent", "", None)


def test_a_long_link_to_unsubscribe_arrives_in_one_piece(mailing, box):
    link = f"https://maillage.a-confederation-of-unions.example.org/unsubscribe/2.mail-event_changed.{'x' * 40}"
    assert write(unsubscribe=link)
    sending.send_mail()
    (raw,) = box.raw
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_from_who_signs_in(node, pem, security):
    with postboxes.postbox(pem, from_the_first_byte=security == "tls") as box:
        node(
            MAILLAGE_MAIL_SERVER="127.0.0.1",
            MAILLAGE_MAIL_PORT=box.port,
            MAILLAGE_MAIL_SECURITY=security,
            MAILLAGE_MAIL_USER=postboxes.USER if security == "starttls" else "",
            MAILLAGE_MAIL_PASSWORD=postboxes.PASSWORD,
            MAILLAGE_CA_BUNDLE=str(pem),
        )
        write()
        sending.send_mail()
        assert (len(box.arrived), box.signed_in) == (1, [security == "starttls"])


def test_mail_goes_to_no_server_whose_certificate_does_not_hold(node, pem):
    with postboxes.postbox(pem) as box:
        node(MAILLAGE_MAIL_SERVER="127.0.0.1", MAILLAGE_MAIL_PORT=box.port)
        write()
        sending.send_mail()
        assert (states(), box.arrived) == (["pending"], [])
        assert "CERTIFICATE_VERIFY_FAILED" in session().query(Mail).one().outcome


def test_what_is_refused_for_now_is_tried_again_later_and_once(mailing, box, clock):
    box.refusals = {"RCPT": ["450 come back"], "DATA": ["451 full"]}
    write()
    for minutes in (2, 6):
        assert (sending.send_mail(), sending.send_mail()) == (1, 0)
        assert states() == ["pending"]
        clock.turn(minutes=minutes)
    sending.send_mail()
    assert (states(), len(box.arrived)) == (["sent"], 1)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_what_is_refused_for_good_is_given_up_and_shown_and_can_be_tried_once_more(mailing, box, command, caplog):
    box.refusals = {command: ["550 nobody of that name"]}
    write()
    with caplog.at_level(logging.ERROR):
        sending.send_mail()
    session().rollback()
    told = mailing.test_cli_runner().invoke(maillage, ["mail", "list", "--state", "failed"]).output
    assert "zoe@example.org  550 nobody of that name" in told
    number = told.split()[0]
    session().rollback()
    assert mailing.test_cli_runner().invoke(maillage, ["mail", "retry", number]).output == "1 due now.\n"
    assert sending.send_mail() == 1
    session().rollback()
    assert (states(), len(box.arrived)) == (["sent"], 1)


def test_server_that_is_not_there_holds_up_the_rest_of_the_turn_and_is_given_up_after_days(node, clock, caplog):
    with postboxes.postbox() as closed:
        port = closed.port
    node(MAILLAGE_MAIL_SERVER="127.0.0.1", MAILLAGE_MAIL_PORT=port, MAILLAGE_MAIL_SECURITY="none")
    write()
    write("yan@example.org")
    assert sending.send_mail() == 1
    assert [mail.attempts for mail in session().query(Mail).order_by(Mail.id)] == [1, 0]
    clock.turn(days=3)
    with caplog.at_level(logging.CRITICAL):
        sending.send_mail()
    session().rollback()
    assert {mail.recipient: mail.state for mail in session().query(Mail)} == {
        "zoe@example.org": "pending",
        "yan@example.org": "failed",
    }


def test_mail_that_a_killed_worker_held_is_sent_by_the_next(mailing, box, clock):
    write()
    sending.leases.claim(Mail, Mail.state == "pending", order=Mail.due_at, limit=1)
    session().commit()
    assert sending.send_mail() == 0
    clock.turn(minutes=3)
    assert (sending.send_mail(), len(box.arrived)) == (1, 1)


def test_what_is_called_back_is_not_sent(mailing, box):
    write(about="http://localhost/event/1")
    queue.call_back("http://localhost/event/1")
    session().commit()
    assert (sending.send_mail(), states()) == (0, ["cancelled"])


def test_trial_prints_its_mail_and_a_node_without_server_writes_none(node, capsys):
    node()
    write()
    sending.send_mail()
    assert "To: zoe@example.org" in capsys.readouterr().err
    assert states() == ["sent"]
    node(MAILLAGE_BASE_URL="https://node.invalid", MAILLAGE_ALLOWED_NETWORKS="")
    assert (queue.is_on(), write()) == (False, False)


def test_command_says_what_the_mail_server_said(mailing, box):
    run = mailing.test_cli_runner().invoke
    assert run(maillage, ["mail", "test", "not an address"]).exit_code == 1
    assert run(maillage, ["mail", "test", "admin@example.org"]).output == "sent\n"
    assert box.last()["Subject"] == "A mail to try"


def test_no_line_of_a_name_becomes_a_header(mailing, box):
    write(message=Message("Come\r\nBcc: all@example.org\r\n\r\nBuy", ("Text",), "en"))
    sending.send_mail()
    assert (box.last()["Bcc"], box.recipients) == (None, ["zoe@example.org"])
    assert "\n" not in box.last()["Subject"]
    for address in (
        "zoe@example.org\nBcc: all@example.org",
        "a@example.org,b@example.org",
        "a@b.example>,<c@d.example",
    ):
        assert not write(address)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"MAILLAGE_MAIL_SECURITY": "ssl"}, "MAILLAGE_MAIL_SECURITY"),
        ({"MAILLAGE_MAIL_SECURITY": "none", "MAILLAGE_MAIL_PASSWORD": "x"}, "MAILLAGE_MAIL_PASSWORD"),
        ({"MAILLAGE_MAIL_SERVER": "a.example", "MAILLAGE_MAIL_SENDER": "us"}, "MAILLAGE_MAIL_SENDER"),
        ({"MAILLAGE_MAIL_PORT": 0}, "MAILLAGE_MAIL_PORT"),
    ],
)
def test_wrong_setting_of_mail_is_told(node, more, told):
    with pytest.raises(SettingError, match=told):
        node(**more)
