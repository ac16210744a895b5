"""The services' common machinery: create once, edit the version that was read, move a state that
was read.

Every service (``visit_record``, ``assignment_end`` …) is built from these and is called
alike by pages, API, commands and tasks. They write the audit event and the outbox row in the same
transaction.
"""

import hashlib
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone

from crm.db.kept import kept_plans
from crm.db.scope import Scope, may, role_may
from crm.errors import (
    Conflict,
    IdentityConflict,
    Invalid,
    Missing,
    NotAllowed,
    StaleEdit,
)
from crm.models import User
from crm.secrets.encryption import EncryptedTextField
from crm.writing.audit import record


def payload_hash(payload) -> str:
    """The SHA-256 (hex) of a payload of JSON values, independent of the order of its keys."""
    return hashlib.sha256(msgspec.json.encode(payload, enc_hook=str, order="sorted")).hexdigest()


def create_once(model, *, uid, payload, by, make, verb=None) -> tuple[Any, bool]:
    """Create the row that a client named ``uid``, or return the one that the same request created
    before.

    ``make(uid=…, payload_hash=…, created_by=…)`` saves and returns the row. Returns ``(row,
    created)``. Raises NotAllowed when the role may not, IdentityConflict when the uid was used with
    another payload or by someone else, Missing when the new row would lie outside the creator's
    scope (nothing is written then).
    """
    if not role_may(by, "create", model):
        raise NotAllowed()
    digest = payload_hash(payload)
    if (earlier := created_earlier(model, uid=uid, payload=payload, by=by)) is not None:
        return earlier, False
    try:
        with transaction.atomic():
            row = make(uid=uid, payload_hash=digest, created_by=by)
            require_in_scope(row, by)
            record(verb or f"{model._meta.model_name}.create", by=by, target=row)
    except IntegrityError:
        # Two requests with one uid ran side by side: the other one has committed by now, or the
        # error is ours.
        earlier = created_earlier(model, uid=uid, payload=payload, by=by)
        if earlier is None:
            raise
        return earlier, False
    return row, True


def created_earlier(model, *, uid, payload, by) -> Any:
    """The row that ``by`` created before with this uid and this payload; None when the uid is free.

    Raises IdentityConflict when the uid was used with another payload or by someone else.
    """
    with kept_plans():
        earlier = model._base_manager.filter(uid=uid).first()
    if earlier is not None and (
        earlier.payload_hash != payload_hash(payload) or earlier.created_by_id != by.pk
    ):
        raise IdentityConflict()
    return earlier


def require_in_scope(row, by, action="view") -> None:
    """Ask, inside the transaction of a write, whether the written row is still the writer's.

    Missing if it is not.
    """
    if not may(by, action, row):
        raise Missing()


def require_known(row: Model, by: User) -> None:
    """Ask whether a row that a write names is in the writer's scope; Missing if it is not.

    Not asked again where the same request has looked the row up in that scope (``Scope.note``).
    """
    if not Scope.of(by).noted("view", row):
        require_in_scope(row, by)


def edit_version(row, changes, *, version, by, verb=None, also=None) -> Any:
    """Write ``changes`` (field → value) to ``row`` if ``version`` is still its newest, and return
    the fresh row. ``row`` is as it was read: nobody has written the changes into it.

    ``also(row)`` may write what belongs to the edit (many-to-many sets). Raises NotAllowed, Missing
    (out of scope before or after), StaleEdit with the fields that differ, Invalid with the model's
    own validation sentences.
    """
    model = type(row)
    if not role_may(by, "change", model):
        raise NotAllowed()
    with transaction.atomic():
        current = _held(row, by)
        if current.version != version:
            raise StaleEdit(changed=_differences(current, changes), version=current.version)
        before = {name: getattr(current, model._meta.get_field(name).attname) for name in changes}
        _write(current, changes)
        if also is not None:
            also(current)
        require_in_scope(current, by)
        verb = verb or f"{model._meta.model_name}.change"
        record(verb, by=by, target=current, changed=_changed(current, before))
    return current


def _held(row: Model, by: User) -> Any:
    """The row as it is now, which nobody else changes until the transaction ends; Missing out of
    ``by``'s scope.
    """
    rows = type(row).objects.visible_to(by, "change").select_for_update(of=("self",))
    current = rows.filter(pk=row.pk).first()
    if current is None:
        raise Missing()
    return current


def _write(current: Any, changes: dict[str, Any]) -> None:
    """Write ``changes`` and the next version, if the row still has the version that was read."""
    version = current.version
    for name, value in changes.items():
        setattr(current, name, value)
    validate(current)
    values = {name: getattr(current, name) for name in changes}
    as_read = type(current)._base_manager.filter(pk=current.pk, version=version)
    if not as_read.update(**values, version=version + 1, updated_at=timezone.now()):
        raise StaleEdit(changed={}, version=version + 1)
    current.version = version + 1


def _changed(current, before) -> dict[str, list[str]]:
    """What the audit shows of an edit: field → [old, new], of those that a person edits."""
    changed = {}
    for name, old in before.items():
        field = type(current)._meta.get_field(name)
        new = getattr(current, field.attname)
        if field.editable and old != new:
            changed[name] = [_told(type(current), name, old), _told(type(current), name, new)]
    return changed


def _differences(current, changes) -> dict[Any, str]:
    """What the newest version holds in the fields that a stale edit wanted to write otherwise."""
    model = type(current)
    return {
        name: _told(model, name, getattr(current, name))
        for name, value in changes.items()
        if getattr(current, name) != value and model._meta.get_field(name).editable
    }


def _told(model, name, value) -> str:
    """A value as the audit and a stale edit show it: what is encrypted at rest is shown nowhere
    else.
    """
    return "***" if isinstance(model._meta.get_field(name), EncryptedTextField) else str(value)


def validate(row, exclude=(), constraints=True) -> None:
    """Run the model's own validation and turn its answer into Invalid.

    Not asked of the database: rows that are at hand to be there, the uid to be new (create_once
    knows), and with ``constraints=False`` the table's own conditions, where the model's ``clean``
    says the same already.
    """
    at_hand = {
        field.name
        for field in row._meta.concrete_fields
        if field.is_relation and field.is_cached(row)
    }
    exclude, errors = {*exclude, "uid"}, {}
    checks = [
        (row.clean_fields, at_hand),
        (lambda exclude: row.clean(), ()),
        (row.validate_unique, ()),
    ]
    if constraints:
        checks.append((row.validate_constraints, ()))
    for check, more in checks:
        try:
            check(exclude=exclude | set(more))
        except ValidationError as error:
            errors = error.update_error_dict(errors)
            exclude |= set(errors)
    if errors:
        raise Invalid(errors=ValidationError(errors).message_dict)


def move_state(row, *, to, by, verb, field="state", **fields) -> Any:
    """Move ``row`` from the state it was read in to ``to`` by one conditional UPDATE.

    Exactly one of many racers wins, the losers get Conflict. ``fields`` are written with the state.
    Must run inside a transaction, whose history, audit event and outbox row it shares. Returns the
    row with the new values.
    """
    model, old = type(row), getattr(row, field)
    values = {field: to, "updated_at": timezone.now(), "version": row.version + 1, **fields}
    as_read = model._base_manager.filter(pk=row.pk, version=row.version, **{field: old})
    if not as_read.update(**values):
        raise Conflict()
    for name, value in values.items():
        setattr(row, name, value)
    record(verb, by=by, target=row, **{field: [old, to]})
    return row
