"""The calendar feed: a secret address that opens what its owner may see now, and says nothing to
anybody else.
"""

import datetime
import hashlib
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import AuditEvent, CalendarFeed, User
from crm.notices.feeds import feed_renew, feed_revoke
from crm.notices.ics import Event, calendar_file, escaped, folded
from tests.cast import record_visit
from tests.steps import assigned, in_hand

pytestmark = pytest.mark.django_db


def opened(secret):
    return Client().get(reverse("calendar_file", args=[secret]))


def unfolded(answer):
    return answer.content.decode().replace("\r\n ", "").split("\r\n")


def summaries(secret):
    return [
        line.removeprefix("SUMMARY:")
        for line in unfolded(opened(secret))
        if line.startswith("SUMMARY:")
    ]


def test_it_has_next_contacts_and_limits_and_needs_no_login(cast, settings):
    settings.PUBLIC_BASE_URL = "https://liaison.example"
    visit = record_visit(cast, cast.li, next_contact_on=cast.today + datetime.timedelta(days=9))
    problem = in_hand(cast, "门口停车难")
    answer = opened(feed_renew(by=cast.li))
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = unfolded(answer)
    assert (
        lines[0] == "BEGIN:VCALENDAR"
        and lines[-2:] == ["END:VCALENDAR", ""]
        and lines.count("BEGIN:VEVENT") == 2
    )
    assert (
        f"DTSTART;VALUE=DATE:{visit.next_contact_on:%Y%m%d}" in lines
        and f"DTSTART;VALUE=DATE:{problem.due_on:%Y%m%d}" in lines
    )
    assert f"URL:https://liaison.example/problems/{problem.uid}/" in lines
    for private in ("林小红", "13800001234", "了解企业"):
        assert private not in answer.content.decode()


def test_limits_in_hours_are_moments(cast):
    problem = in_hand(cast)
    due_at = datetime.datetime(2099, 3, 2, 2, 30, tzinfo=datetime.UTC)
    type(problem).objects.filter(pk=problem.pk).update(due_at=due_at, overdue_from=due_at)
    assert "DTSTART:20990302T023000Z" in unfolded(opened(feed_renew(by=cast.li)))


def test_what_waits_in_the_unit_and_what_it_helps_with_stand_in_it(cast):
    assigned(cast, "停车难", helpers=[cast.nanmen])
    assert "停车难" in "".join(summaries(feed_renew(by=cast.zhang)))
    assert "停车难" in "".join(summaries(feed_renew(by=cast.sun)))
    assert summaries(feed_renew(by=cast.wu)) == []


def test_it_shows_only_what_the_person_may_see_now(cast):
    problem = in_hand(cast, "停车难")
    secret = feed_renew(by=cast.li)
    type(problem).objects.filter(pk=problem.pk).update(officer=cast.sun.officer, unit=cast.nanmen)
    assert len(summaries(secret)) == 1
    cast.semir.assignments.all().delete()
    User.objects.filter(pk=cast.li.pk).update(unit=cast.liushi)
    assert summaries(secret) == []


def test_only_a_hash_of_a_long_secret_is_kept(cast):
    secret = feed_renew(by=cast.li)
    assert len(secret) * 6 >= 160
    assert CalendarFeed.objects.get().digest == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(list(AuditEvent.objects.values()))


def test_unknown_renewed_revoked_and_ended_addresses_answer_alike(cast):
    old = feed_renew(by=cast.li)
    revoked, ended, reset, moved = (
        feed_renew(by=user) for user in (cast.zhang, cast.sun, cast.wu, cast.he)
    )
    feed_renew(by=cast.li)
    feed_revoke(by=cast.zhang)
    User.objects.filter(pk=cast.sun.pk).update(is_active=False)
    User.objects.filter(pk=cast.wu.pk).update(password_changed_at=None)
    User.objects.filter(pk=cast.he.pk).update(role="audit_admin")
    answers = [
        opened(secret)
        for secret in (old, revoked, ended, reset, moved, "none-such", "x" * 43, "中文")
    ]
    told = {
        (answer.status_code, answer.content, tuple(sorted(answer.headers.items())))
        for answer in answers
    }
    assert len(told) == 1 and answers[0].status_code == 404
    assert AuditEvent.objects.filter(verb="feed.revoke").count() == 1


def test_it_cannot_be_written_to(cast):
    address = reverse("calendar_file", args=[feed_renew(by=cast.li)])
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)(address).status_code == 405


def test_the_page_makes_renews_and_revokes(cast, as_user):
    client, page = as_user(cast.li), reverse("calendar_feed")
    assert ".ics" not in client.get(page).content.decode()
    made = client.post(page).content.decode()
    secret = re.search(r"/calendar/([\w-]+)\.ics", made)[1]
    assert opened(secret).status_code == 200
    assert secret not in client.get(page).content.decode()
    client.post(page)
    assert opened(secret).status_code == 404 and CalendarFeed.objects.count() == 1
    client.post(page, {"revoke": "1"})
    assert not CalendarFeed.objects.exists()
    assert as_user(cast.audit_admin).get(page).status_code == 403


def test_when_it_was_last_asked_is_noted_to_the_hour(cast):
    secret = feed_renew(by=cast.li)
    opened(secret)
    first = CalendarFeed.objects.get().last_used_at
    opened(secret)
    assert CalendarFeed.objects.get().last_used_at == first


def test_its_statements_do_not_grow_with_its_events(cast):
    secret, counts = feed_renew(by=cast.li), []
    opened(secret)
    for number in (1, 20):
        for each in range(number):
            in_hand(cast, f"第{number}批{each}")
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            opened(secret)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_lines_are_folded_at_75_octets_and_no_character_is_cut_through():
    line = "SUMMARY:" + "温州𠮷企业abc" * 40
    pieces = folded(line).split(b"\r\n")
    assert max(map(len, pieces)) <= 75 and all(piece.startswith(b" ") for piece in pieces[1:])
    assert "".join([pieces[0].decode(), *(piece[1:].decode() for piece in pieces[1:])]) == line
    assert folded("A" * 75) == b"A" * 75 and folded("A" * 76) == b"A" * 75 + b"\r\n A"


def test_text_is_escaped_and_cannot_begin_another_line():
    assert escaped("a,b;c\\d\r\nEND:VEVENT\re\x00\x1b") == "a\\,b\\;c\\\\d\\nEND:VEVENT\\ne"
    event = Event(
        "1",
        datetime.date(2026, 12, 31),
        "甲\r\nEND:VCALENDAR",
        "https://x/",
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )
    lines = calendar_file("x", [event]).decode().split("\r\n")
    assert (
        lines.count("END:VCALENDAR") == 1
        and "DTEND;VALUE=DATE:20270101" in lines
        and "DTSTAMP:20260101T000000Z" in lines
    )
