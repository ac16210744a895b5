"""Backup and restore: database, files and keys, safe beside writers (docs/operations.md).

A backup is two files. The archive (a tar) holds the database as of one moment, every file that it
names, and a manifest with the hash of each part. The keys lie in a file of their own beside it, so
that whoever gets hold of one of the two reads no personal data: keep them in two places. A restore
takes both and touches nothing before all has been checked.
"""


class BackupError(Exception):
    """Why a backup or a restore was not made; its sentence says what to do.

    What was there is as it was.
    """
