"""Managers take a key project in; who looks after it keeps it up to date, and nobody's edit is lost."""

import uuid

import pytest
from django.urls import reverse

from crm.models import AuditEvent, Job
from liaisons.models import KeyProject
from tests.orders import downloaded, work

pytestmark = pytest.mark.django_db


def form_values(cast, **changes):
    """What a browser sends for a new project of 五马."""
    return {
        "uid": str(uuid.uuid4()),
        "code": "ZD-777",
        "name": "江滨综合体",
        "enterprise": cast.semir.pk,
        "unit": cast.wuma.pk,
        "stage": "land",
        **changes,
    }


@pytest.mark.parametrize(
    ("person", "status"),
    [("county_manager", 302), ("city_manager", 302), ("head", 403), ("li", 403), ("wu", 403)],
)
def test_managers_take_a_project_in(cast, as_user, person, status):
    client = as_user(getattr(cast, person))
    assert client.post(reverse("project_create"), form_values(cast)).status_code == status
    assert KeyProject.objects.filter(code="ZD-777").exists() == (status == 302)


def test_sent_twice_is_one_project(cast, as_user):
    client, sent = as_user(cast.county_manager), form_values(cast)
    for _twice in range(2):
        assert client.post(reverse("project_create"), sent).status_code == 302
    project = KeyProject.objects.get(code="ZD-777")
    assert AuditEvent.objects.filter(object_uid=project.uid).count() == 1


def test_a_number_is_given_once_and_a_foreign_enterprise_is_no_choice(cast, as_user):
    client = as_user(cast.county_manager)
    for wrong in ({"code": cast.project.code}, {"enterprise": cast.chint.pk}, {"name": ""}):
        answer = client.post(reverse("project_create"), form_values(cast, **wrong))
        assert answer.status_code == 422, wrong
    assert KeyProject.objects.count() == 1


def test_it_is_changed_from_the_version_that_was_read(cast, as_user):
    client, address = (
        as_user(cast.county_manager),
        reverse("project_change", args=[cast.project.uid]),
    )
    sent = form_values(cast, code="ZD-001", stage="acceptance", version="1")
    assert client.post(address, sent).status_code == 302
    stale = client.post(address, sent | {"stage": "paused"})
    assert stale.status_code == 412
    cast.project.refresh_from_db()
    assert (cast.project.stage, cast.project.version) == ("acceptance", 2)


@pytest.mark.parametrize(
    ("person", "status"),
    [("li", 200), ("head", 200), ("sun", 404), ("wu", 404), ("audit_admin", 403)],
)
def test_who_opens_the_form_of_a_change(cast, as_user, person, status):
    address = reverse("project_change", args=[cast.project.uid])
    assert as_user(getattr(cast, person)).get(address).status_code == status


def test_it_is_listed_filtered_shown_and_exported(cast, as_user):
    client, address = as_user(cast.head), reverse("project_list")
    assert "鹿城总部大厦" in client.get(address, {"stage": "building"}).content.decode()
    assert "鹿城总部大厦" not in client.get(address, {"stage": "land"}).content.decode()
    page = client.get(reverse("project_detail", args=[cast.project.uid])).content.decode()
    assert "鹿城总部大厦" in page and "ZD-001" in page
    client.post(reverse("export_order", args=["project_list"]), {"format": "csv", "query": ""})
    work(Job.objects.get())
    assert "鹿城总部大厦" in downloaded(client, Job.objects.get()).decode("utf-8-sig")
