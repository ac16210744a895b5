"""The bell and the page of notices: one's own, of what one may see, and the bell is no use of the
session.
"""

import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Notice, User
from crm.notices.services import notice_for, notices_read, tell, unread_count, warn_calendar_end
from crm.seeds import seed_calendar
from tests.steps import unheard

pytestmark = pytest.mark.django_db


def noticed(cast, person, count=1, title="停车难"):
    """Give a person notices about a new problem of 小李's at 森马."""
    problem = unheard(cast, title)
    tell(
        notice_for(
            person.pk,
            "problem.overdue",
            f"{title}{n or ''}",
            f"/problems/{problem.uid}/",
            key=f"{problem.uid}:{n}",
            about=problem,
        )
        for n in range(count)
    )
    return problem


def bell(client):
    return client.get(reverse("notice_bell")).content.decode()


def test_the_same_occasion_is_told_once(cast):
    problem = unheard(cast)
    for _time in range(2):
        made = [
            notice_for(cast.head.pk, "problem.overdue", "停车难", "/", key="k", about=problem)
        ] * 2
        tell(made)
    assert Notice.objects.count() == 1
    assert (
        tell([notice_for(cast.li.pk, "problem.overdue", "停车难", "/", key="k", about=problem)])
        == 1
    )


def test_unknown_kinds_and_nouns_are_a_programmers_error(cast):
    with pytest.raises(LookupError):
        notice_for(cast.li.pk, "no.such", "", "/", key="k")
    with pytest.raises(LookupError):
        notice_for(cast.li.pk, "problem.overdue", "", "/", key="k", about=cast.li)


def test_the_bell_counts_what_is_unread_on_every_page(cast, as_user):
    client = as_user(cast.li)
    assert "bell-count" not in bell(client)
    noticed(cast, cast.li, 3)
    assert '<span class="bell-count" aria-hidden="true">3</span>' in bell(client)
    page = client.get(reverse("my_enterprises")).content.decode()
    assert '<span class="bell-count" aria-hidden="true">3</span>' in page
    assert 'hx-trigger="every 60s, look"' in page
    noticed(cast, cast.li, 120, "多")
    assert ">99+</span>" in bell(client)


def test_the_kept_count_is_forgotten_when_something_is_told_or_read(
    cast, django_capture_on_commit_callbacks
):
    assert unread_count(cast.li) == 0
    with django_capture_on_commit_callbacks(execute=True):
        noticed(cast, cast.li)
    assert unread_count(cast.li) == 1
    with django_capture_on_commit_callbacks(execute=True):
        notices_read(by=cast.li)
    assert unread_count(cast.li) == 0


def test_opening_a_notice_marks_it_read_and_leads_to_its_page(cast, as_user):
    problem = noticed(cast, cast.li)
    client, notice = as_user(cast.li), Notice.objects.get()
    answer = client.get(reverse("notice_open", args=[notice.pk]))
    assert answer.status_code == 302 and answer["Location"] == reverse(
        "problem_detail", args=[problem.uid]
    )
    notice.refresh_from_db()
    assert notice.read_at is not None and "bell-count" not in bell(client)
    unread, every = (
        client.get(reverse("notice_list") + query).content.decode() for query in ("?unread=1", "")
    )
    assert "停车难" not in unread and "停车难" in every and "is-muted" in every


def test_all_are_marked_read_up_to_when_the_page_was_shown(cast, as_user):
    noticed(cast, cast.li, 2)
    client = as_user(cast.li)
    page = client.get(reverse("notice_list") + "?unread=1")
    noticed(cast, cast.li, title="后来")
    answer = client.post(reverse("notices_read"), {"until": page.context["shown_at"]})
    assert answer.status_code == 302
    assert [notice.title for notice in Notice.objects.filter(read_at__isnull=True)] == ["后来"]
    assert client.post(reverse("notices_read"), {"until": "gestern"}).status_code == 422
    assert client.get(reverse("notices_read")).status_code == 405


def test_nobody_sees_or_opens_or_reads_the_notices_of_another(cast, as_user):
    noticed(cast, cast.li)
    notice = Notice.objects.get()
    for person in (cast.zhang, cast.head, cast.city_manager, cast.system_admin):
        client = as_user(person)
        assert client.get(reverse("notice_open", args=[notice.pk])).status_code == 404
        assert "停车难" not in client.get(reverse("notice_list")).content.decode()
        client.post(reverse("notices_read"), {"until": "2099-01-01T00:00:00+08:00"})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_what_one_is_told_is_what_one_may_see_now(cast, as_user):
    """小孙 of the next station was told of it while it was theirs.

    It is no more, then it is again.
    """
    problem = noticed(cast, cast.sun)
    client, notice = as_user(cast.sun), Notice.objects.get()
    assert "bell-count" not in bell(client)
    assert "停车难" not in client.get(reverse("notice_list")).content.decode()
    assert client.get(reverse("notice_open", args=[notice.pk])).status_code == 404
    type(problem).objects.filter(pk=problem.pk).update(lead_unit=cast.nanmen)
    assert "bell-count" in bell(client)
    assert client.get(reverse("notice_open", args=[notice.pk])).status_code == 302


def test_a_bell_is_no_use_of_the_session(cast, as_user, settings):
    client = as_user(cast.li)
    client.get(reverse("my_enterprises"))
    session = client.session
    session["seen"] = int(time.time()) - 600
    session.save()
    bell(client)
    assert client.session["seen"] == session["seen"]
    client.get(reverse("notice_list"))
    assert client.session["seen"] > session["seen"]
    session["seen"] = int(time.time()) - settings.IDLE_LOGOUT_SECONDS - 1
    session.save()
    assert client.get(reverse("notice_bell")).status_code == 302  # to the login
    assert "_auth_user_id" not in client.session


def test_who_has_a_first_password_has_no_bell(cast, as_user):
    User.objects.filter(pk=cast.li.pk).update(password_changed_at=None)
    assert 'id="bell"' not in as_user(cast.li).get(reverse("password_change")).content.decode()


def test_administrators_are_told_a_quarter_ahead_that_the_calendar_ends(cast, as_user, clock):
    seed_calendar()
    clock("2026-09-29")
    assert warn_calendar_end() == 0
    clock("2026-09-30")
    assert warn_calendar_end() == 1 and warn_calendar_end() == 0
    notice = Notice.objects.get()
    assert notice.owner == cast.system_admin and "2026" in notice.title
    client = as_user(cast.system_admin)
    assert "bell-count" in bell(client)
    opened = client.get(reverse("notice_open", args=[notice.pk]), follow=True)
    assert opened.status_code == 200 and opened.redirect_chain[-1][0] == "/admin/crm/calendarday/"


@pytest.mark.parametrize("person", ["li", "head", "city_manager", "system_admin"])
def test_the_bell_and_the_list_need_the_same_statements_for_one_and_for_many(cast, as_user, person):
    user = getattr(cast, person)
    client, counts = as_user(user), []
    client.get(reverse("notice_list"))
    for number in (1, 60):
        noticed(cast, user, number, f"第{number}批")
        for address in (reverse("notice_bell"), reverse("notice_list")):
            cache.clear()
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:] and max(counts) <= 12
