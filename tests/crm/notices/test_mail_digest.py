"""The daily mail: one a person and day, of what is unread, unmailed and still the person's to see."""

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Notice, User
from crm.notices import digests
from crm.notices.digests import send_digests
from crm.notices.services import notice_for, notices_read, tell
from tests.steps import unheard

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast, clock):
    User.objects.filter(pk__in=[cast.head.pk, cast.zhang.pk]).update(email="head@example.org")
    cast.clock = clock
    clock("2026-11-24", "07:30")
    return cast


def noticed(cast, *people, title="停车难", about=None, day=None):
    """Tell some people something about a problem of 小李's (a new one)."""
    problem = about or unheard(cast, title)
    tell(
        notice_for(
            person.pk,
            "problem.overdue",
            title,
            f"/problems/{problem.uid}/",
            key=f"{problem.uid}:{title}",
            about=problem,
            day=day,
        )
        for person in people
    )
    return problem


def test_one_mail_with_titles_and_absolute_addresses_in_chinese(cast, settings):
    settings.PUBLIC_BASE_URL = "https://liaison.example"
    first, second = (
        noticed(cast, cast.head, day=cast.today),
        noticed(cast, cast.head, title="宿舍失窃"),
    )
    assert send_digests() == 1
    (sent,) = mail.outbox
    assert sent.to == ["head@example.org"] and "2" in sent.subject
    for problem in (first, second):
        assert (
            f"https://liaison.example/problems/{problem.uid}/" in sent.body
            and problem.title in sent.body
        )
    assert f"({cast.today})" in sent.body and "https://liaison.example/notices/" in sent.body
    assert sent.content_subtype == "plain"
    for private in ("林小红", "13800001234", "小李"):
        assert private not in sent.body


def test_a_second_run_and_what_comes_later_in_the_day_send_nothing(cast):
    noticed(cast, cast.head)
    assert send_digests() == 1 and send_digests() == 0
    noticed(cast, cast.head, title="宿舍失窃")
    assert send_digests() == 0
    cast.clock("2026-11-25", "07:00")
    assert send_digests() == 1
    assert "宿舍失窃" in mail.outbox[1].body and "停车难" not in mail.outbox[1].body


def test_nothing_before_the_hour_and_nothing_to_who_has_read_it_or_has_no_address(cast):
    noticed(cast, cast.head, cast.li)
    cast.clock("2026-11-24", "06:59:59")
    assert send_digests() == 0
    cast.clock("2026-11-24", "07:00")
    notices_read(by=cast.head)
    assert send_digests() == 0 and Notice.objects.filter(mailed_at__isnull=False).count() == 0


def test_what_a_person_may_not_see_any_more_is_not_mailed_and_does_not_use_up_the_day(cast):
    noticed(cast, cast.head)
    User.objects.filter(pk=cast.head.pk).update(unit=cast.nanmen)
    assert send_digests() == 0
    User.objects.filter(pk=cast.head.pk).update(unit=cast.wuma)
    assert send_digests() == 1


def test_an_account_that_has_ended_gets_no_mail(cast):
    noticed(cast, cast.head)
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    assert send_digests() == 0


def test_a_run_in_between_sends_nothing_twice(cast, monkeypatch):
    """The other worker's run begins and ends between this one's look for people and its claim."""
    noticed(cast, cast.head)
    claim, once = digests._claim, []

    def claim_after_the_other(*args):
        if not once:
            once.append(True)
            assert send_digests() == 1
        return claim(*args)

    monkeypatch.setattr(digests, "_claim", claim_after_the_other)
    assert send_digests() == 0 and len(mail.outbox) == 1


@pytest.mark.control
def test_control_without_the_claim_a_run_in_between_sends_twice(cast, monkeypatch):
    noticed(cast, cast.head)
    once = []

    def unclaimed(user, now):
        notices = list(Notice.objects.filter(owner=user, mailed_at__isnull=True))
        if not once:
            once.append(True)
            send_digests()
        return notices

    monkeypatch.setattr(digests, "_claim", unclaimed)
    send_digests()
    assert len(mail.outbox) == 2


class Killed(BaseException):
    """What ends a process at once."""


def test_killed_between_claim_and_sending_nothing_is_sent_twice_and_the_bell_still_has_it(
    cast, monkeypatch
):
    noticed(cast, cast.head)
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda *args: (_ for _ in ()).throw(Killed())
    )
    with pytest.raises(Killed):
        send_digests()
    monkeypatch.undo()
    cast.clock("2026-11-24", "08:00")
    assert send_digests() == 0 and not mail.outbox
    assert Notice.objects.get(owner=cast.head, kind="problem.overdue").read_at is None


def test_a_mail_server_that_refuses_one_is_asked_again_and_keeps_nobody_else_waiting(
    cast, monkeypatch
):
    User.objects.filter(pk=cast.zhang.pk).update(email="zhang@example.org")
    noticed(cast, cast.head, cast.zhang)
    send = EmailBackend.send_messages

    def refuse(self, messages):
        if messages[0].to == ["zhang@example.org"]:
            raise OSError("mailbox busy")
        return send(self, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        assert send_digests() == 1
    assert send_digests() == 1
    assert sorted(sent.to[0] for sent in mail.outbox) == ["head@example.org", "zhang@example.org"]


def test_a_mail_needs_the_same_statements_for_one_and_for_many_notices(cast):
    counts = []
    for number in (1, 40):
        problem = unheard(cast, f"第{number}个")
        for each in range(number):
            noticed(cast, cast.head, title=f"{number}-{each}", about=problem)
        with CaptureQueriesContext(connection) as captured:
            assert send_digests() == 1
        counts.append(len(captured))
        cast.clock("2026-11-25")
    assert counts[0] == counts[1]
