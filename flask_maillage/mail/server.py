"""The mail server that a node sends by: one connection for several mails, over TLS, and what its answers mean."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

STARTTLS, TLS, NONE = "starttls", "tls", "none"
TIMEOUT_SECONDS = 20
PERMANENT = range(500, 600)


@dataclass(frozen=True)
class MailServer:
    """How mail goes out; with an empty `host` it is printed on the console of a trial, or there is none."""

    host: str = ""
    port: int = 587
    security: str = STARTTLS
    user: str = ""
    password: str = ""
    sender: str = ""
    ca_bundle: str | None = None
    is_trial: bool = False
    """Whether mails may be printed: the node is reached from private networks only."""


class MailError(Exception):
    """A mail that was not taken; `is_final` where no later attempt would change that, `is_general` for every mail."""

    def __init__(self, reason: str, *, is_final: bool = False, is_general: bool = False) -> None:
        """Keep what the server said."""
        super().__init__(reason)
        self.is_final = is_final
        self.is_general = is_general


class Connection:
    """A connection to the mail server, made at the first mail and closed at the end of `with`."""

    def __init__(self, server: MailServer) -> None:
        """Keep whom to connect to."""
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Connect to nobody yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Say goodbye."""
        self._close()

    def send(self, message: EmailMessage, recipients: Sequence[str]) -> str:
        """Hand one mail over, and return a remark where it was not taken for some of its recipients.

        Raises:
            MailError: it was not taken for any of them.
        """
        try:
            refused = self._connected().send_message(message, self._server.sender, recipients)
        except smtplib.SMTPRecipientsRefused as error:
            told = list(error.recipients.values())
            is_final = all(code in PERMANENT for code, _said in told)
            raise MailError(_told(*told[0]), is_final=is_final) from None
        except smtplib.SMTPSenderRefused as error:
            raise MailError(_told(error.smtp_code, error.smtp_error), is_general=True) from None
        except smtplib.SMTPResponseException as error:
            is_of_mail = isinstance(error, smtplib.SMTPDataError)
            is_final = is_of_mail and error.smtp_code in PERMANENT
            reason = _told(error.smtp_code, error.smtp_error)
            raise MailError(reason, is_final=is_final, is_general=not is_of_mail) from None
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise MailError(f"{type(error).__name__}: {error}", is_general=True) from None
        return f"not taken for {len(refused)} of {len(recipients)} addresses" if refused else ""

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = _connect(self._server)
        return self._smtp

    def _close(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()
        self._smtp = None


def _connect(server: MailServer) -> smtplib.SMTP:
    """Connect, over TLS with a certificate that holds unless the admin chose otherwise, and sign in."""
    context = ssl.create_default_context(cafile=server.ca_bundle)
    smtp: smtplib.SMTP
    if server.security == TLS:
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.security == STARTTLS:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:500]
