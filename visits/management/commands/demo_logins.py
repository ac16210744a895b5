"""``manage.py demo_logins``: as whom one may look at the demonstration."""

import unicodedata
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from crm.models import Role, User
from visits.demo.logins import DEMO_NUMBERS, PASSWORD

HEADINGS = ("账号 Account", "密码 Password", "角色 Role", "姓名 Name", "单位 Unit")


class Command(BaseCommand):
    help = "Print the accounts of the demonstration city and their common password, in Chinese and English."

    def handle(self, *args, **options) -> None:
        people = {
            user.police_number: user
            for user in User.objects.filter(police_number__in=DEMO_NUMBERS).select_related("unit")
        }
        if not people:
            self.stdout.write("There is no demonstration city in this database.")
            return
        users = [people[number] for number in DEMO_NUMBERS if number in people]
        rows = [
            (user.police_number, PASSWORD, _both(user.role), user.name, user.unit.name)
            for user in users
        ]
        widths = [max(map(_width, column)) for column in zip(HEADINGS, *rows, strict=True)]
        for row in (HEADINGS, *rows):
            cells = (
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            )
            self.stdout.write("  " + "  ".join(cells).rstrip())


def _both(role) -> Any:
    """A role's name in Chinese and in English."""
    names = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            names.append(str(Role(role).label))
    return " ".join(names)


def _width(text) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
