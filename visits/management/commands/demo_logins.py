"""``manage.py demo_logins``: as whom one may look at the demonstration."""

from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from crm.models import Role, User
from visits.demo.logins import DEMO_NUMBERS, PASSWORD


class Command(BaseCommand):
    help = "Print the accounts of the demonstration city and their common password, in Chinese and English."

    def handle(self, *args, **options):
        people = {user.police_number: user for user in User.objects.filter(police_number__in=DEMO_NUMBERS).select_related("unit")}
        if not people:
            self.stdout.write(_("There is no demonstration city in this database."))
            return
        for number in DEMO_NUMBERS:
            if (user := people.get(number)) is not None:
                self.stdout.write(f"  {number}  {PASSWORD}  {_both(user.role)}  {user.name}  {user.unit.name}")


def _both(role):
    """A role's name in Chinese and in English: 民警 / Liaison officer."""
    names = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            names.append(str(Role(role).label))
    return f"{names[0]} / {names[1]}"
