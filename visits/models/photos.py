"""The photos of visits."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.db.media import MediaPathField
from crm.db.querysets import ScopedManager
from crm.models import Role
from crm.text.fields import NameField
from visits.models.checked import Checked
from visits.models.visits import Visit


class Photo(Checked):
    """A photo of a visit: decoded, capped, re-encoded without metadata, under a random name
    (visits.attachments).

    It is uploaded while the form is still open: until the visit is recorded it belongs to
    ``visit_uid`` and its owner.
    """

    uid = models.UUIDField(unique=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    visit_uid = models.UUIDField(db_index=True)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, related_name="photos")
    name = NameField(_("name"), max_length=120, blank=True, default="")  # not kept of older ones
    # As large as a summary prints it.
    print_copy = MediaPathField(max_length=100, blank=True, default="")
    width = models.PositiveIntegerField(default=0)  # pixels, once it is ready
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedManager()
    roles_for = {"view": Role.BUSINESS, "create": Role.BUSINESS, "change": Role.BUSINESS}
    personal = True

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.uid)

    @classmethod
    def scope_q(cls, scope, action="view") -> Q:
        """One's own uploads, and the photos of the visits one may see."""
        visits = Visit.objects.filter(Visit.scope_q(scope, action)).values("pk")
        return Q(owner__in=scope.own, visit__isnull=True) | Q(visit__in=visits)
