"""How often something was done in a span of time, counted here while there is no cache to count in
(crm.backing.rates).
"""

from django.db import models


class RateCount(models.Model):
    """One counter of one span.

    ``ends_at`` is when it counts for nothing any more and may be deleted.
    """

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key} {self.count}"
