"""``manage.py backup TARGET``: database, files and keys, as of one moment, while everybody goes on
working.
"""

from django.core.management.base import BaseCommand, CommandError

from crm.backup import BackupError
from crm.backup.making import backup, keys_path


class Command(BaseCommand):
    help = "Make a backup: one archive of the database and all files, and beside it, in a file of its own, the keys."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "target", help="a folder, or the archive's name; nothing is overwritten"
        )
        parser.add_argument(
            "--without-keys", action="store_true", help="for those who keep the keys elsewhere"
        )

    def handle(self, *args, **options) -> None:
        try:
            path, manifest = backup(options["target"], keys=not options["without_keys"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{path}: {sum(manifest['counts'].values()):,} rows, {path.stat().st_size / 1e6:,.1f} MB."
        )
        if not options["without_keys"]:
            self.stdout.write(
                f"{keys_path(path)}: the keys. Keep them in another place than the archive: whoever has both reads all."
            )
        for name in manifest["not_there"]:
            self.stderr.write(f"The database names a file that is not there: {name}")
