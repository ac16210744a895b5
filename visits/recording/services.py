"""What is done with a visit: recorded once, corrected, withdrawn."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.db.scope import may
from crm.errors import Conflict, Invalid, NotAllowed
from crm.models import User
from crm.search import index
from crm.text.words import squeeze
from crm.writing.audit import record
from crm.writing.rows import (
    create_once,
    edit_version,
    move_state,
    require_known,
    validate,
)
from liaisons.contacts.services import contact_create
from liaisons.models import Contact, may_call
from visits.attachments.photos import photo_keep
from visits.models import Photo, Visit, VisitDraft
from visits.problems.services import problem_register
from visits.reporting import rollups

SETS = ("companions", "topics", "services")
#: Problems that one visit may report; more than that is a list to be imported.
PROBLEMS_AT_ONCE = 20


def visit_record(
    *, uid: uuid.UUID, payload: object, values: Mapping[str, Any], by: User
) -> tuple[Visit, bool]:
    """Record a visit that has taken place, with its problems and photos.

    Returns ``(visit, created)``.

    ``values``: the visit's fields, its sets (companions, topics, services), ``problems`` (a list of
    values for problem_register) and ``new_contact`` (name, job_title, work_phone) for an
    interviewee who is not yet known. Photos that ``by`` has uploaded for this uid become the
    visit's. One transaction: all of it, or nothing.
    """
    values = dict(values)
    sets = {name: values.pop(name, ()) for name in SETS}
    problems, new_contact = values.pop("problems", ()), values.pop("new_contact", None)
    _check(by, values, problems)

    def make(**identity: Any) -> Visit:
        visit = Visit(**values, **identity, officer=by.officer, unit=by.unit)
        validate(visit, exclude=["held_on"], constraints=False)
        if new_contact:
            visit.contact = _contact(visit, new_contact, by)
        visit.save()
        for name, rows in _own_sets(visit, sets):
            if rows:
                getattr(visit, name).add(*rows)
        for position, problem in enumerate(problems):
            problem_uid = uuid.uuid5(visit.uid, f"problem {position}")
            problem_register(
                uid=problem_uid,
                payload=str(problem),
                values={**problem, "enterprise": visit.enterprise, "visit": visit},
                by=by,
            )
        Photo.objects.filter(visit_uid=visit.uid, owner=by, visit__isnull=True).update(visit=visit)
        VisitDraft.objects.filter(uid=visit.uid, owner=by).delete()
        visit_index(visit)
        rollups.moved(before=None, after=rollups.facts_of(visit))
        if problems:
            visit.refresh_from_db()  # they were counted
        return visit

    return create_once(Visit, uid=uid, payload=payload, by=by, make=make, verb="visit.record")


def visit_change(*, row: Visit, values: Mapping[str, Any], version: int, by: User) -> Visit:
    """Correct a visit as read in ``version``; whose it is and which unit made it never change.

    Returns the fresh row.
    """
    values = dict(values)
    sets = {name: values.pop(name) for name in SETS if name in values}
    new_contact = values.pop("new_contact", None)
    require_in_force(row)
    if "started_at" in values:
        values["held_on"] = timezone.localdate(values["started_at"])
    before = rollups.facts_of(row)

    def also(visit: Visit) -> None:
        if new_contact:
            visit.contact = _contact(visit, new_contact, by)
            Visit.objects.filter(pk=visit.pk).update(contact=visit.contact)
        _write_sets(visit, sets)
        visit.touch()
        visit_index(visit)
        rollups.moved(before=before, after=rollups.facts_of(visit))

    return edit_version(row, values, version=version, by=by, also=also)


def visit_withdraw(*, visit: Visit, reason: str, by: User) -> Visit:
    """Withdraw a visit that was recorded in error; it is kept, counts nowhere, and says why.

    Returns the row.
    """
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Say why the visit is withdrawn.")]})
    if not may(by, "change", visit):
        raise NotAllowed()
    if visit.withdrawn_at:
        raise Conflict(_("This visit has already been withdrawn."))
    before = rollups.facts_of(visit)
    with transaction.atomic():
        move_state(
            visit,
            field="withdrawn_at",
            to=timezone.now(),
            by=by,
            verb="visit.withdraw",
            withdrawn_reason=reason.strip(),
            facts_version=visit.facts_version + 1,
        )
        rollups.moved(before=before, after=rollups.facts_of(visit))
    return visit


def visit_add_photo(*, visit: Visit, upload: UploadedFile, by: User) -> Photo:
    """Add a picture to a visit that is recorded; its summaries are superseded once it is ready.

    Returns the photo.
    """
    if not may(by, "change", visit):
        raise NotAllowed()
    require_in_force(visit)
    with transaction.atomic():
        photo = photo_keep(visit_uid=visit.uid, upload=upload, by=by, visit=visit)
        record("visit.photo", by=by, target=visit, photo=str(photo.uid))
    return photo


def require_in_force(visit: Visit) -> None:
    """Conflict for a visit that was withdrawn; asked before a form is shown and when it is sent."""
    if visit.withdrawn_at:
        raise Conflict(_("This visit was withdrawn and cannot be changed any more."))


def visit_index(visit: Visit) -> None:
    """Let the visit be found by its notes, the newest first."""
    if squeeze(visit.notes):
        index.index_entry("visit", visit.pk, visit.notes, rank=visit.held_on.toordinal())
    else:
        index.remove_entry("visit", visit.pk)


def require_caller(by: User) -> None:
    """NotAllowed for whoever cannot record any visit.

    Asked before a form is shown and when it is sent.
    """
    if not may_call(by):
        raise NotAllowed(
            _(
                "Only an officer with a unit can record a visit. Ask the system administrator to enter you as one."
            )
        )


def _check(by: User, values: Mapping[str, Any], problems: Sequence[Mapping[str, Any]]) -> None:
    require_caller(by)
    if len(problems) > PROBLEMS_AT_ONCE:
        raise Invalid(
            errors={
                "problems": [
                    _("One visit takes at most %(count)d problems.") % {"count": PROBLEMS_AT_ONCE}
                ]
            }
        )
    project, enterprise = values.get("project"), values["enterprise"]
    require_known(enterprise, by)
    if project and project.enterprise_id != enterprise.pk:
        raise Invalid(errors={"project": [_("This project is built by another enterprise.")]})
    contact = values.get("contact")
    if contact and contact.enterprise_id != enterprise.pk:
        raise Invalid(errors={"contact": [_("This person belongs to another enterprise.")]})


def _contact(visit: Visit, new_contact: Mapping[str, Any], by: User) -> Contact:
    contact, _created = contact_create(
        uid=uuid.uuid5(visit.uid, "contact"),
        payload=new_contact,
        values={**new_contact, "enterprise": visit.enterprise},
        by=by,
    )
    return contact


def _own_sets(visit: Visit, sets: Mapping[str, Iterable[Any]]) -> Iterator[tuple[Any, list]]:
    """The visit's sets; nobody is one's own companion."""
    for name, rows in sets.items():
        yield name, [row for row in rows if name != "companions" or row.pk != visit.officer_id]


def _write_sets(visit: Visit, sets: Mapping[str, Iterable[Any]]) -> None:
    for name, rows in _own_sets(visit, sets):
        getattr(visit, name).set(rows)
