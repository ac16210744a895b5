"""Work in the background: the row is the queue, and whatever is killed or lost is taken up again,
once.
"""

import datetime
import os
import threading
import uuid

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from crm.errors import Refusal
from crm.jobs import performing, queue
from crm.jobs.performing import perform_job, progress
from crm.jobs.queue import JobKind, Waiting, order_job, order_parts, relay_jobs
from crm.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """A function that registers work for the time of a test, and returns the name of its kind."""

    def registered(work, name="trial"):
        others = [kind for kind in queue.kinds if kind.name != name]
        monkeypatch.setattr(queue.kinds, "items", [*others, JobKind(name, work)])
        return name

    return registered


@pytest.fixture
def sent(monkeypatch, django_capture_on_commit_callbacks):
    """The keys of the jobs that workers were told of."""
    keys = []
    monkeypatch.setattr("crm.celery.app.send_task", lambda name, args, **options: keys.extend(args))
    return keys


def order(cast, kind, **more):
    return order_job(kind, by=cast.li, title="试作", **more)


def state(job):
    job.refresh_from_db()
    return job.state


def run_out(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - datetime.timedelta(seconds=1))


def test_a_job_is_done_once(cast, kind):
    done = []
    job = order(cast, kind(lambda job: done.append(job.pk)))
    assert perform_job(job.pk) and not perform_job(job.pk)
    assert done == [job.pk] and state(job) == "done" and job.percent == 100 and job.finished_at


def test_an_order_sent_twice_is_one_job(cast, kind):
    name, uid = kind(lambda job: None), uuid.uuid4()
    assert order(cast, name, uid=uid) == order(cast, name, uid=uid)
    assert Job.objects.count() == 1


def test_a_job_that_somebody_works_on_is_left_alone_until_its_lease_ends(cast, kind):
    job = order(cast, kind(lambda job: None))
    claimed = performing._claim(job.pk)
    assert claimed and not perform_job(job.pk)
    run_out(job)
    assert perform_job(job.pk) and state(job) == "done" and job.attempts == 2


def test_a_worker_whose_job_was_taken_over_writes_nothing_more(cast, kind):
    def slow(job):
        run_out(job)
        assert perform_job(job.pk)  # the other worker
        progress(job, 5)
        pytest.fail("the lease was lost")

    calls = []

    def work(job):
        calls.append(job.pk)
        if len(calls) == 1:
            slow(job)
        job.file_name = "second"

    job = order(cast, kind(work))
    perform_job(job.pk)
    assert state(job) == "done" and job.file_name == "second" and job.done == job.total == 1


def test_an_error_is_tried_again_and_then_told(cast, kind):
    def work(job):
        raise OSError("disk")

    job = order(cast, kind(work))
    for attempt in range(1, queue.ATTEMPTS + 1):
        assert perform_job(job.pk)
        assert (
            state(job) == ("failed" if attempt == queue.ATTEMPTS else "queued")
            and job.attempts == attempt
        )
    assert "管理员" in job.message and "disk" not in job.message
    assert not perform_job(job.pk)


def test_a_refusal_fails_at_once_with_its_sentence(cast, kind, as_user):
    def work(job):
        raise Refusal("没有可导出的内容。")

    job = order(cast, kind(work))
    perform_job(job.pk)
    assert state(job) == "failed" and job.attempts == 1
    assert (
        "没有可导出的内容。"
        in as_user(cast.li).get(reverse("job_detail", args=[job.uid])).content.decode()
    )


def test_work_that_kills_its_workers_is_given_up(cast, kind):
    job = order(cast, kind(lambda job: pytest.fail("not again")))
    Job.objects.filter(pk=job.pk).update(state="running", attempts=performing.CLAIMS)
    run_out(job)
    perform_job(job.pk)
    assert state(job) == "failed" and "中断" in job.message


def test_the_broker_being_away_loses_nothing(
    cast, kind, monkeypatch, sent, django_capture_on_commit_callbacks
):
    def away(*arguments, **options):
        raise ConnectionError("no broker")

    name = kind(lambda job: None)
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr("crm.celery.app.send_task", away)
        job = order(cast, name)
    assert state(job) == "queued" and not sent
    with django_capture_on_commit_callbacks(execute=True):
        assert relay_jobs() == 1
    assert sent == [job.pk]
    assert perform_job(job.pk) and state(job) == "done"


def test_workers_hear_of_an_order_only_once_it_is_written(
    cast, kind, sent, django_capture_on_commit_callbacks
):
    name = kind(lambda job: None)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        job = order(cast, name)
        assert not sent
    assert sent == [job.pk]


def test_the_relay_sends_what_is_undone_and_nothing_else(
    cast, kind, sent, django_capture_on_commit_callbacks
):
    name = kind(lambda job: None)
    queued, running, killed, done = (order(cast, name) for _number in range(4))
    performing._claim(running.pk)
    performing._claim(killed.pk)
    run_out(killed)
    perform_job(done.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert relay_jobs() == 2
        # What is queued was just sent; whose worker died is sent until somebody claims it.
        assert relay_jobs() == 1
    assert sorted(set(sent)) == [queued.pk, killed.pk]


def test_a_parent_wakes_when_the_last_part_has_finished(
    cast, kind, sent, django_capture_on_commit_callbacks
):
    def whole(job):
        order_parts(job, "part", [(uuid.uuid5(job.uid, n), n, {}) for n in "ab"])
        if job.parts.exclude(state__in=("done", "failed")).exists():
            raise Waiting()

    def part(job):
        if job.title == "b":
            raise Refusal("错误")

    kind(part, "part")
    with django_capture_on_commit_callbacks(execute=True):
        job = order(cast, kind(whole))
        perform_job(job.pk)
    first, second = job.parts.order_by("pk")
    assert state(job) == "queued" and job.attempts == 0 and sent == [job.pk, first.pk, second.pk]
    assert relay_jobs() == 2  # the parts, not the parent that waits for them
    sent.clear()
    with django_capture_on_commit_callbacks(execute=True):
        perform_job(first.pk)
    job.refresh_from_db()
    assert not sent and job.state_shown == Job.State.RUNNING.label
    with django_capture_on_commit_callbacks(execute=True):
        perform_job(second.pk)
    assert sent == [job.pk] and state(second) == "failed"
    perform_job(job.pk)
    assert state(job) == "done" and Job.objects.count() == 3


def test_one_sees_ones_own_orders_alone(cast, kind, as_user):
    job = order(cast, kind(lambda job: None))
    assert "试作" in as_user(cast.li).get(reverse("job_list")).content.decode()
    assert "试作" not in as_user(cast.head).get(reverse("job_list")).content.decode()
    for page in ("job_detail", "job_state", "job_file"):
        assert as_user(cast.head).get(reverse(page, args=[job.uid])).status_code == 404


def test_old_files_go_and_their_rows_say_so(cast, kind, settings, as_user):
    def work(job):
        (settings.MEDIA_ROOT / "exports").mkdir(parents=True, exist_ok=True)
        job.file, job.file_name = f"exports/{job.uid}.csv", "表.csv"
        (settings.MEDIA_ROOT / job.file).write_text("x")

    def aged(path):
        then = (timezone.now() - datetime.timedelta(days=settings.JOB_FILE_DAYS + 1)).timestamp()
        os.utime(path, (then, then))

    name = kind(work)
    old, young = order(cast, name), order(cast, name)
    for job in (old, young):
        perform_job(job.pk)
        job.refresh_from_db()
        aged(settings.MEDIA_ROOT / job.file)
    left = settings.MEDIA_ROOT / "exports" / "killed.part"
    left.write_text("x")
    aged(left)
    Job.objects.filter(pk=old.pk).update(
        finished_at=timezone.now() - datetime.timedelta(days=settings.JOB_FILE_DAYS + 1)
    )
    gone = settings.MEDIA_ROOT / old.file
    assert queue.expire_files() == 2 and queue.expire_files() == 0
    assert not gone.exists() and not left.exists() and (settings.MEDIA_ROOT / young.file).exists()
    client = as_user(cast.li)
    page = client.get(reverse("job_detail", args=[old.uid])).content.decode()
    assert (
        f"{settings.JOB_FILE_DAYS} 天" in page and reverse("job_file", args=[old.uid]) not in page
    )
    assert client.get(reverse("job_file", args=[old.uid])).status_code == 404
    assert client.get(reverse("job_file", args=[young.uid])).status_code == 200


def winners(claim, workers=10):
    """How many of ``workers`` threads, each on a connection of its own, win ``claim(worker)`` at
    the same moment.
    """
    start, won = threading.Barrier(workers), []

    def work(number):
        try:
            start.wait(timeout=20)
            if claim(number):
                won.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return len(won)


needs_threads = pytest.mark.skipif(
    "sqlite" in os.environ.get("DATABASE_URL", "sqlite"),
    reason="the test database lies in one memory",
)


@needs_threads
@pytest.mark.django_db(transaction=True)
def test_exactly_one_of_ten_workers_claims_a_job(cast, kind):
    job = order(cast, kind(lambda job: None))
    assert winners(lambda number: performing._claim(job.pk)) == 1


@needs_threads
@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_without_the_condition_in_the_update_several_would(cast, kind):
    job = order(cast, kind(lambda job: None))
    read = threading.Barrier(10)

    def careless(number):
        row = Job.objects.get(pk=job.pk)
        read.wait(timeout=20)
        if row.state != "queued":
            return False
        row.state = "running"
        row.save()
        return True

    assert winners(careless) > 1
