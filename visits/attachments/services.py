"""Files and photos of problems, or of other targets: kept while a form is open, taken with it, and removed when nobody
takes them.

The request looks at a file's name, size and first bytes alone and reads it in pieces; a worker
looks into it (visits.attachments.work). Pictures are written anew as a visit's photos are;
documents are of a few kinds, known by what is in them, and are only ever handed out to be saved.
"""

import datetime
import uuid
from collections.abc import Callable, Collection

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.calendar import midnight
from crm.errors import Conflict, Invalid
from crm.jobs.queue import order_job
from crm.models import StepBase, User
from crm.models.targets import column_for
from crm.writing.audit import audit
from visits.attachments.documents import harmless_name, require_kind, require_size
from visits.attachments.keeping import keep_once
from visits.attachments.photos import WAITING_DAYS
from visits.attachments.storage import QUARANTINE, digest_of, head_of, let_go, sweep_strays
from visits.models import Attachment, EnterpriseLink, Photo
from visits.models.attachments import TARGETS, waiting

#: The kind of job that checks a file.
CHECK = "check_file"
MOST_AT_ONCE, MOST_FILES = 10, 60  # of one form, of one target
FOLDER = "attachments"


def attachment_keep(
    *,
    form_uid: uuid.UUID,
    upload: UploadedFile,
    by: User | None = None,
    link: EnterpriseLink | None = None,
) -> Attachment:
    """Keep an uploaded file for the form that ``by``, or whoever holds ``link``, is about to send.

    Returns the Attachment.

    The same file for the same form is kept once; a worker checks it next. Invalid with a sentence
    for what is empty, too large, of a kind that is not taken, not what it says it is at sight, or
    one too many.
    """
    name = harmless_name(upload.name)
    require_size(upload, name)
    media_type = require_kind(head_of(upload), name)
    if (who := by or link) is None:
        raise TypeError("an upload is somebody's, or comes through a link")
    sender = f"{'user' if by else 'link'} {who.pk}"
    uid = uuid.uuid5(form_uid, f"{sender} {digest_of(upload)}")
    earlier = Attachment.objects.filter(uid=uid).first()
    if earlier is not None and not earlier.may_try_again:
        return earlier
    _require_room(form_uid, by, link)
    return keep_once(
        Attachment,
        upload,
        uid=uid,
        earlier=earlier,
        order=_order_check,
        owner=by,
        link=link,
        form_uid=form_uid,
        name=name,
        media_type=media_type,
        size=upload.size,
    )


def _order_check(attachment: Attachment) -> None:
    # A job is somebody's. Through the portal there is nobody: it is of who issued the link, and in no
    # list of theirs.
    order_job(
        CHECK,
        by=attachment.owner or (attachment.link and attachment.link.created_by),
        title=_("Checking a file"),
        params={"file": attachment.pk},
    )


def _require_room(form_uid: uuid.UUID, by: User | None, link: EnterpriseLink | None) -> None:
    """Invalid when the form has as many files as one takes, or the link sent as many today as one
    may.
    """
    if (
        files_waiting(form_uid=form_uid, by=by, link=link)
        .exclude(state=Attachment.State.REFUSED)
        .count()
        >= MOST_AT_ONCE
    ):
        raise Invalid(_("At most %(count)d files are taken at once.") % {"count": MOST_AT_ONCE})
    if link is None:
        return
    today = Attachment.objects.filter(
        link=link, created_at__gte=midnight(timezone.localdate())
    ).count()
    if today >= settings.LINK_FILES_A_DAY:
        raise Invalid(
            _(
                "So many files came through this link today that no more are taken. Please call your officer."
            )
        )


def files_waiting(
    *, form_uid: uuid.UUID, by: User | None = None, link: EnterpriseLink | None = None
) -> QuerySet[Attachment]:
    """The files that ``by``, or whoever holds ``link``, has sent for a form that is not taken yet."""
    return Attachment.objects.filter(waiting(), form_uid=form_uid, owner=by, link=link)


def files_for_enterprise() -> QuerySet[Attachment]:
    """The files that enterprises may see, of all targets: what they sent themselves and what was
    chosen for them.
    """
    return Attachment.objects.filter(~waiting(), for_enterprise=True).order_by("pk")


def files_take(
    *,
    form_uid: uuid.UUID,
    target: Model,
    step: Model | None = None,
    by: User | None = None,
    link: EnterpriseLink | None = None,
    shown: Collection[str] = (),
) -> int:
    """Let the files that wait for a form be the target's (a problem's, or of another kind that
    visits.models.attachments.TARGETS knows), with one step of its way or (None) with its report.

    Call in the transaction that takes the form. ``shown`` are the uids (texts) of those that the
    enterprise may see; what came through the portal it may see anyway. Returns how many there
    were.
    """
    files = files_waiting(form_uid=form_uid, by=by, link=link)
    sent = {str(uid): pk for uid, pk in files.values_list("uid", "pk")}
    if not sent:
        return 0
    column = column_for(Attachment, TARGETS, target)
    _require_space(column, target, len(sent))
    taken = Attachment.objects.filter(waiting(), pk__in=sent.values()).update(
        **{column: target, TARGETS[column]: step}, for_enterprise=link is not None
    )
    chosen = [pk for uid, pk in sent.items() if uid in shown]
    if chosen:
        Attachment.objects.filter(pk__in=chosen, **{column: target}).update(for_enterprise=True)
    return taken


def _require_space(column: str, target: Model, more: int) -> None:
    """Invalid where a target would have more files than one takes."""
    if Attachment.objects.filter(**{column: target}).count() + more > MOST_FILES:
        raise Invalid(
            _("A %(noun)s takes at most %(count)d files.")
            % {"noun": target._meta.verbose_name, "count": MOST_FILES}
        )


def enclosing(form_uid: uuid.UUID, shown: Collection[str] = ()) -> Callable[[Model, StepBase], int]:
    """What lets the files of a form come with a step: one of its ``then`` (crm.workflow)."""

    def enclose(target: Model, step: StepBase) -> int:
        return files_take(form_uid=form_uid, target=target, step=step, by=step.by, shown=shown)

    return enclose


def attachment_drop(*, attachment: Attachment, by: User | None = None) -> None:
    """Take back a file of a form that is not taken yet, or one that was refused (``by``: None at
    the portal).
    """
    dropped = Attachment.objects.filter(
        waiting() | Q(state=Attachment.State.REFUSED), pk=attachment.pk
    )
    with transaction.atomic():
        if not dropped.delete()[0]:
            raise Conflict(_("This file has been handed in already and stays where it is."))
        if attachment.target is not None:
            audit("attachment.delete", by=by, target=attachment, file=attachment.name)
    _remove(attachment)


def _remove(row: Attachment) -> None:
    let_go(row.original, row.file, row.thumbnail)


def sweep_attachments() -> int:
    """Remove the files that no form took in time, and those on the disk that no row names since a
    day; returns how many went.
    """
    ended, removed = timezone.now() - datetime.timedelta(days=WAITING_DAYS), 0
    for row in Attachment.objects.filter(waiting(), created_at__lt=ended):
        if Attachment.objects.filter(waiting(), pk=row.pk).delete()[0]:
            _remove(row)
            removed += 1
    return removed + sweep_strays(FOLDER, (Attachment, ("file", "thumbnail")))


def sweep_quarantine() -> int:
    """Remove the originals that are not being checked any more, where a killed process left them.

    Returns how many went.
    """
    return sweep_strays(QUARANTINE, (Photo, ("original",)), (Attachment, ("original",)))
