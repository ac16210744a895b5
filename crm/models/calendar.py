"""The working-day calendar: only the days that differ from "Monday to Friday" are rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.text.fields import NameField


class CalendarDay(models.Model):
    """A day whose working state was published: a holiday, or a make-up working day at a weekend."""

    day = models.DateField(_("day"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    name = NameField(_("name"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
