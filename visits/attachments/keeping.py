"""An upload becomes a row with its original in quarantine, once, and its check is ordered."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from visits.attachments.storage import hold, let_go
from visits.models.checked import Checked

CheckedT = TypeVar("CheckedT", bound=Checked)


def keep_once(
    model: type[CheckedT],
    upload: UploadedFile,
    *,
    uid: uuid.UUID,
    earlier: CheckedT | None,
    order: Callable[[CheckedT], object],
    **values: Any,
) -> CheckedT:
    """Make the row of an upload, or return the one that the same upload made meanwhile.

    ``earlier`` is the refused row whose place it takes; ``order`` orders the check of a new one,
    whose ``is_new`` is set.
    """
    original = hold(upload)
    try:
        with transaction.atomic():
            if earlier is not None:
                earlier.delete()
            row, row.is_new = model.objects.get_or_create(
                uid=uid, defaults={**values, "original": original}
            )
            if row.is_new:
                order(row)
    except BaseException:
        let_go(original)
        raise
    if not row.is_new:
        let_go(original)
    return row
