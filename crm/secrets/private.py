"""What the service keeps on disk (database, files, keys, mail) is for its own user alone."""

import contextlib
import os
import stat

#: Whatever group and others might do.
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private(folder) -> None:
    """Make ``folder`` if it is missing, and mend what others may read in it.

    From here on this process makes nothing that they may.

    A folder that is open to others has not been mended yet: all that lies in it is looked through,
    once, and the folder itself is shut last. Else only what lies directly in it is looked at.
    """
    os.umask(OTHERS)
    folder.mkdir(parents=True, exist_ok=True)
    if is_open(folder):
        for path, folders, files in os.walk(folder):
            for name in (*folders, *files):
                _shut(os.path.join(path, name))
    else:
        for entry in os.scandir(folder):
            _shut(entry.path)
    _shut(folder)


def is_open(path) -> bool:
    """Whether anybody but its owner may do anything with ``path``.

    What is not there is not open.
    """
    try:
        return bool(os.stat(path).st_mode & OTHERS)
    except FileNotFoundError:
        return False


def _shut(path) -> None:
    """Take away what others may do.

    What belongs to another user, or is gone meanwhile, stays as it is (crm.checks tells).
    """
    with contextlib.suppress(FileNotFoundError, PermissionError):
        mode = os.stat(path).st_mode
        if mode & OTHERS:
            os.chmod(path, stat.S_IMODE(mode) & ~OTHERS)
