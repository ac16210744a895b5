"""Cursors as they leave the system: sealed, because they carry internal keys, and bound to the list
they were made for.
"""

import base64
import binascii
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.translation import gettext as _

from crm.errors import Invalid


@lru_cache(maxsize=1)
def _cipher(secret) -> AESSIV:
    return AESSIV(hashlib.blake2b(secret.encode(), digest_size=32, person=b"api-cursor").digest())


def seal(cursor, what) -> str | None:
    """A cursor of crm.db.paging, unreadable and unalterable, for the list called ``what``.

    None stays None.
    """
    if cursor is None:
        return None
    sealed = _cipher(settings.SECRET_KEY).encrypt(cursor.encode(), [what.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(sealed, what) -> str | None:
    """What ``seal`` was given; None for no cursor.

    Raises Invalid for anything that was not sealed here for ``what``.
    """
    if not sealed:
        return None
    try:
        data = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
        return _cipher(settings.SECRET_KEY).decrypt(data, [what.encode()]).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise Invalid(
            errors={
                "cursor": [_("This cursor was not made for this list; start from its first page.")]
            }
        ) from error
