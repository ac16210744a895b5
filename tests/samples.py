"""One sample of each noun that is written: what the tests that go through all nouns make and send of it.

Whoever adds a noun adds its ``Sample`` here; ``tests/test_know_every_noun.py`` says when one is missing.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import get_resolver

from crm.pages.generic.lists import LISTS, NounListView
from liaisons.models import Assignment, Contact, Enterprise, KeyProject
from tests.cast import lately, record_visit
from visits.models import Campaign, CommonCause, Problem, Visit


@dataclass(frozen=True)
class Sample:
    """One noun: ``prefix`` is its address below ``/api/v1/``.

    ``body(cast)`` is what the person of the cast named ``by`` may create there, ``change`` what they may change of it
    afterwards (None: nothing is changed). ``row(cast, enterprise, user, number)`` gives a row about ``enterprise`` that
    is ``user``'s, another one for each ``number`` of an enterprise; None where rows are about no enterprise.
    """

    model: type[Model]
    prefix: str
    by: str
    body: Callable
    change: dict | None = None
    row: Callable | None = None


def the_enterprise(cast, enterprise, user, number=0):
    return enterprise


def a_contact(cast, enterprise, user, number=0):
    contact = Contact(enterprise=enterprise, name=f"王{number}", work_phone="13800001234")
    contact.full_clean()
    contact.save()
    return contact


def a_project(cast, enterprise, user, number=0):
    return KeyProject.objects.create(
        code=f"N-{enterprise.pk}-{number}",
        name=f"工程{number}",
        enterprise=enterprise,
        unit=user.unit,
    )


def an_assignment(cast, enterprise, user, number=0):
    """The one that there is, else one that began ``number`` days before yesterday."""
    return enterprise.assignments.first() or Assignment.objects.create(
        officer=user.officer,
        enterprise=enterprise,
        starts_on=cast.today - datetime.timedelta(days=number + 1),
    )


def a_visit(cast, enterprise, user, number=0):
    return record_visit(
        cast,
        user,
        enterprise,
        problems=[{"title": f"问题{number}", "urgency": "normal"}],
        topics=[cast.safety],
    )


def a_problem(cast, enterprise, user, number=0):
    """One that a visit found."""
    return enterprise.problems.first() or a_visit(cast, enterprise, user, number).problems.get()


def enterprise_body(cast):
    return {
        "name": "温州新星电子有限公司",
        "credit_code": " 9133 0300 ma2f00000r ",
        "unit": cast.wuma.code,
        "industry": "38",
        "division": cast.lucheng.code,
        "capital": "1200000.50",
        "capital_currency": "CNY",
        "above_scale": True,
    }


def contact_body(cast):
    return {
        "enterprise": cast.semir.uid,
        "name": "陈大明",
        "work_phone": "13912345678",
        "job_title": "安全主管",
    }


def project_body(cast):
    return {
        "code": "ZD-777",
        "name": "江滨综合体",
        "enterprise": cast.semir.uid,
        "unit": cast.wuma.code,
        "stage": "land",
    }


def assignment_body(cast):
    return {
        "officer": cast.zhang.officer.uid,
        "enterprise": cast.hotel.uid,
        "part": "deputy",
        "starts_on": cast.today,
    }


def visit_body(cast):
    return {
        "enterprise": cast.semir.uid,
        "kind": "door",
        "started_at": lately(),
        "topics": ["safety", "fraud"],
        "services": ["advice"],
        "companions": [cast.zhang.officer.uid],
        "contact": cast.contact.uid,
        "campaign": cast.campaign.uid,
        "project": cast.project.uid,
        "notes": "了解生产经营情况。",
        "problems": [
            {"title": "门口停车难", "category": "parking"},
            {"title": "咨询落户", "solved_on_spot": True},
        ],
    }


def problem_body(cast):
    return {
        "enterprise": cast.semir.uid,
        "title": "夜间照明不足",
        "category": "traffic",
        "urgency": "urgent",
    }


def cause_body(cast):
    return {
        "title": "门口停车难",
        "description": "多家企业反映。",
        "lead_unit": cast.county.code,
        "lead_officer": cast.head.officer.uid,
    }


def campaign_body(cast):
    return {
        "name": "护航开工",
        "unit": cast.county.code,
        "starts_on": cast.today,
        "ends_on": cast.today + datetime.timedelta(days=30),
    }


#: Visits before the problems that they found.
SAMPLES = (
    Sample(
        Enterprise,
        "enterprises",
        "head",
        enterprise_body,
        change={"employees": 120},
        row=the_enterprise,
    ),
    Sample(Contact, "contacts", "li", contact_body, change={"job_title": "总经理"}, row=a_contact),
    Sample(
        KeyProject,
        "key-projects",
        "county_manager",
        project_body,
        change={"stage": "building"},
        row=a_project,
    ),
    Sample(Assignment, "assignments", "head", assignment_body, row=an_assignment),
    Sample(Visit, "visits", "li", visit_body, change={"notes": "补充：已回访。"}, row=a_visit),
    Sample(
        Problem,
        "problems",
        "li",
        problem_body,
        change={"title": "夜间照明不足，影响出入"},
        row=a_problem,
    ),
    Sample(
        CommonCause,
        "common-causes",
        "county_manager",
        cause_body,
        change={"title": "园区周边停车难"},
    ),
    Sample(Campaign, "campaigns", "county_manager", campaign_body, change={"name": "护航开工月"}),
)
#: Those whose rows are about an enterprise.
OF_ENTERPRISES = tuple(sample for sample in SAMPLES if sample.row is not None)


def sample_of(prefix):
    """The sample of the noun at ``prefix`` of the API."""
    return next(sample for sample in SAMPLES if sample.prefix == prefix)


def lists():
    """Name → view of every list that can be exported; a list is known once its module is loaded."""
    get_resolver().url_patterns  # noqa: B018 (loads the views)
    return LISTS


def list_of(sample) -> type[NounListView] | None:
    """The list of a sample's noun."""
    return next((view for view in lists().values() if view.model is sample.model), None)
