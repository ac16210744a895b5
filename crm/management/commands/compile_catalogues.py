"""Compile the translations: locale/**/*.po → *.mo, without needing gettext on the machine."""

from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args, **options) -> None:
        for folder in settings.LOCALE_PATHS:
            for path in sorted(Path(folder).rglob("*.po")):
                compiled = path.with_suffix(".mo")
                polib.pofile(str(path)).save_as_mofile(str(compiled))
                compiled.chmod(
                    0o644
                    # part of the programme: whoever installs it may be another user than the service's
                )
