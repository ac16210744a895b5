"""A page's SQL statements do not grow with its rows, and no page needs more than twelve."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.db.scope import role_may
from liaisons.models import Enterprise
from tests.cast import record_visit
from tests.links import confirm_link, followed_up, report_link
from tests.samples import OF_ENTERPRISES, lists
from tests.uploads import pdf
from visits.models import Feedback, Visit

pytestmark = pytest.mark.django_db

MOST = 12
#: Pages with rows beside the lists that can be exported → who has them.
MORE_LISTS = {
    "my_enterprises": {"li", "head", "city_manager"},
    "job_list": {"li", "head", "city_manager"},
    "notice_list": {"li", "head", "city_manager"},
    "dashboard": {"head", "city_manager"},
    "problem_import_list": {"head", "city_manager"},
}


def more_rows(cast, count=30):
    """Add ``count`` enterprises, each with a row of every noun that is about an enterprise."""
    for number in range(count):
        enterprise = Enterprise(
            name=f"温州第{number}号企业有限公司",
            unit=cast.wuma,
            division=cast.lucheng,
            industry=cast.hotels,
        )
        enterprise.full_clean()
        enterprise.save()
        for sample in OF_ENTERPRISES:
            sample.row(cast, enterprise, cast.li, number)


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("person", ["li", "head", "city_manager"])
def test_lists_need_the_same_statements_for_few_and_for_many_rows(cast, as_user, person):
    for sample in OF_ENTERPRISES:
        sample.row(cast, cast.semir, cast.li)
    client = as_user(getattr(cast, person))
    names = [name for name, people in MORE_LISTS.items() if person in people] + [
        name
        for name, view in lists().items()
        if role_may(getattr(cast, person), "view", view.model)
    ]
    for name in names:
        client.get(reverse(name))
    few = {name: len(statements(client, reverse(name))) for name in names}
    more_rows(cast)
    many = {name: statements(client, reverse(name)) for name in names}
    grown = {name: (few[name], len(many[name])) for name in names if len(many[name]) > few[name]}
    assert not grown, {name: many[name] for name in grown}
    assert not {name: len(sql) for name, sql in many.items() if len(sql) > MOST}


def test_detail_pages_forms_and_search_stay_within_twelve(cast, as_user):
    more_rows(cast)
    client, visit, enterprise = as_user(cast.li), Visit.objects.first(), cast.semir
    for _number in range(12):
        record_visit(
            cast, cast.li, enterprise, problems=[{"title": "门口停车难", "urgency": "normal"}]
        )
    addresses = [
        reverse("visit_detail", args=[visit.uid]),
        reverse("enterprise_detail", args=[enterprise.uid]),
        *(
            reverse(f"enterprise_{part}", args=[enterprise.uid])
            for part in ("visits", "calls", "problems", "projects", "assignments", "links")
        ),
        reverse("contact_panel", args=[enterprise.uid]),
        reverse("officer_detail", args=[cast.li.officer.uid]),
        reverse("project_detail", args=[cast.project.uid]),
        reverse("search") + "?q=wz",
        reverse("visit_list")
        + "?q=近期&unit=33030201&kind=door&held_from=2020-01-01&division=330302&section=H",
        reverse("enterprise_list") + "?q=qy&mine=1&section=H&waiting=0",
    ]
    problem = followed_up(cast)
    for _number in range(12):
        link, _secret = confirm_link(cast, problem)
        Feedback.objects.create(
            problem=problem, link=link, answer="dispute", remark="没有解决", at=problem.handled_at
        )
        report_link(cast)
    addresses += [
        reverse(name, args=[problem.uid])
        for name in ("problem_detail", "problem_cause_panel", "problem_proof_panel")
    ]
    for number in range(12):
        file = pdf(content=b"%PDF-" + bytes([65 + number]))
        client.post(
            reverse("problem_files", args=[problem.uid]),
            {"files_of": str(uuid.uuid4()), "files": file},
        )
    too_many = {}
    client.get(reverse("my_enterprises"))
    for address in addresses:
        if len(sql := statements(client, address)) > MOST:
            too_many[address] = sql
    assert not too_many


def test_the_visit_form_needs_no_more_statements_for_more_colleagues(cast, as_user):
    client = as_user(cast.li)
    address = reverse("visit_create", args=[cast.semir.uid])
    # The dictionaries are kept for a minute, the session is noted once a minute.
    client.get(address)
    few = len(statements(client, address))
    more_rows(cast)
    assert len(statements(client, address)) <= few <= MOST
