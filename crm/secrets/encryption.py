"""Personal data at rest: an encrypted field, and a blind index for exact search in it.

The keys come from settings.DATA_KEY; a comma-separated list rotates: the first key encrypts, all
decrypt. An installation without any makes its first one when it first encrypts something
(crm.secrets.datakey).
"""

import base64
import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from crm.secrets.datakey import VARIABLE, first_key, missing, present_key
from crm.secrets.sealed import holds_sealed


def _derived(purpose, key) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=32, person=purpose).digest()


@lru_cache(maxsize=4)
def _cipher(keys) -> MultiFernet:
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(_derived(b"crm-encrypt", key))) for key in keys.split(",")]
    )


def _writing_keys() -> Any:
    """The keys to write with; the first one of an installation is made here.

    KeyMissing where the old one is to be put back.
    """
    if not settings.DATA_KEY:
        settings.DATA_KEY = first_key(settings.SECRET_FILES[VARIABLE], holds_data=holds_sealed)
    return settings.DATA_KEY


def opened(value) -> str:
    """The text that ``value`` was encrypted from.

    InvalidToken where no key that is here opens it.
    """
    # Another process may have made the first one.
    keys = settings.DATA_KEY or present_key(settings.SECRET_FILES[VARIABLE])
    if not keys:
        raise InvalidToken()
    return _cipher(keys).decrypt(value.encode()).decode()


def unreadable_sentence() -> str:
    """What is told to whoever starts the service with keys that do not open what the database
    holds.
    """
    if not settings.DATA_KEY:
        return missing(settings.SECRET_FILES[VARIABLE])
    return (
        f"The personal data in this database was encrypted with another key than the one that is here: put the old "
        f"{settings.SECRET_FILES[VARIABLE]} back, or set {VARIABLE}."
    )


def blind_index(value) -> str:
    """A keyed fingerprint (hex) of a normalised value: equal values are found, nothing is read from
    it.
    """
    if not value:
        return ""
    key = _derived(b"crm-index", _writing_keys().split(",")[-1])
    return hmac.new(key, value.strip().encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that the database only ever holds encrypted (Fernet).

    It cannot be filtered, searched or ordered by.
    """

    sealed = True  # by which crm.secrets.sealed knows it

    def get_prep_value(self, value) -> Any:
        value = super().get_prep_value(value)
        return _cipher(_writing_keys()).encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection) -> Any:
        if not value:
            return value
        try:
            return opened(value)
        except InvalidToken:
            return "—"  # written under a key that this installation no longer has

    def get_lookup(self, name) -> Any:
        return super().get_lookup(name) if name == "isnull" else None
