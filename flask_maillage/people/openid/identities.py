"""Who members are elsewhere: linked, found again by issuer and subject alone, unlinked; and accounts made of it."""

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from actors.database import session
from actors.node import now
from federation.sanitising import clean_text
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import deliverable, normal
from flask_maillage.people import account_links, account_mails, accounts, signing_up
from flask_maillage.people.models import Applicant, Member, OutsideIdentity
from flask_maillage.people.openid.provider import Proof, Provider
from flask_maillage.people.signing_up import SignUpRefused

LABEL_LIMIT = 120


def _(message: str) -> str:
    return message


class LastWayIn(Exception):
    """A member without a password would be locked out."""


class TakenAlready(Exception):
    """Somebody has linked it meanwhile."""


def find(proof: Proof) -> OutsideIdentity | None:
    """Return what is known of who somebody is elsewhere."""
    same = OutsideIdentity.issuer == proof.issuer, OutsideIdentity.subject == proof.subject
    return session().scalar(select(OutsideIdentity).where(*same))


def of(member: Member) -> list[OutsideIdentity]:
    """Return who a member is elsewhere, the oldest first."""
    query = select(OutsideIdentity).where(OutsideIdentity.member_id == member.id)
    return list(session().scalars(query.order_by(OutsideIdentity.id)))


def is_usable(member: Member) -> bool:
    """Tell whether a member may sign in at all, by whatever way."""
    return member.actor.gone_at is None and member.actor.suspended_at is None


def use(identity: OutsideIdentity) -> Member | None:
    """Note that a member signs in by it, and return who; None where nobody may."""
    member = identity.member
    if member is None or not is_usable(member):
        return None
    identity.used_at = now()
    accounts.note_sign_in(member)
    return member


def account_with(proof: Proof) -> Member | None:
    """Return whose account has the e-mail address that the provider says is theirs."""
    member = accounts.find(proof.email) if proof.is_verified and proof.email else None
    return member if member is not None and is_usable(member) and member.has_password else None


def link(member: Member, proof: Proof, provider: Provider) -> None:
    """Let a member sign in by it from now on, and tell them by mail.

    Raises:
        TakenAlready: it is linked to an account, this one or another.
    """
    _add(OutsideIdentity(member=member), proof)
    queue.write(member.email, account_mails.linked(member, provider.name), purpose="account: linked")
    session().flush()


def unlink(member: Member, number: int) -> bool:
    """Let a member sign in no longer by one of those that are linked; False where there is none of this number.

    Raises:
        LastWayIn: the member has no password, and no other way in.
    """
    theirs = OutsideIdentity.member_id == member.id
    known = session().scalars(select(OutsideIdentity.id).where(theirs).with_for_update()).all()
    if number not in known:
        return False
    if not member.has_password and len(known) == 1:
        raise LastWayIn
    session().execute(delete(OutsideIdentity).where(theirs, OutsideIdentity.id == number))
    session().flush()
    return True


def may_sign_up(proof: Proof) -> bool:
    """Tell whether somebody may get an account at once, or ask for one, by what the provider says of them."""
    address = normal(proof.email)
    is_address = deliverable(proof.email) is not None and accounts.is_email(address)
    return signing_up.is_open() and proof.is_verified and is_address and accounts.find(address) is None


def sign_up(proof: Proof, *, name: str, handle: str, language: str, reason: str) -> Member | None:
    """Give somebody an account whose address the provider vouches for; None where an admin decides first.

    Raises:
        SignUpRefused: the name or the handle will not do, or nobody gets an account any more.
        TakenAlready: the identity has an account or waits for one.
    """
    account_links.hold(normal(proof.email))
    if not may_sign_up(proof):
        raise SignUpRefused(_("This node takes no new members at this moment."))
    if not clean_text(name, limit=signing_up.NAME_LIMIT):
        raise SignUpRefused(_("Write the name by which people know you."), "name")
    signing_up.check_handle(handle)
    if (session().scalar(select(func.count()).select_from(Applicant)) or 0) >= signing_up.MOST_APPLICANTS:
        raise SignUpRefused(_("Too many people sign up at this moment: try again tomorrow."))
    address = normal(proof.email)
    session().execute(delete(Applicant).where(Applicant.email == address))
    applicant = Applicant(
        email=address,
        name=clean_text(name, limit=signing_up.NAME_LIMIT),
        handle=handle,
        password_hash="",
        language=language,
        reason=clean_text(reason, limit=signing_up.REASON_LIMIT),
        created_at=now(),
        confirmed_at=now(),
    )
    session().add(applicant)
    _add(OutsideIdentity(applicant=applicant), proof)
    if not signing_up.asks_why():
        return signing_up.admit(applicant)
    signing_up.tell_admins(applicant)
    return None


def _add(identity: OutsideIdentity, proof: Proof) -> None:
    identity.issuer, identity.subject, identity.created_at = proof.issuer, proof.subject, now()
    identity.label = clean_text(proof.email or proof.name, limit=LABEL_LIMIT)
    if find(proof) is not None:
        raise TakenAlready
    session().add(identity)
    try:
        session().flush()
    except IntegrityError:
        raise TakenAlready from None
