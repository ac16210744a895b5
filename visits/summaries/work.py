"""How summaries are made by a worker; run again after a kill, each step finds what was done already."""

import hashlib
import os
import secrets
import uuid
import zipfile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crm.errors import Missing, Refusal
from crm.jobs import Waiting, job_kind, order_parts, progress
from crm.models import Job
from crm.pdf import render_pdf
from visits.models import Summary, SummaryVisit
from visits.summaries.content import document, visits_of, with_facts

FOLDER = "summaries"


@job_kind("summary")
def make_pdf(job):
    """One PDF of all visits that the order means."""
    visits = list(with_facts(visits_of(job.params, job.owner)))
    if not visits:
        raise Missing()
    progress(job, 0, len(visits))
    keep_pdf(job, visits, heading=job.params["heading"], subject=job.params["subject"])
    job.total = len(visits)


@job_kind("summary_zip")
def make_zip(job):
    """A ZIP of single PDFs: each visit is a part of its own, so that all workers share in them."""
    visits = visits_of(job.params, job.owner).select_related("enterprise")
    parts = [
        (uuid.uuid5(job.uid, str(visit.uid)), str(visit), {"of": "visit", "target": str(visit.uid)} | single_words(visit))
        for visit in visits.only("uid", "held_on", "enterprise__name")
    ]
    if not job.parts.exists():
        if not parts:
            raise Missing()
        progress(job, 0, order_parts(job, "summary_part", parts))
    if job.parts.exclude(state__in=(Job.State.DONE, Job.State.FAILED)).exists():
        raise Waiting()
    if failed := job.parts.filter(state=Job.State.FAILED).first():
        raise Refusal(f"{failed.title}：{failed.message}")
    name = f"{FOLDER}/{secrets.token_urlsafe(18)}.zip"
    path = _place(name)
    with zipfile.ZipFile(path.with_suffix(".part"), "w", zipfile.ZIP_STORED) as bundle:
        for number, part in enumerate(job.parts.order_by("title", "pk"), start=1):
            bundle.write(Path(settings.MEDIA_ROOT) / part.file, f"{number:04d}_{part.file_name}")
    os.replace(path.with_suffix(".part"), path)
    job.file, job.file_name = name, f"{job.params['subject']}.zip"


@job_kind("summary_part")
def make_part(job):
    """One visit's PDF within a ZIP."""
    make_pdf(job)


def single_words(visit):
    """Heading and subject of one visit's own summary."""
    return {"heading": "服务走访纪要", "subject": f"{visit.enterprise.name} {visit.held_on}"}


def keep_pdf(job, visits, *, heading, subject):
    """Render, write and register one PDF. The number is drawn once a job, so that a second run prints the same."""
    summary, _created = Summary.objects.get_or_create(job=job, defaults={"owner": job.owner, "title": subject[:200]})
    body = render_pdf("pdf/summary.html", document(summary, visits, heading=heading, subject=subject), css="summary.css")
    name = f"{FOLDER}/{secrets.token_urlsafe(18)}.pdf"
    path = _place(name)
    path.with_suffix(".part").write_bytes(body)
    os.replace(path.with_suffix(".part"), path)
    with transaction.atomic():
        SummaryVisit.objects.filter(summary=summary).delete()
        SummaryVisit.objects.bulk_create(
            SummaryVisit(summary=summary, visit=visit, facts_version=visit.facts_version) for visit in visits
        )
        Summary.objects.filter(pk=summary.pk).update(sha256=hashlib.sha256(body).hexdigest(), made_at=timezone.now())
    job.file, job.file_name = name, f"{heading}_{subject}.pdf".replace("/", "-").replace("\\", "-")


def _place(name):
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
