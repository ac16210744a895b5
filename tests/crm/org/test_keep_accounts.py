"""Accounts: entered, moved and ended by one administrator, given a role by another, read by the
third.
"""

import datetime
import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.test import Client
from django.urls import reverse

from crm.models import AuditEvent, User
from crm.search.index import candidates
from liaisons.models import Officer
from tests.crm.org.test_log_in import log_in

pytestmark = pytest.mark.django_db

NEW = {"police_number": "0200001", "name": "新来", "unit": "33030201"}


def press(client, name, user, **sent):
    return client.post(reverse(name, args=[user.police_number]), sent)


def shown_password(answer):
    assert answer.status_code == 200, answer.content.decode()
    return re.search(r'id="first-password">([^<]+)<', answer.content.decode())[1]


def test_a_person_is_entered_and_logs_in_with_the_password_shown_once(cast, as_user):
    password = shown_password(as_user(cast.system_admin).post(reverse("account_create"), NEW))
    user = User.objects.get(police_number="0200001")
    validate_password(password, user)
    assert (user.role, user.unit, user.password_changed_at) == ("officer", cast.wuma, None)
    assert log_in(Client(), "0200001", password).status_code == 302
    officer = Officer.objects.get(pk=user.pk)
    assert (officer.unit, officer.tier, officer.postings.get().starts_on) == (
        cast.wuma,
        "station",
        cast.today,
    )
    assert officer.pk in candidates("officer", "0200001").values_list("object_id", flat=True)
    assert officer.pk in candidates("officer", "xinlai").values_list("object_id", flat=True)
    events = list(AuditEvent.objects.filter(actor=cast.system_admin).order_by("pk"))
    assert [event.verb for event in events] == [
        "account.create",
        "officer.enter",
    ] and password not in str([e.detail for e in events])


def test_with_a_first_password_nothing_is_open_but_choosing_another(cast, as_user):
    password = shown_password(as_user(cast.system_admin).post(reverse("account_create"), NEW))
    person, choose = Client(), reverse("password_change")
    assert log_in(person, "0200001", password).status_code == 302
    for name in ("home", "enterprise_list", "job_list"):
        assert person.get(reverse(name))["Location"] == choose
    assert person.get(reverse("search"), headers={"hx-request": "true"})["HX-Redirect"] == choose
    assert "管理员设置" in person.get(choose).content.decode()
    refused = person.get("/api/v1/enterprises/")
    assert refused.status_code == 403 and refused.json()["type"].endswith("/first-password/")
    asked = {"police_number": "0200001", "password": password, "name": "手机", "days": 1}
    assert (
        Client().post("/api/v1/tokens/", asked, content_type="application/json").status_code == 403
    )
    chosen = {
        "old_password": password,
        "new_password1": "Better-pass-77",
        "new_password2": "Better-pass-77",
    }
    assert person.post(choose, chosen).status_code == 302
    assert (
        person.get(reverse("enterprise_list")).status_code
        == person.get("/api/v1/enterprises/").status_code
        == 200
    )


def test_a_new_first_password_ends_the_tokens(cast, as_user):
    asked = {
        "police_number": cast.li.police_number,
        "password": cast.password,
        "name": "手机",
        "days": 1,
    }
    token = Client().post("/api/v1/tokens/", asked, content_type="application/json").json()["token"]
    program = Client(headers={"authorization": f"Bearer {token}"})
    assert program.get("/api/v1/enterprises/").status_code == 200
    press(as_user(cast.system_admin), "account_password", cast.li)
    assert program.get("/api/v1/enterprises/").status_code == 401


def test_a_police_number_is_given_once(cast, as_user):
    answer = as_user(cast.system_admin).post(
        reverse("account_create"), NEW | {"police_number": "0100001"}
    )
    assert answer.status_code == 422 and "police_number" in answer.context["form"].errors
    assert User.objects.filter(police_number="0100001").count() == 1


@pytest.mark.parametrize("person", ["li", "head", "city_manager", "security_admin", "audit_admin"])
def test_nobody_else_enters_moves_or_ends(cast, as_user, person):
    client = as_user(getattr(cast, person))
    assert client.post(reverse("account_create"), NEW).status_code == 403
    assert (
        press(client, "account_move", cast.zhang, unit="33030202", day=cast.today).status_code
        == 403
    )
    for name in ("account_end", "account_resume", "account_password"):
        assert press(client, name, cast.zhang).status_code == 403
    assert User.objects.get(pk=cast.zhang.pk).is_active


def test_a_move_ends_the_posting_and_begins_another(cast, as_user):
    day = cast.today - datetime.timedelta(days=3)
    assert (
        press(
            as_user(cast.system_admin), "account_move", cast.li, unit="33030202", day=day
        ).status_code
        == 302
    )
    cast.li.refresh_from_db()
    officer = Officer.objects.get(pk=cast.li.pk)
    assert cast.li.unit == officer.unit == cast.nanmen and officer.version == 2
    old, new = officer.postings.order_by("starts_on")
    assert (old.unit, old.ends_on, new.unit, new.starts_on, new.ends_on) == (
        cast.wuma,
        day,
        cast.nanmen,
        day,
        None,
    )


def test_a_move_that_was_a_slip_is_mended_on_the_same_day(cast, as_user):
    client = as_user(cast.system_admin)
    press(client, "account_move", cast.li, unit="33030202", day=cast.today)
    assert press(client, "account_move", cast.li, unit="330302", day=cast.today).status_code == 302
    postings = (
        Officer.objects.get(pk=cast.li.pk)
        .postings.order_by("starts_on")
        .values_list("unit__code", "ends_on")
    )
    assert list(postings) == [("33030201", cast.today), ("330302", None)]
    assert Officer.objects.get(pk=cast.li.pk).tier == "county"


def test_a_move_in_the_future_and_to_the_same_unit_are_refused(cast, as_user):
    client = as_user(cast.system_admin)
    assert (
        press(
            client,
            "account_move",
            cast.li,
            unit="33030202",
            day=cast.today + datetime.timedelta(days=1),
        ).status_code
        == 422
    )
    assert (
        press(client, "account_move", cast.li, unit="33030201", day=cast.today).status_code == 422
    )
    assert press(client, "account_move", cast.li, unit="none", day=cast.today).status_code == 422
    assert Officer.objects.get(pk=cast.li.pk).postings.count() == 1


def test_who_is_ended_is_out_at_the_next_request_and_may_come_back(cast, as_user):
    li, admin = as_user(cast.li), as_user(cast.system_admin)
    assert li.get(reverse("job_list")).status_code == 200
    assert press(admin, "account_end", cast.li).status_code == 302
    assert li.get(reverse("job_list")).status_code == 302
    assert log_in(Client(), "0100001", cast.password).status_code == 200
    officer = Officer.objects.get(pk=cast.li.pk)
    assert officer.left_on == cast.today and officer.postings.get().ends_on == cast.today
    assert press(admin, "account_resume", cast.li).status_code == 302
    assert log_in(Client(), "0100001", cast.password).status_code == 302
    officer.refresh_from_db()
    assert officer.left_on is None and officer.postings.count() == 2


def test_a_forgotten_password_is_replaced_and_shown_once(cast, as_user):
    admin = as_user(cast.system_admin)
    password = shown_password(press(admin, "account_password", cast.li))
    assert log_in(Client(), "0100001", cast.password).status_code == 200
    assert log_in(Client(), "0100001", password).status_code == 302
    assert password not in admin.get(reverse("account_detail", args=["0100001"])).content.decode()


def test_a_role_belongs_to_a_kind_of_unit(cast, as_user):
    refused = press(as_user(cast.security_admin), "account_role", cast.li, role="city_manager")
    assert refused.status_code == 422 and "派出所" in str(refused.context["form"].errors["role"])
    refused = press(
        as_user(cast.system_admin), "account_move", cast.head, unit="330302", day=cast.today
    )
    assert refused.status_code == 422 and "所长" in str(refused.context["form"].errors["unit"])
    assert (
        User.objects.get(pk=cast.li.pk).role == "officer"
        and User.objects.get(pk=cast.head.pk).unit == cast.wuma
    )


def test_the_security_administrator_gives_roles_and_nobody_else(cast, as_user):
    assert (
        press(
            as_user(cast.security_admin), "account_role", cast.li, role="station_head"
        ).status_code
        == 302
    )
    assert User.objects.get(pk=cast.li.pk).role == "station_head"
    assert AuditEvent.objects.get(verb="account.role").detail == {
        "role": ["officer", "station_head"]
    }
    cast.li.refresh_from_db()  # logging in with the row as it was before would open nothing
    for person in (cast.li, cast.city_manager, cast.system_admin, cast.audit_admin):
        assert (
            press(as_user(person), "account_role", cast.zhang, role="city_manager").status_code
            == 403
        )
    assert (
        press(as_user(cast.security_admin), "account_role", cast.zhang, role="emperor").status_code
        == 422
    )
    assert User.objects.get(pk=cast.zhang.pk).role == "officer"


def test_nobody_changes_their_own_account(cast, as_user):
    assert (
        press(
            as_user(cast.security_admin), "account_role", cast.security_admin, role="city_manager"
        ).status_code
        == 403
    )
    system = as_user(cast.system_admin)
    assert press(system, "account_role", cast.system_admin, role="city_manager").status_code == 403
    for name in ("account_end", "account_password"):
        assert press(system, name, cast.system_admin).status_code == 403
    assert (
        press(
            system, "account_move", cast.system_admin, unit="33030202", day=cast.today
        ).status_code
        == 403
    )


def test_the_list_shows_who_has_an_account(cast, as_user):
    for person in (cast.system_admin, cast.security_admin, cast.audit_admin):
        page = as_user(person).get(reverse("account_list"))
        assert (
            page.status_code == 200
            and "小李" in page.content.decode()
            and "老赵" not in page.content.decode()
        )
    assert as_user(cast.city_manager).get(reverse("account_list")).status_code == 403
    client = as_user(cast.system_admin)
    for query, shown in (
        ("q=小李", {"小李"}),
        ("ended=on", {"老赵"}),
        ("role=city_manager", {"陈局"}),
        ("unit=330382", {"周局", "小吴"}),
    ):
        rows = client.get(f"{reverse('account_list')}?{query}").context["rows"]
        assert {row["cells"][1]["value"] for row in rows} == shown


def test_each_administrator_sees_the_buttons_of_their_power(cast, as_user):
    address = reverse("account_detail", args=["0100001"])
    buttons = {
        person: {
            action.url.split("/")[-2]
            for action in as_user(getattr(cast, person)).get(address).context["actions"]
        }
        for person in ("system_admin", "security_admin", "audit_admin")
    }
    assert buttons == {
        "system_admin": {"move", "password", "end"},
        "security_admin": {"role"},
        "audit_admin": set(),
    }
