"""The key of personal data: made once for a database that holds none yet, and never silently for
one that does.

Without it contacts cannot be read by anybody. So a missing key is no reason to make a new one:
whoever has the old one puts it back.
"""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from crm.secrets.keys import kept_key

VARIABLE = "CRM_DATA_KEY"


class KeyMissing(Exception):  # noqa: N818 (its sentence is what counts)
    """The database holds personal data, and no key of it is here."""


def present_key(path) -> str:
    """The keys of personal data in the environment, else those kept in ``path``, else an empty
    text.
    """
    if given := os.environ.get(VARIABLE):
        return given
    path = Path(path)
    return path.read_text().strip() if path.exists() else ""


def first_key(path, *, holds_data) -> Any:
    """The keys of personal data, made now if there are none.

    KeyMissing if ``holds_data()`` says that there must be some.
    """
    if not present_key(path) and not Path(path).exists() and holds_data():
        raise KeyMissing(missing(path))
    return kept_key(VARIABLE, path)


def missing(path) -> str:
    return (
        f"The database holds personal data, but no key of it is here: put the old {path} back, or set {VARIABLE}. "
        "A new key would not open what is there."
    )


def fingerprints(keys) -> list[str]:
    """What tells keys apart without telling them: a keyed hash of nothing, for each of the keys in
    their order.
    """
    return [
        hmac.new(key.encode(), b"crm data key", hashlib.blake2b).hexdigest()[:24]
        for key in keys.split(",")
        if key
    ]
