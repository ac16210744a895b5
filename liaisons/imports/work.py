"""Work on an import in the background: reading its file, comparing it anew, writing it, taking it
back.

For an import of any kind (a model below liaisons.models.imports.Batch) ``works`` says how each is done.
"""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.errors import Conflict
from crm.hooks import Hook
from crm.jobs.performing import progress
from crm.jobs.queue import job_kind, order_job
from crm.models import Job
from liaisons.imports.committing import import_commit, import_undo
from liaisons.imports.services import import_preview, import_read, require_idle
from liaisons.models import ImportBatch
from liaisons.models.imports import Batch

KIND = "import"
READ, PREVIEW, COMMIT, UNDO = "read", "preview", "commit", "undo"
#: The state in which an act leaves a batch: whoever finds it there has nothing left to do.
LEADS_TO = {COMMIT: Batch.State.COMMITTED, UNDO: Batch.State.UNDONE}


@dataclass(frozen=True)
class ImportWork:
    """How imports of ``model`` are worked on: act → function of ``batch=…, by=…, tick=…``."""

    model: type
    acts: dict


#: Filled with ImportWork.
works = Hook(
    "import_works", "How imports of a model are worked on (ImportWork).", key=attrgetter("model")
)


def import_order(*, batch, act, by) -> Job:
    """Order an act for a batch; returns the job. Conflict while another is at work."""
    require_idle(batch)
    model = type(batch)
    params = {"noun": model._meta.label_lower, "batch": batch.pk, "act": act}
    params["language"] = translation.get_language()
    title = _("Import: %(file)s") % {"file": batch.file_name}
    with transaction.atomic():
        job = order_job(KIND, by=by, title=title, params=params)
        if not model.objects.filter(pk=batch.pk, **_last_job(batch)).update(job=job):
            raise Conflict()
    batch.job = job
    return job


def _last_job(batch) -> dict[str, bool]:
    """The condition that nobody has ordered anything since the batch was read."""
    return {"job": batch.job_id} if batch.job_id else {"job__isnull": True}


@job_kind(KIND, listed=False)
def work(job) -> None:
    """Do the act of a job. Done already (by a worker that was cut off after it) is done."""
    noun, act = job.params["noun"], job.params["act"]
    model = apps.get_model(noun)
    batch = model.objects.select_related("job").get(pk=job.params["batch"])
    if act in LEADS_TO and batch.state == LEADS_TO[act]:
        return
    with translation.override(job.params["language"]):
        try:
            works.get(model).acts[act](
                batch=batch,
                by=job.owner,
                tick=lambda done=0, total=None: progress(job, done, total),
            )
        except Conflict:
            if act not in LEADS_TO or model.objects.get(pk=batch.pk).state != LEADS_TO[act]:
                raise


def _commit(*, batch, by, tick) -> Any:
    return import_commit(batch=batch, by=by)


def _undo(*, batch, by, tick) -> Any:
    return import_undo(batch=batch, by=by)


works.add(
    ImportWork(
        ImportBatch, {READ: import_read, PREVIEW: import_preview, COMMIT: _commit, UNDO: _undo}
    )
)
