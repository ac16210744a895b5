"""``manage.py restore FILE``: a backup takes the place of what is here. End the service first."""

from django.core.management.base import BaseCommand, CommandError

from crm.backup import BackupError
from crm.backup.restoring import restore


class Command(BaseCommand):
    help = "Restore a backup: database, files and keys. Everything is checked before anything is touched."
    requires_system_checks = []  # keys that open nothing are a reason to run it

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="the archive")
        parser.add_argument("--keys", help="its file of keys (default: FILE.keys)")
        parser.add_argument(
            "--replace", action="store_true", help="also where there are rows and files already"
        )

    def handle(self, *args, **options) -> None:
        try:
            manifest = restore(
                options["file"],
                keys=options["keys"],
                replace=options["replace"],
                say=self.stdout.write,
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows, files = sum(manifest["counts"].values()), manifest["media"]["files"]
        self.stdout.write(f"Restored as of {manifest['made_at']}: {rows:,} rows, {files:,} files.")
