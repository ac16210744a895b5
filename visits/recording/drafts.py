"""Keeping what is being typed."""

import json

from django.utils.translation import gettext as _

from crm.errors import Invalid
from visits.models import Visit, VisitDraft
from visits.models.visits import NOTES_LIMIT, TOO_LONG

#: Largest draft that is kept, in bytes as it is stored (a Chinese character takes six).
LONGEST_DRAFT = 200_000


def draft_keep(*, uid, enterprise, fields, by) -> bool:
    """Keep a visit form's fields (name → list of texts) as ``by``'s draft for an enterprise.

    True when it was kept.

    False when the visit was recorded meanwhile: then nothing is left to be kept.
    """
    if len(json.dumps(fields)) > LONGEST_DRAFT:
        notes = len("".join(fields.get("notes", ())))
        if notes > NOTES_LIMIT:
            raise Invalid(TOO_LONG % {"limit_value": NOTES_LIMIT, "show_value": notes})
        raise Invalid(_("This is too long to be kept as a draft. Shorten the notes."))
    if (
        Visit.objects.filter(uid=uid).exists()
        or VisitDraft.objects.filter(uid=uid).exclude(owner=by).exists()
    ):
        return False
    VisitDraft.objects.update_or_create(
        uid=uid, owner=by, defaults={"enterprise": enterprise, "fields": fields}
    )
    return True
