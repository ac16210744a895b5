"""``manage.py load_demo_city``: Wenzhou at full size, made up, the same on every machine for the
same day.
"""

import datetime
from dataclasses import replace

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from visits.demo.city import Sizes
from visits.demo.load import city_is_there, load_city

COUNTS = ("officers", "assistants", "enterprises", "projects", "visits")


class Command(BaseCommand):
    help = "Load the demonstration city into a migrated database that has no units and no enterprises yet; otherwise do nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--today",
            type=datetime.date.fromisoformat,
            help="the day the data is relative to (default: today)",
        )
        parser.add_argument(
            "--scale",
            type=float,
            default=1.0,
            help="the city's size as a share of the full one, e.g. 0.02",
        )
        for name in COUNTS:
            parser.add_argument(
                f"--{name}",
                type=int,
                help=f"how many {name} (default: {getattr(Sizes, name):,} × scale)",
            )

    def handle(self, *args, **options) -> None:
        if city_is_there():
            self.stdout.write(
                "This database has an organisation or enterprises already; nothing was loaded."
            )
            return
        sizes = Sizes().scaled(options["scale"]) if options["scale"] != 1 else Sizes()
        sizes = replace(
            sizes, **{name: options[name] for name in COUNTS if options[name] is not None}
        )
        if sizes.enterprises < 50 or sizes.visits < 1:
            raise CommandError(
                "A city has at least 50 enterprises and one visit; please choose larger numbers."
            )
        load_city(sizes, options["today"] or timezone.localdate(), self._say)

    def _say(self, line) -> None:
        self.stdout.write(line)
        self.stdout.flush()
