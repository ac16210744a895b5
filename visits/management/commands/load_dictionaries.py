"""Everything that a real city needs before its first day, and no made-up data: ``manage.py load_dictionaries``."""

from django.core.management.base import BaseCommand
from django.db import transaction

from crm import seeds as national
from visits import seeds as words

#: What is loaded, in this order; the names are the nouns' own.
STEPS = (
    ("divisions", national.seed_divisions),
    ("industries", national.seed_industries),
    ("calendar days", national.seed_calendar),
    ("topics", words.seed_topics),
    ("services", words.seed_services),
    ("problem categories", words.seed_categories),
)


def load_dictionaries(report=lambda name, count: None):
    """Fill the code tables and dictionaries; ``report(name, count)`` is called after each. May be run again."""
    with transaction.atomic():
        for name, seed in STEPS:
            report(name, seed())


class Command(BaseCommand):
    help = "Load the national code tables and the dictionaries (may be run again; never overwrites edited words)."

    def handle(self, *args, **options):
        load_dictionaries(lambda name, count: self.stdout.write(f"{count:>7,}  {name}"))
