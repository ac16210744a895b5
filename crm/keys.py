"""Secrets of this installation: from the environment, or made once and kept in a private file."""

import os
import secrets
import time


def kept_key(variable, path):
    """The secret in environment ``variable``, else the one in ``path``, which is made (mode 0600) when it is missing.

    The file is created under its final name with O_EXCL, so that of two processes started together one writes and
    the other reads what was written.
    """
    if os.environ.get(variable):
        return os.environ[variable]
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip() or _late_key(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text().strip()


def _late_key(path):
    """The key of a file that another process has created but not yet written; an error after two seconds."""
    for _attempt in range(20):
        time.sleep(0.1)
        if key := path.read_text().strip():
            return key
    raise RuntimeError(f"{path} is empty: delete it to have a new key made, or put the old key back.")
