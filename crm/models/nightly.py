"""When each work of the night was done last."""

from django.db import models


class NightlyRun(models.Model):
    """One work of the night (crm.jobs.nightly), and the last night that it was done for."""

    name = models.CharField(max_length=60, primary_key=True)
    night = models.DateField(null=True)
    begun_at = models.DateTimeField(null=True)  # empty while nobody is at it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.night}"
