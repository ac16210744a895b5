"""The admin: the dictionaries, for the system administrator, and nothing else."""

import pytest
from django.urls import reverse

from crm.admin import site
from crm.models import AuditEvent, Division
from visits.models import Topic

pytestmark = pytest.mark.django_db

DICTIONARIES = {
    "division",
    "industry",
    "calendarday",
    "topic",
    "serviceitem",
    "problemcategory",
    "handlinglimit",
}


def test_only_the_dictionaries_are_there():
    assert {model._meta.model_name for model in site._registry} == DICTIONARIES


def test_its_login_page_is_the_one_login_page(client, db):
    asked = client.get("/admin/crm/division/", follow=True)
    assert asked.request["PATH_INFO"] == "/login/" and "next=/admin/crm/division/" in asked.request[
        "QUERY_STRING"
    ].replace("%2F", "/")


@pytest.mark.parametrize("person", ["li", "city_manager", "security_admin", "audit_admin"])
def test_others_are_told_that_they_may_not(cast, as_user, person):
    client = as_user(getattr(cast, person))
    for address in ("/admin/", "/admin/visits/topic/add/", "/admin/login/"):
        answer = client.get(address, follow=True)
        assert answer.status_code == 403 and len(answer.redirect_chain) <= 1


def test_the_system_administrator_adds_and_changes_and_it_is_audited(cast, as_user):
    client = as_user(cast.system_admin)
    for model in DICTIONARIES:
        app = "crm" if model in {"division", "industry", "calendarday"} else "visits"
        assert client.get(reverse(f"admin:{app}_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:{app}_{model}_add")).status_code == 200
    assert (
        client.post(
            "/admin/visits/topic/add/", {"code": "tax", "name": "税务", "position": "1"}
        ).status_code
        == 302
    )
    topic = Topic.objects.get(code="tax")
    changed = {"name": "税务辅导", "position": "1", "retired": "on", "code": "other"}
    assert client.post(f"/admin/visits/topic/{topic.pk}/change/", changed).status_code == 302
    topic.refresh_from_db()
    assert (topic.code, topic.name, topic.retired) == ("tax", "税务辅导", True)
    events = (
        AuditEvent.objects.filter(noun="topic")
        .order_by("pk")
        .values_list("verb", "actor", "object_uid")
    )
    assert list(events) == [
        (verb, cast.system_admin.pk, str(topic.pk)) for verb in ("topic.create", "topic.change")
    ]


def test_nothing_is_deleted(cast, as_user):
    client = as_user(cast.system_admin)
    assert (
        client.post(f"/admin/visits/topic/{cast.safety.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    assert client.post(
        "/admin/crm/division/", {"action": "delete_selected", "_selected_action": ["330302"]}
    ).status_code in {302, 200}
    assert (
        Topic.objects.filter(pk=cast.safety.pk).exists()
        and Division.objects.filter(pk="330302").exists()
    )


def test_its_way_out_and_its_password_page_are_the_houses_own(cast, as_user):
    client = as_user(cast.system_admin)
    assert client.get("/admin/password_change/")["Location"] == reverse("password_change")
    assert client.post("/admin/logout/")["Location"] == reverse("login")
    assert AuditEvent.objects.filter(verb="account.logout", actor=cast.system_admin).exists()


def test_the_menu_leads_there(cast, as_user):
    assert "/admin/" in as_user(cast.system_admin).get("/", follow=True).content.decode()
    assert 'href="/admin/"' not in as_user(cast.audit_admin).get("/", follow=True).content.decode()
