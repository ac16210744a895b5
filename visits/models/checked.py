"""What somebody uploads and a worker looks at before anybody is shown it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.db.media import MediaPathField
from crm.text.fields import NameField

#: Why a file is refused that nobody could check, and one whose check met its bounds.
FAILED, EXCEEDED = "failed", "exceeded"


class Checked(models.Model):
    """An upload: ``checking`` until a worker has looked into it, then ``ready`` or ``refused``.

    ``original`` is what was uploaded, in quarantine (visits.attachments.storage), as long as it is
    being checked; nobody is ever handed it. ``refusal`` says why it is not taken: {"why": a word,
    …} as why_not takes it.
    """

    class State(models.TextChoices):
        CHECKING = "checking", gettext_lazy("Being checked")
        READY = "ready", gettext_lazy("Ready")
        REFUSED = "refused", gettext_lazy("Not taken")

    name = NameField(gettext_lazy("name"), max_length=120)  # as the sender called it, made harmless
    state = models.CharField(
        gettext_lazy("state"), max_length=8, choices=State.choices, default=State.CHECKING
    )
    original = MediaPathField(max_length=100, blank=True, default="")
    refusal = models.JSONField(blank=True, default=dict)
    file = MediaPathField(max_length=100, blank=True, default="")
    thumbnail = MediaPathField(max_length=100, blank=True, default="")  # of a picture
    sha256 = models.CharField(max_length=64, blank=True, default="")  # of what is kept

    #: Whether it was written just now, and not found as one that had been sent before.
    is_new = False

    class Meta:
        abstract = True

    @property
    def is_checking(self) -> Any:
        return self.state == self.State.CHECKING

    @property
    def is_ready(self) -> Any:
        return self.state == self.State.READY

    @property
    def is_refused(self) -> Any:
        return self.state == self.State.REFUSED

    @property
    def may_try_again(self) -> Any:
        """Whether the same file sent again is checked again: what was refused may have been our own
        fault.
        """
        return self.is_refused and self.refusal["why"] in {FAILED, EXCEEDED}

    @property
    def why_refused(self) -> str:
        """The sentence that tells why it is not taken and what to do.

        Empty for what is not refused.
        """
        return why_not(self.name, **self.refusal) if self.is_refused else ""


def why_not(name, why, count=0) -> str:
    """The sentence that says why the file ``name`` is not taken.

    ``count`` are the megapixels of a picture.
    """
    sentences = {
        "large": _("“%(name)s” is larger than 20 MB."),
        "empty": _("“%(name)s” is empty."),
        "kind": _(
            "“%(name)s” is of a kind that is not taken. Pictures, PDF, OFD, Word, Excel, WPS, text and CSV are."
        ),
        "picture": _("“%(name)s” is not a picture that can be read. Use JPEG, PNG or WebP."),
        "pixels": _("“%(name)s” has %(count)d megapixels; at most 64 are taken. Make it smaller."),
        "cut": _(
            "“%(name)s” is incomplete: its end is missing. Choose the original again, or take the picture anew."
        ),
        "other": _(
            "“%(name)s” is not what its ending says. Open it, save it anew and choose it again."
        ),
        "macros": _("“%(name)s” holds macros. Save it without them and choose it again."),
        "unpacks": _("“%(name)s” unpacks to more than 150 MB, which no document does."),
        EXCEEDED: _(
            "“%(name)s” could not be read within the memory and time that are given. Make it smaller and choose it again."
        ),
        FAILED: _(
            "“%(name)s” could not be checked. Choose it again; if that fails too, tell the administrator."
        ),
    }
    return sentences[why] % {"name": name, "count": count}
