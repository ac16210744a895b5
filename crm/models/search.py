"""The index behind "find anything by typing": one row an object, its words cut into pairs of
characters.
"""

from django.db import models


class SearchEntry(models.Model):
    """What can be found of one object.

    ``grams`` holds every pair of neighbouring characters of the object's normalised texts, parted
    by spaces (crm.search.index makes and asks them). The engine's own index stands on it: full text
    on SQLite, an inverted array index on PostgreSQL, both made in a migration. ``words`` holds the
    texts themselves, normalised, one a line: what has all pairs of a query may still hold them in
    other places. Which of the found rows may be seen is asked of the noun itself.
    """

    noun = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    grams = models.TextField()
    words = models.TextField(default="")
    # Larger is shown earlier among equals, e.g. the day of a visit.
    rank = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["noun", "object_id"], name="searchentry_object_once")
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.object_id}"
