"""Import a spreadsheet of problems: read, compare, and write it, whole or not at all."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crm.errors import Refusal
from crm.models import User
from visits.imports.services import problems_commit, problems_read, problems_upload
from visits.models import ProblemImportRow

SHOWN = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--by",
            required=True,
            help="police number of the person who imports: a manager with a unit",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would be done, and write nothing"
        )

    def handle(self, *args, file, by, dry_run, **options) -> None:
        if not file.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": file})
        person = User.objects.filter(police_number=by).first()
        if person is None:
            raise CommandError(
                _("There is no %(kind)s: %(key)s") % {"kind": User._meta.verbose_name, "key": by}
            )
        try:
            batch = problems_upload(name=file.name, content=[file.read_bytes()], by=person)
            problems_read(batch=batch, by=person)
            self.tell(batch)
            if not dry_run:
                problems_commit(batch=batch, by=person)
                self.stdout.write(_("Imported as %(uid)s.") % {"uid": batch.uid})
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def tell(self, batch) -> None:
        for outcome in ProblemImportRow.Outcome:
            if count := batch.counts.get(outcome):
                self.stdout.write(f"{count:>7} {outcome.label}")
        for row in batch.rows.filter(outcome=ProblemImportRow.Outcome.REFUSED).order_by("number")[
            :SHOWN
        ]:
            self.stdout.write(f"  {row.cell}: {row.reason}")
