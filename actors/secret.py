"""The node's secret, and what is derived from it: the key that private keys lie under, the key of the sessions."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class WrongSecret(Exception):
    """The secret in hand is not the one that the private keys were encrypted with."""


class Secret:
    """One secret of at least 32 characters, from which every key of a purpose is derived (HKDF-SHA256)."""

    def __init__(self, text: str) -> None:
        """Take the secret; it never leaves this object."""
        self._material = text.encode("utf-8")
        self._fernet = Fernet(base64.urlsafe_b64encode(self.derive("private keys at rest")))

    def derive(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose."""
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"maillage {purpose}".encode())
        return derivation.derive(self._material)

    def encrypt(self, text: str) -> str:
        """Encrypt a text for the database."""
        return self._fernet.encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, token: str) -> str:
        """Give an encrypted text back.

        Raises:
            WrongSecret: the text was encrypted under another secret.
        """
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode("utf-8")
        except InvalidToken:
            raise WrongSecret("the node's secret does not open its private keys") from None
