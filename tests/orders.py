"""Ordering summaries through the page, doing the work, and reading what came of it."""

import io
import re

from django.urls import reverse
from pypdf import PdfReader

from crm.jobs.performing import perform_job
from crm.models import Job


def ordered(client, query="", **sent):
    """Order through the page, do the work, and return the job."""
    answer = client.post(f"{reverse('summary_order')}?{query}", sent)
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.get(uid=answer["Location"].rstrip("/").split("/")[-1])
    return work(job)


def work(job):
    do_waiting()
    job.refresh_from_db()
    return job


def do_waiting():
    """Do all the work that waits, as a worker does."""
    for _round in range(20):
        undone = Job.objects.filter(state="queued").order_by("-pk").values_list("pk", flat=True)
        if not undone:
            break
        for pk in undone:
            perform_job(pk)


def with_worker(client):
    """The client, beside a worker that has done what one request orders before the next is sent."""
    send = client.request

    def request(**environment):
        answer = send(**environment)
        do_waiting()
        return answer

    client.request = request
    return client


def period(cast, **more):
    return {
        "unit": cast.wuma.code,
        "day_from": str(cast.today),
        "day_to": str(cast.today),
        "bundle": "pdf",
        **more,
    }


def downloaded(client, job):
    answer = client.get(reverse("job_file", args=[job.uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def text_of(pdf):
    """All words of a PDF, without spaces, line ends and what stands in the margins."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return re.sub(
        r"\s", "", "".join(re.sub(r"— \d+ —|验证编号 [0-9A-Z-]{23}", "", page) for page in pages)
    )
