"""What is done with a contact."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from crm.db.scope import may
from crm.errors import Missing
from crm.models import User
from crm.secrets.encryption import blind_index
from crm.text.words import squeeze
from crm.writing.audit import audit
from crm.writing.rows import create_once, edit_version, validate
from liaisons.models import Contact


def contact_create(
    *, uid: UUID, payload: Mapping[str, Any], values: Mapping[str, Any], by: User
) -> tuple[Contact, bool]:
    """Add a contact to an enterprise; returns ``(contact, created)``."""

    def make(**identity: Any) -> Contact:
        contact = Contact(**values, **identity)
        validate(contact)
        contact.save()
        return contact

    return create_once(Contact, uid=uid, payload=payload, by=by, make=make)


def contact_change(*, row: Contact, values: Mapping[str, Any], version: int, by: User) -> Contact:
    """Change a contact as read in ``version``; returns the fresh row."""
    written = dict(values)
    for name, index in (("name", "name_index"), ("work_phone", "phone_index")):
        if name in written:
            written[index] = blind_index(squeeze(written[name]))
    return edit_version(row, written, version=version, by=by)


def contact_reveal(*, contact: Contact, by: User) -> dict[str, str]:
    """The contact's full name and phone for ``by`` to read; each reveal is audited.

    Raises Missing out of scope.
    """
    if not may(by, "reveal", contact):
        raise Missing()
    audit("contact.reveal", by=by, target=contact, enterprise=str(contact.enterprise.uid))
    return {"name": contact.name, "work_phone": contact.work_phone}
