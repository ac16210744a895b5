"""``manage.py check_keys``: whether the service may start with the keys that are here.

Cheap; ``check --database default`` reads all.
"""

from django.core.management.base import BaseCommand, CommandError

from crm.secrets.readable import refusal_to_start


class Command(BaseCommand):
    help = "End with a sentence if the personal data in the database cannot be read with the present keys."
    requires_system_checks = []  # keys that open nothing are a reason to run it

    def handle(self, *args, **options) -> None:
        if refusal := refusal_to_start():
            raise CommandError(refusal)
