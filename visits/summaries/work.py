"""How summaries are made by a worker.

Run again after a kill, each step finds what was done already.
"""

import hashlib
import os
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.documents.pdf import bind, lay_out, places, render_pdf
from crm.errors import Missing, Refusal
from crm.jobs.performing import progress
from crm.jobs.queue import Waiting, job_kind, order_parts
from crm.models import Job
from visits.models import Summary, SummaryVisit
from visits.models.summaries import number_for
from visits.summaries.content import bundle_front, content_hash, single, single_words, visit_facts
from visits.summaries.read import one_with_facts, visits_of, with_facts

FOLDER, CSS = "summaries", "summaries/pdf/summary.css"
#: Visits of a bundle that are laid out at a time: the worker says after each lot how far it is.
LOT = 25


@job_kind("summary")
def make_pdf(job) -> Callable[..., Any]:
    """One PDF: of a single visit, or of all visits that the order means, with an index."""
    if job.params["of"] == "visit":
        visit = one_with_facts(job.params["target"], job.owner)
        if visit is None:
            raise Missing()
        return _kept(
            job,
            [visit],
            render_pdf("summaries/pdf/summary.html", single(visit, job), css=CSS),
            content_hash(visit),
        )
    return _kept(job, *_bundle(job, visits_of(job.params, job.owner)))


@job_kind("summary_part")
def make_part(job) -> Callable[..., Any]:
    """One visit's PDF within a ZIP."""
    return make_pdf(job)


@job_kind("summary_zip")
def make_zip(job) -> partial[None]:
    """A ZIP of single PDFs: each visit is a part of its own, so that all workers share in them."""
    if not job.parts.exists():
        parts = list(_parts(job))
        if not parts:
            raise Missing()
        progress(job, 0, len(parts))
        order_parts(job, "summary_part", parts)
    if job.parts.exclude(state__in=(Job.State.DONE, Job.State.FAILED)).exists():
        raise Waiting()
    done = list(job.parts.filter(state=Job.State.DONE).order_by("pk"))
    left_out = job.parts.filter(state=Job.State.FAILED).count()
    if not done:
        raise Refusal(job.parts.first().message)
    draft = _draft(job, "zip")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as bundle:
        for number, part in enumerate(done, start=1):
            bundle.write(Path(settings.MEDIA_ROOT) / part.file, f"{number:04d}_{part.file_name}")
    if left_out:
        job.message = _("%(count)d visits are left out: their summaries could not be made.") % {
            "count": left_out
        }
    return partial(_place, job, draft)


def _parts(job) -> Iterator[tuple[UUID, str, dict[str, str]]]:
    visits = visits_of(job.params, job.owner).select_related("enterprise")
    for visit in visits.only("uid", "held_on", "enterprise__name"):
        params = {"of": "visit", "target": str(visit.uid)} | single_words(visit)
        yield uuid.uuid5(job.uid, str(visit.uid)), params["subject"], params


def _bundle(job, rows) -> tuple[list, Any]:
    """Lay the visits out lot by lot, count their pages, put cover and index before them.

    ``(visits shown, PDF)``.
    """
    pks = list(rows.values_list("pk", flat=True))
    if not pks:
        raise Missing()
    progress(job, 0, len(pks))
    number = number_for(job.uid)
    shown, lines, documents, page = [], [], [], 1
    for start in range(0, len(pks), LOT):
        lot = with_facts(rows.filter(pk__in=pks[start : start + LOT]))
        facts = [visit_facts(visit, f"v{visit.pk}") for visit in lot]
        document = lay_out(
            "summaries/pdf/bundle_part.html",
            {"visits": facts, "number": number},
            css=CSS,
            first_page=page,
        )
        where = places(document)
        for fact in facts:
            fact["page"] = page + where[fact["anchor"]]
            del fact["photo_rows"], fact["paragraphs"]
        shown, lines, documents = shown + lot, lines + facts, [*documents, document]
        page += len(document.pages)
        progress(job, len(shown))
    front = [lay_out("summaries/pdf/bundle_front.html", bundle_front(job, lines), css=CSS)]
    # Page 1 lies on the right when the sheets are printed on both sides.
    if len(front[0].pages) % 2:
        front.append(
            lay_out(
                "summaries/pdf/bundle_part.html",
                {"number": number},
                css=CSS,
                first_page=len(front[0].pages) + 1,
            )
        )
    return shown, bind([*front, *documents])


def _kept(job, visits, body, content="") -> Callable[..., Any]:
    """Write the file, and return what puts it in its place together with what it was made from."""
    draft, digest = _draft(job, "pdf"), hashlib.sha256(body).hexdigest()
    draft.write_bytes(body)

    def keep() -> None:
        summary = Summary.objects.create(
            number=number_for(job.uid),
            job=job,
            owner_id=job.owner_id,
            title=job.params["subject"][:200],
            sha256=digest,
            content=content,
            made_at=timezone.now(),
        )
        SummaryVisit.objects.bulk_create(
            SummaryVisit(summary=summary, visit=visit, facts_version=visit.facts_version)
            for visit in visits
        )
        _place(job, draft)

    return keep


def _draft(job, suffix) -> Path:
    """Where this worker writes.

    The lease is in the name, so that two workers never write to one file.
    """
    job.file, job.file_name = f"{FOLDER}/{job.uid}.{suffix}", _file_name(job, suffix)
    path = Path(settings.MEDIA_ROOT) / FOLDER / f"{job.uid}.{job.lease_token.hex}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _place(job, draft) -> None:
    """Give the finished draft its name, and remove what killed workers left of theirs."""
    os.replace(draft, Path(settings.MEDIA_ROOT) / job.file)
    if job.attempts > 1:
        for left in draft.parent.glob(f"{job.uid}.*.part"):
            left.unlink(missing_ok=True)


def _file_name(job, suffix) -> str:
    """The name under which a person saves the file: no character that a file system or an archive
    refuses.
    """
    name = re.sub(
        r'[\x00-\x1f\\/:*?"<>|]+', "-", f"{job.params['heading']}_{job.params['subject']}"
    )
    return f"{name[:120].strip()}.{suffix}"
