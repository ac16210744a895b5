"""A small city in which every noun with a scope has rows of several people, for the tests of scope."""

import datetime
import uuid

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from api.models import ApiToken
from crm.models import AuditEvent, CalendarFeed, Job, Notice, SavedLink, User
from liaisons.models import Assignment, Contact, Enterprise, ImportBatch, KeyProject
from tests.cast import record_visit
from tests.causes import found
from tests.links import confirm_link, followed_up, report_link
from tests.samples import OF_ENTERPRISES
from visits.models import (
    Attachment,
    Campaign,
    DismissedGroup,
    LedgerLayout,
    Photo,
    ProblemImport,
    ProblemTask,
    Summary,
    VisitDraft,
)

PEOPLE = (
    "li",
    "zhang",
    "sun",
    "wu",
    "he",
    "zhao",
    "head",
    "county_manager",
    "other_manager",
    "city_manager",
    "system_admin",
    "security_admin",
    "audit_admin",
)


def scoped_models():
    """Every model whose rows are in or out of somebody's reach."""
    return [model for model in apps.get_models() if hasattr(model, "scope_q")]


def person_of(cast, name):
    """A person as a request reads them: their scope has not been asked yet."""
    return User.objects.get(pk=getattr(cast, name).pk) if name else AnonymousUser()


def build_city(cast):
    """Rows of every noun beside the cast."""
    _work(cast)
    for user in (cast.li, cast.wu, cast.head, cast.city_manager, cast.system_admin):
        _own(cast, user)
    for unit in (cast.city, cast.county, cast.wuma, cast.liushi):
        DismissedGroup.objects.create(unit=unit)
        LedgerLayout.objects.create(unit=unit, title="台账")
        Campaign.objects.create(
            name=f"{unit}服务月", unit=unit, starts_on=cast.today, ends_on=cast.today
        )
    _samples(cast)
    return cast


def _samples(cast):
    """Rows of several people of each noun that has none of its own above."""
    for sample in OF_ENTERPRISES:
        if sample.model.objects.count() < 3:
            for user, enterprise in (
                (cast.li, cast.semir),
                (cast.sun, cast.shoes),
                (cast.he, cast.chint),
            ):
                sample.row(cast, enterprise, user)


def _work(cast):
    """Visits, problems, links, files and common causes of several stations."""
    nobodys = Enterprise.objects.create(name="无主企业", core_name="无主")
    KeyProject.objects.create(code="ZD-002", name="无主工程", enterprise=nobodys)
    Contact.objects.create(enterprise=cast.chint, name="王总", name_index="", work_phone="")
    ended = cast.today - datetime.timedelta(days=1)
    Assignment.objects.create(
        officer=cast.he.officer,
        enterprise=cast.shoes,
        part="deputy",
        starts_on=ended - datetime.timedelta(days=30),
        ends_on=ended,
    )
    Assignment.objects.create(
        officer=cast.he.officer, enterprise=cast.chint, part="deputy", starts_on=cast.today
    )
    visits = [
        record_visit(cast, user, enterprise, problems=[{"title": "停车难", "urgency": "normal"}])
        for user, enterprise in (
            (cast.li, cast.semir),
            (cast.zhang, cast.semir),
            (cast.sun, cast.shoes),
            (cast.wu, cast.chint),
            (cast.he, cast.chint),
        )
    ]
    visits[0].companions.add(cast.sun.officer)
    for number, visit in enumerate(visits):
        problem = visit.problems.get()
        Photo.objects.create(
            uid=uuid.uuid4(), owner_id=visit.officer_id, visit=visit, visit_uid=visit.uid
        )
        Attachment.objects.create(
            owner_id=visit.officer_id, problem=problem, size=1, **_file(number)
        )
    first, last = visits[0].problems.get(), visits[-1].problems.get()
    ProblemTask.objects.create(problem=last, unit=cast.nanmen, due_at=timezone.now())
    found(cast, [first])
    answered = followed_up(cast)
    confirm_link(cast, answered)
    report_link(cast)


def _own(cast, user):
    """What is one person's: orders, drafts, tokens, uploads."""
    now = timezone.now()
    job = Job.objects.create(kind="export", title="导出", owner=user)
    Notice.objects.create(owner=user, kind="x", title="x", path="/", key=f"{user.pk}", at=now)
    CalendarFeed.objects.create(owner=user, digest=f"{user.pk:064}", created_at=now)
    SavedLink.objects.create(owner=user, name="停业", path="/enterprises/")
    VisitDraft.objects.create(uid=uuid.uuid4(), owner=user, enterprise=cast.semir)
    Photo.objects.create(uid=uuid.uuid4(), owner=user, visit_uid=uuid.uuid4())
    Attachment.objects.create(owner=user, size=1, **_file(user.pk))
    ImportBatch.objects.create(file="x", file_name="x", created_by=user)
    ProblemImport.objects.create(file="x", file_name="x", created_by=user)
    LedgerLayout.objects.create(owner=user, title="台账")
    Summary.objects.create(
        number=f"N{user.pk}", job=job, owner=user, title="x", sha256="0" * 64, made_at=now
    )
    ApiToken.objects.create(
        owner=user, name="x", prefix="x", digest=f"{user.pk:064}", expires_at=now
    )
    AuditEvent.objects.create(actor=user, verb="x")


def _file(number):
    return {
        "name": f"{number}.pdf",
        "uid": uuid.uuid4(),
        "form_uid": uuid.uuid4(),
        "media_type": "application/pdf",
    }
