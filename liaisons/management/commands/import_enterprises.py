"""Import a spreadsheet of enterprises: read, compare, and write it, whole or not at all."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.errors import Refusal
from crm.models import Unit, User
from liaisons.imports.committing import import_commit
from liaisons.imports.services import import_read, import_upload
from liaisons.models import ImportBatch, ImportRow

SHOWN = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--unit", help="code of the unit that answers for enterprises whose row names none"
        )
        parser.add_argument(
            "--by", help="police number of the person who imports; without it the system does"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be done, and write nothing"
        )

    def handle(self, *args, file, unit, by, dry_run, **options) -> None:
        if not file.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": file})
        try:
            batch = self.previewed(file, unit, by)
            self.report(batch)
            if not dry_run:
                import_commit(batch=batch, by=batch.created_by)
                self.stdout.write(_("Imported as %(uid)s.") % {"uid": batch.uid})
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def previewed(self, file: Path, unit: str, by: str) -> ImportBatch:
        """The batch of a file, read and previewed; CommandError where no column was recognised."""
        batch = import_upload(
            name=file.name,
            content=[file.read_bytes()],
            by=self.one(User, police_number=by),
            unit=self.one(Unit, code=unit),
        )
        import_read(batch=batch, by=batch.created_by)
        if not batch.columns:
            raise CommandError(
                _("No column was recognised. Say which column holds the name or the credit code.")
            )
        return batch

    def one(self, model, **lookup) -> Any:
        """The row that an option names, None without the option."""
        if None in lookup.values():
            return None
        row = model.objects.filter(**lookup).first()
        if row is None:
            raise CommandError(
                _("There is no %(kind)s: %(key)s")
                % {"kind": model._meta.verbose_name, "key": ", ".join(lookup.values())}
            )
        return row

    def report(self, batch) -> None:
        for outcome in ImportRow.Outcome:
            if count := batch.counts.get(outcome):
                self.stdout.write(f"{count:>7} {outcome.label}")
        for row in batch.rows.filter(outcome=ImportRow.Outcome.REFUSED).order_by("number")[:SHOWN]:
            self.stdout.write(f"  {row.cell}: {row.reason}")
