"""The refusals that pages and API have in common: a page shows them as a sentence, the API as
problem details with a status.
"""

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something that may not be done.

    ``sentence`` tells a person what is wrong and what to do; ``status`` is HTTP's.
    """

    status = 400
    code = "refused"
    sentence = _("This cannot be done.")

    def __init__(self, sentence=None, **extra) -> None:
        super().__init__(sentence or self.sentence)
        self.sentence = sentence or self.sentence
        self.extra = extra

    def __str__(self) -> str:
        return str(self.sentence)

    def reasons(self, between: str = "；") -> str:
        """All that is wrong in one sentence: what is told of each field, else the refusal's own."""
        errors = self.extra.get("errors", {})
        told = [str(sentence) for sentences in errors.values() for sentence in sentences]
        return between.join(told) or str(self)


class NotAllowed(Refusal):
    status = 403
    code = "not-allowed"
    sentence = _("Your role does not allow this. Ask your unit's manager if you need it.")


class Missing(Refusal):
    """There is no such row, or it is out of the asker's scope: the answer is the same."""

    status = 404
    code = "not-found"
    sentence = _("There is no such record, or it is not yours to see.")


class Conflict(Refusal):
    """Somebody else was faster, or the same identifier came with other content."""

    status = 409
    code = "conflict"
    sentence = _(
        "This record has just been changed by someone else. Look at it again before you go on."
    )


class IdentityConflict(Conflict):
    code = "identifier-used"
    sentence = _(
        "This form was already sent with other content. Open the record that was saved and change it there."
    )


class StaleEdit(Refusal):
    """An edit of a version that is no longer the newest.

    ``extra["changed"]`` names field → newest value.
    """

    status = 412
    code = "stale-edit"
    sentence = _(
        "Someone else changed this record while you were editing. Compare the differences and save again."
    )


class Invalid(Refusal):
    """Values that cannot be taken; ``extra["errors"]`` names field → sentences."""

    status = 422
    code = "invalid"
    sentence = _("Some values cannot be taken. They are marked below.")
