"""Personal data at rest: an encrypted field, and a blind index for exact search in it.

The keys come from settings.DATA_KEY; a comma-separated list rotates: the first key encrypts, all decrypt.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


def _derived(purpose, key):
    return hashlib.blake2b(key.encode(), digest_size=32, person=purpose).digest()


@lru_cache(maxsize=4)
def _cipher(keys):
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(b"crm-encrypt", key))) for key in keys.split(",")])


def blind_index(value):
    """A keyed fingerprint (hex) of a normalised value: equal values are found, nothing is read from it."""
    if not value:
        return ""
    key = _derived(b"crm-index", settings.DATA_KEY.split(",")[-1])
    return hmac.new(key, value.strip().encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that the database only ever holds encrypted (Fernet). It cannot be filtered, searched or ordered by."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return _cipher(settings.DATA_KEY).encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _cipher(settings.DATA_KEY).decrypt(value.encode()).decode()
        except InvalidToken:
            return "—"  # written under a key that this installation no longer has

    def get_lookup(self, name):
        return super().get_lookup(name) if name == "isnull" else None
