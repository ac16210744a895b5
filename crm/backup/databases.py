"""The database as of one moment, into a file and out of it again; for each engine its own way.

SQLite: its online backup, in one step, which reads beside writers. PostgreSQL: pg_dump in a
snapshot that is held while the rows are counted, so that what the manifest says is true of the
dump.
"""

import gzip
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from django.apps import apps
from django.db import connection

from crm.backup import BackupError
from crm.db.media import media_columns


@dataclass
class Snapshot:
    """A dump in a file, and what the database held: rows by table, migrations, and the files that
    it names.
    """

    path: Path
    counts: dict = field(default_factory=dict)
    migrations: list = field(default_factory=list)
    named: set = field(default_factory=set)

    def read(self, cursor) -> Self:
        """Take down what a cursor sees.

        A database that is still to be migrated lacks some of the tables and columns.
        """
        there = set(connection.introspection.table_names())
        if "django_migrations" not in there:
            raise BackupError("This database is empty: there is nothing to back up.")
        for table in sorted(_tables() & there):
            cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
            self.counts[table] = cursor.fetchone()[0]
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        self.migrations = [list(row) for row in cursor.fetchall()]
        self._read_named(cursor, there)
        return self

    def _read_named(self, cursor, there: set[str]) -> None:
        """Take down the files that the rows name."""
        for table, column in media_columns():
            if table in there and column in _columns(cursor, table):
                cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" <> \'\'')
                self.named.update(name for (name,) in cursor.fetchall())


def _tables() -> set[str]:
    """The tables of all models, those between two models too."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def _unpacked(path: Path) -> Path:
    """The file beside ``path``, without its ``.gz``, that holds what is packed in it."""
    plain = path.with_suffix("")
    with gzip.open(path) as packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file, 1024 * 1024)
    return plain


def _columns(cursor, table) -> set:
    cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
    return {column[0] for column in cursor.description}


class SQLite:
    """The embedded default."""

    part = "database.sqlite3.gz"

    def snapshot(self, folder) -> Snapshot:
        """A Snapshot below ``folder``, which is as large as the database."""
        path, plain = folder / self.part, folder / "database.sqlite3"
        plain.unlink(missing_ok=True)
        connection.ensure_connection()
        with closing(sqlite3.connect(plain)) as copy:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            snapshot = Snapshot(path).read(copy.cursor())
        with plain.open("rb") as file, gzip.open(path, "wb", compresslevel=1) as packed:
            shutil.copyfileobj(file, packed, 1024 * 1024)
        plain.unlink()
        return snapshot

    def require_room(self) -> None:
        """Nothing but the file itself is needed."""

    def load(self, path) -> None:
        """Let the database be what the dump at ``path`` holds, in one transaction of SQLite's: all
        of it, or as it was.
        """
        plain = _unpacked(path)
        connection.ensure_connection()
        with closing(sqlite3.connect(plain)) as dump:
            try:
                if dump.execute("PRAGMA quick_check").fetchone() != ("ok",):
                    raise BackupError("The database in this backup is damaged.")
                dump.backup(connection.connection)
            except sqlite3.Error as error:
                raise BackupError(
                    f"The database could not be written ({error}): end the service and restore again."
                ) from error
        plain.unlink()


class PostgreSQL:
    """The real service."""

    part = "database.pgdump"

    def snapshot(self, folder) -> Snapshot:
        """A Snapshot below ``folder``."""
        path = folder / self.part
        self.require_tools("pg_dump")
        with _frozen() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            name = cursor.fetchone()[0]
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={name}",
                f"--file={path}",
            )
            return Snapshot(path).read(cursor)

    def require_room(self) -> None:
        """The tools are there, and nobody else works on the database."""
        self.require_tools("pg_restore", "psql")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            others = cursor.fetchone()[0]
        if others:
            raise BackupError(
                f"{others} other connections to this database are open: end the web servers, workers and beat first."
            )

    def load(self, path) -> None:
        """Let the database be what the dump at ``path`` holds, in one transaction: all of it, or as
        it was.
        """
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
        connection.close()
        command, environment = self._command(
            "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", "-"
        )
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=environment, stdin=pipe, stderr=pipe) as psql:
            failed = _replace_tables(psql, names, path)
            said = psql.stderr.read().decode(errors="replace").strip()
        if failed or psql.returncode:
            raise BackupError(f"The database could not be restored and is as it was: {said[-500:]}")

    def require_tools(self, *names) -> None:
        """BackupError where one of PostgreSQL's programmes is missing or older than the server."""
        connection.ensure_connection()
        wanted = connection.pg_version // 10000
        for name in names:
            if shutil.which(name) is None:
                raise BackupError(
                    f"{name} is missing: install PostgreSQL's client, of version {wanted} or newer."
                )
            version = subprocess.run(
                [name, "--version"], capture_output=True, text=True, check=True
            ).stdout
            if int(version.split()[2].split(".")[0]) < wanted:
                raise BackupError(
                    f"{version.strip()} is older than the server, which is {wanted}: install postgresql-client-{wanted}."
                )

    def _command(self, program, *options) -> tuple[list, dict[str, str]]:
        """The command line and the environment (with the password) of one of PostgreSQL's
        programmes.
        """
        arguments, environment = connection.client.settings_to_cmd_args_env(
            connection.settings_dict, list(options)
        )
        return [program, *arguments[1:]], {**os.environ, **(environment or {})}

    def _run(self, program, *options) -> None:
        command, environment = self._command(program, *options)
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise BackupError(f"{program} did not succeed: {done.stderr.strip()[-500:]}")


def _replace_tables(psql: subprocess.Popen, names: list[str], dump: Path) -> int:
    """Put what ``dump`` holds in place of the tables ``names``; not 0 when that did not go well."""
    try:
        if names:
            tables = ", ".join(map(connection.ops.quote_name, names))
            psql.stdin.write(f"DROP TABLE {tables} CASCADE;\n".encode())
            psql.stdin.flush()
        unpack = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump)]
        failed = subprocess.run(unpack, stdout=psql.stdin).returncode
        if failed:  # what came so far is not to be committed
            psql.stdin.write(b"\nSELECT 1/0;\n")
        psql.stdin.close()
    except BrokenPipeError:
        return 1
    return failed


@contextmanager
def _frozen() -> Iterator[Any]:
    """A cursor of a connection of its own, which sees the database as of one moment."""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield cursor
            cursor.execute("ROLLBACK")
    finally:
        own.close()


def engine() -> Any:
    """How the service's database is dumped and loaded."""
    return {"sqlite": SQLite, "postgresql": PostgreSQL}[connection.vendor]()
