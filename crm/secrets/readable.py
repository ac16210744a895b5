"""Whether the personal data in the database can be read with the keys that are here
(crm.secrets.datakey).
"""

from cryptography.fernet import InvalidToken
from django.db import DatabaseError

from crm.secrets import encryption
from crm.secrets.sealed import holds_sealed, sealed_values

#: Rows of each end of a table that a start looks at.
SAMPLE = 50


def counted_sealed(sample=None) -> tuple[int, int]:
    """``(how many encrypted values were looked at, how many of them the present keys do not
    open)``.
    """
    looked_at = unreadable = 0
    for value in sealed_values(sample):
        looked_at += 1
        try:
            encryption.opened(value)
        except InvalidToken:
            unreadable += 1
    return looked_at, unreadable


def refusal_to_start() -> str:
    """Why the service must not start with these keys, in a sentence.

    Empty where it may, or the database cannot be asked.

    It looks at a sample only. Some unreadable values among others are for ``manage.py check`` to
    tell: they are no reason to stand still.
    """
    try:
        if not holds_sealed():
            return ""
        looked_at, unreadable = counted_sealed(SAMPLE)
    except DatabaseError:  # pages and API answer 503 until it is back
        return ""
    return encryption.unreadable_sentence() if looked_at == unreadable else ""
