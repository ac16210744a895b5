"""What a worker does with an upload: it lets a process of its own look into it (crm.sandbox), and
keeps or refuses it.

Done again after a kill, it begins anew from the original. What a killed worker had written is named
by no row, and is swept. Whether the row is still wanted is asked by the UPDATE that ends the check.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from crm import sandbox
from crm.jobs.performing import progress
from crm.jobs.queue import job_kind
from visits.attachments import photos
from visits.attachments import services as attachments
from visits.attachments.documents import DOCUMENTS, PICTURES, ending_of
from visits.attachments.storage import let_go, new_name
from visits.models import Attachment, Photo
from visits.models.checked import EXCEEDED, FAILED

log = logging.getLogger(__name__)

LONGEST_SIDE, PRINT_SIDE, THUMBNAIL_SIDE = 2000, 900, 320  # pixels
#: What a child is given, in MB and seconds: 64 megapixels take 384 MB as PNG, 256 as JPEG, 640 as a
#: progressive CMYK one.
OF_A_PICTURE = {"memory": 768, "seconds": 60}
OF_A_DOCUMENT = {"memory": 256, "seconds": 30}


def _given_up_photo(job) -> None:
    _refuse(Photo, job.params["photo"], {"why": FAILED})


def _given_up_file(job) -> None:
    _refuse(Attachment, job.params["file"], {"why": FAILED})


@job_kind(photos.CHECK, listed=False, given_up=_given_up_photo)
def check_photo(job) -> partial[None] | Callable[..., Any] | None:
    """Write a photo anew in its three sizes, or refuse it.

    Its visit's summaries are superseded by a photo that is ready.
    """
    photo = Photo.objects.filter(pk=job.params["photo"], state=Photo.State.CHECKING).first()
    if photo is None:
        return None  # it was taken back, or checked by a worker that was cut off after it
    sides = {"file": LONGEST_SIDE, "print_copy": PRINT_SIDE, "thumbnail": THUMBNAIL_SIDE}
    values, refusal = _looked_into(job, photo, partial(_written_anew, photo, sides, photos.FOLDER))
    if refusal:
        return partial(_refuse, Photo, photo.pk, refusal, photo.original)

    def keep() -> None:
        if _keep(photo, values):
            visit = Photo.objects.select_related("visit").get(pk=photo.pk).visit
            if visit is not None:
                visit.touch()

    return keep


@job_kind(attachments.CHECK, listed=False, given_up=_given_up_file)
def check_file(job) -> partial[None] | partial[bool] | None:
    """Write a picture anew in its two sizes, look into a document and keep it as it is, or refuse
    either.
    """
    row = Attachment.objects.filter(pk=job.params["file"], state=Attachment.State.CHECKING).first()
    if row is None:
        return None
    if ending_of(row.name) in PICTURES:
        sides = {"file": LONGEST_SIDE, "thumbnail": THUMBNAIL_SIDE}
        look = partial(_written_anew, row, sides, attachments.FOLDER)
    else:
        look = partial(_as_it_is, row)
    values, refusal = _looked_into(job, row, look)
    return (
        partial(_refuse, Attachment, row.pk, refusal, row.original)
        if refusal
        else partial(_keep, row, values)
    )


def _looked_into(job, row, look) -> tuple[Any, None] | tuple[None, dict[str, str]]:
    """``(values, refusal)``: what is to be kept of a row, or why it is refused."""
    try:
        return look(tick=lambda: progress(job, 0)), None
    except sandbox.Unfit as unfit:
        return None, unfit.facts
    except sandbox.Exceeded:
        return None, {"why": EXCEEDED}
    except RuntimeError:  # a fault of the task, which the same file would meet again
        log.exception("The check of %s %s failed.", row._meta.model_name, row.uid)
        return None, {"why": FAILED}


def _written_anew(row, sides, folder, tick) -> dict:
    """The values of a picture written anew, the largest of ``sides`` (column → pixels) first."""
    names = {column: new_name(folder, ".jpg") for column in sides}
    try:
        width, height = sandbox.run(
            "visits.attachments.parsing.pictures:write_sizes",
            tick=tick,
            **OF_A_PICTURE,
            path=_path(row.original),
            sizes=[[side, _path(names[column])] for column, side in sides.items()],
        )
        content = Path(_path(names["file"])).read_bytes()
    except BaseException:
        let_go(*names.values())
        raise
    values = {**names, "sha256": hashlib.sha256(content).hexdigest()}
    if isinstance(row, Photo):
        return {**values, "width": width, "height": height}
    return {**values, "size": len(content), "name": f"{Path(row.name).stem}.jpg"}


def _as_it_is(row, tick) -> dict[str, str]:
    """The values of a document, which is given a name among the files that are kept and stays as it
    came.
    """
    holds, _media_type = DOCUMENTS[ending_of(row.name)]
    sandbox.run(
        "visits.attachments.parsing.documents:look_into",
        tick=tick,
        **OF_A_DOCUMENT,
        path=_path(row.original),
        holds=holds,
    )
    name = new_name(attachments.FOLDER)
    # Not moved: a worker that is killed now leaves the original to the next.
    shutil.copyfile(_path(row.original), _path(name))
    with Path(_path(name)).open("rb") as file:
        return {"file": name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _path(name) -> str:
    return str(Path(settings.MEDIA_ROOT) / name)


def _keep(row, values) -> bool:
    """Let a row be ready, unless it was taken back meanwhile; returns whether it is.

    Called in the job's last transaction.
    """
    checking = type(row).objects.filter(pk=row.pk, state=row.State.CHECKING)
    kept = checking.update(state=row.State.READY, original="", **values)
    left = (
        (row.original,)
        if kept
        else (row.original, *(values.get(column) for column in ("file", "print_copy", "thumbnail")))
    )
    transaction.on_commit(partial(let_go, *left))
    return bool(kept)


def _refuse(model, pk, refusal, original="") -> None:
    """Let a row be refused and its original go, unless it was taken back meanwhile."""
    checking = model.objects.filter(pk=pk, state=model.State.CHECKING)
    original = original or checking.values_list("original", flat=True).first()
    checking.update(state=model.State.REFUSED, original="", refusal=refusal)
    if original:
        transaction.on_commit(partial(let_go, original))
