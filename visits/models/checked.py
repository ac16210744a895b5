"""What somebody uploads and a worker looks at before anybody is shown it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.fields import NameField
from crm.media import MediaPathField
from visits.documents import EXCEEDED, FAILED, why_not


class Checked(models.Model):
    """An upload: ``checking`` until a worker has looked into it, then ``ready`` or ``refused``.

    ``original`` is what was uploaded, in quarantine (visits.kept_files), as long as it is being checked; nobody is ever
    handed it. ``refusal`` says why it is not taken: {"why": a word, …} as visits.documents.why_not takes it.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Not taken")

    name = NameField(_("name"), max_length=120)  # as the sender called it, made harmless
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.CHECKING)
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
    def is_checking(self):
        return self.state == self.State.CHECKING

    @property
    def is_ready(self):
        return self.state == self.State.READY

    @property
    def is_refused(self):
        return self.state == self.State.REFUSED

    @property
    def may_try_again(self):
        """Whether the same file sent again is checked again: what was refused may have been our own fault."""
        return self.is_refused and self.refusal["why"] in {FAILED, EXCEEDED}

    @property
    def why_refused(self):
        """The sentence that tells why it is not taken and what to do; empty for what is not refused."""
        return why_not(self.name, **self.refusal) if self.is_refused else ""
