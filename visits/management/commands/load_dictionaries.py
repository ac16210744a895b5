"""Everything that a real city needs before its first day, and no made-up data: ``manage.py
load_dictionaries``.
"""

from django.core.management.base import BaseCommand

from visits.dictionaries.seeds import load_dictionaries


class Command(BaseCommand):
    help = "Load the national code tables and the dictionaries (may be run again; never overwrites edited words)."

    def handle(self, *args, **options) -> None:
        load_dictionaries(lambda name, count: self.stdout.write(f"{count:>7,}  {name}"))
