"""What a row points at stays choosable when it may not be chosen anew: a unit was closed since, a
person has left.
"""

import pytest
from django.urls import reverse

from liaisons.models import Contact, Officer
from tests.cast import record_visit
from tests.causes import found

pytestmark = pytest.mark.django_db


def close(cast, unit):
    unit.closed_on = cast.today
    unit.save()


def project(cast):
    close(cast, cast.wuma)
    return cast.project, "project_change", "unit", cast.wuma.pk


def enterprise(cast):
    close(cast, cast.wuma)
    return cast.semir, "enterprise_change", "unit", cast.wuma.pk


def cause(cast):
    row = found(cast)
    close(cast, row.lead_unit)
    return row, "cause_change", "lead_unit", row.lead_unit.pk


def visit(cast):
    row = record_visit(cast, cast.li, contact=cast.contact)
    Contact.objects.filter(pk=cast.contact.pk).update(left_on=cast.today)
    return row, "visit_change", "contact", cast.contact.pk


ROWS = [
    (project, "city_manager", {"name": "鹿城总部大厦二期"}),
    (enterprise, "city_manager", {"address": "鹿城区二号路2号"}),
    (cause, "city_manager", {"title": "园区停车难"}),
    (visit, "li", {"notes": "改过的记录。"}),
]


@pytest.mark.parametrize(
    ("make", "person", "change"), ROWS, ids=lambda v: getattr(v, "__name__", "")
)
def test_a_row_is_corrected_with_what_it_has(cast, as_user, make, person, change):
    row, name, field, key = make(cast)
    row.refresh_from_db()
    client, page = as_user(getattr(cast, person)), reverse(name, args=[row.uid])
    shown = client.get(page).context["form"]
    assert shown[field].value() == key
    assert f'<option value="{key}" selected>' in str(shown[field])
    answer = client.post(page, change | {"version": row.version, field: key})
    assert answer.status_code == 302, answer.content.decode()
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in change} == change
    assert getattr(row, f"{field}_id") == key


@pytest.mark.parametrize(
    ("make", "person", "change"), ROWS, ids=lambda v: getattr(v, "__name__", "")
)
def test_what_it_had_before_is_not_chosen_anew(cast, as_user, make, person, change):
    """Once another one was chosen, the closed unit or the one who left is offered no more."""
    row, name, field, key = make(cast)
    another = None if field == "contact" else cast.nanmen.pk
    type(row).objects.filter(pk=row.pk).update(**{field: another})
    row.refresh_from_db()
    client, page = as_user(getattr(cast, person)), reverse(name, args=[row.uid])
    assert f'value="{key}"' not in str(client.get(page).context["form"][field])
    answer = client.post(page, change | {"version": row.version, field: key})
    assert answer.status_code == 422


def test_a_cause_keeps_an_officer_who_has_left_as_its_lead(cast, as_user):
    row = found(cast)
    type(row).objects.filter(pk=row.pk).update(lead_officer=cast.li.officer)
    Officer.objects.filter(pk=cast.li.pk).update(left_on=cast.today)
    row.refresh_from_db()
    page = reverse("cause_change", args=[row.uid])
    sent = {"title": "园区停车难", "lead_number": "0100001", "version": row.version}
    client = as_user(cast.city_manager)
    assert client.post(page, sent).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.lead_officer_id) == ("园区停车难", cast.li.pk)
    type(row).objects.filter(pk=row.pk).update(lead_officer=None)
    assert client.post(page, sent | {"version": row.version}).status_code == 422
