"""The day of a visit is the city's, not the server's and not Greenwich's."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.calendar import at
from tests.api.conftest import Program
from tests.visits.recording.test_record_visit import form_values
from visits.models import Visit

pytestmark = pytest.mark.django_db

#: Half past seven in Wenzhou is half past eleven at night of the day before in Greenwich.
DAY = datetime.date(2026, 11, 3)
MOMENTS = ["00:00", "00:10", "07:30", "08:00", "23:59"]


@pytest.fixture(autouse=True)
def the_evening_after(clock):
    clock("2026-11-04", "20:00")


@pytest.mark.parametrize("time", MOMENTS)
def test_from_the_form(cast, as_user, time):
    sent = form_values(started_at=f"{DAY}T{time}")
    answer = as_user(cast.li).post(reverse("visit_create", args=[cast.semir.uid]), sent)
    assert answer.status_code == 302
    visit = Visit.objects.get()
    assert visit.held_on == DAY and visit.started_at == at(DAY, time)


@pytest.mark.parametrize("time", MOMENTS)
def test_from_another_system(cast, time):
    """The API takes moments of any zone; here they come in Greenwich's."""
    body = {
        "uid": str(uuid.uuid4()),
        "enterprise": str(cast.semir.uid),
        "kind": "door",
        "started_at": at(DAY, time).astimezone(datetime.UTC).isoformat(),
    }
    assert Program(cast.li).post("visits/", body).status_code == 201
    assert Visit.objects.get().held_on == DAY


def test_a_correction_moves_the_day_with_the_moment(cast, as_user):
    client = as_user(cast.li)
    client.post(
        reverse("visit_create", args=[cast.semir.uid]), form_values(started_at=f"{DAY}T10:00")
    )
    visit = Visit.objects.get()
    sent = form_values(started_at=f"{DAY + datetime.timedelta(days=1)}T00:30", version="1")
    assert client.post(reverse("visit_change", args=[visit.uid]), sent).status_code == 302
    visit.refresh_from_db()
    assert visit.held_on == DAY + datetime.timedelta(days=1)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_whatever_zone_the_thread_is_in(cast, as_user, zone):
    """A zone that something activated for a request does not shift the list's day filter."""
    client = as_user(cast.li)
    client.post(
        reverse("visit_create", args=[cast.semir.uid]), form_values(started_at=f"{DAY}T07:30")
    )
    with timezone.override(zone):
        page = client.get(
            reverse("visit_list"), {"held_from": str(DAY), "held_to": str(DAY)}
        ).content.decode()
    assert cast.semir.name in page
