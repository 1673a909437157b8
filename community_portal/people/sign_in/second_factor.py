"""Secrets of second factors at rest, under the keys of encrypted fields: a copy of the database opens no staff account."""

from allauth.mfa.adapter import DefaultMFAAdapter
from encrypted_fields.fields import EncryptedCharField

ENCRYPTED = "gAAAA"  # every Fernet token begins so; secrets written before are base32 or hex and never do
_keys = EncryptedCharField()


class SecondFactors(DefaultMFAAdapter):
    """allauth's rules; ``encrypt`` and ``decrypt`` are its hooks for the app's secret and the seed of recovery codes."""

    def encrypt(self, text: str) -> str:
        return _keys.f.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        return _keys.f.decrypt(encrypted_text.encode()).decode()
