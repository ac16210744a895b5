"""Attempts to log in."""

from django.db import models

from crm.text.fields import NameField


class LoginTry(models.Model):
    """An attempt to log in that has not succeeded (yet).

    Gone with a success, and when the limits do not look at it any more.

    ``place`` is what is counted together: a network address, or a device that has logged in to this
    account before.
    """

    at = models.DateTimeField()
    number = NameField(max_length=80)  # as it was typed: there may be no such account
    place = models.CharField(max_length=60)
    address = models.CharField(max_length=45, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["number", "at"], name="logintry_number"),
            models.Index(fields=["place", "at"], name="logintry_place"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.number} {self.address}"
