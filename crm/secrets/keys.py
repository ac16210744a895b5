"""Secrets of this installation: from the environment, or made once and kept in a private file.

A service with an https address takes them from the environment alone: a file made silently on one
host is another on the next, and lost with it.
"""

import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SHORTEST, FEWEST_SIGNS = 32, 10
PLACEHOLDERS = ("change", "example", "insecure", "password", "placeholder", "secret")
RECIPE = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


def require_secrets(environment, kept) -> None:
    """End this process with one sentence unless ``environment`` holds both secrets of a real
    service, and good ones.

    ``kept`` is variable → the file in which an earlier start may have made one: what was written
    under it is read with it.
    """
    if wrong := _faults(environment, kept):
        sys.exit(
            f"✗ A service with an https address (CRM_PUBLIC_BASE_URL) does not start: {'; '.join(wrong)}. {_advice(kept)}."
        )


def _faults(environment: Mapping[str, str], kept: Mapping[str, Path]) -> list[str]:
    """What is wrong with the secrets in ``environment``."""
    wrong = [f"{name} {fault}" for name in kept if (fault := _fault(environment.get(name, "")))]
    if not wrong and len({environment[name].strip() for name in kept}) < len(kept):
        wrong = [f"{' and '.join(kept)} are the same"]
    if environment.get("CRM_DEBUG") == "1":
        wrong.append("CRM_DEBUG is on")
    return wrong


def _advice(kept: Mapping[str, Path]) -> str:
    earlier = [
        f"{path} holds the {name} in use until now" for name, path in kept.items() if path.exists()
    ]
    if earlier:
        return f"Take over what is in use: {'; '.join(earlier)}"
    return f"Make each value with: {RECIPE}"


def _fault(value) -> str:
    """What is wrong with a secret; "" when it is good.

    Of several keys parted by commas the first, which writes, is judged.
    """
    first = value.split(",")[0].strip()
    if not first:
        return "is not set"
    if len(first) < SHORTEST or len(set(first)) < FEWEST_SIGNS:
        return f"is too weak (at least {SHORTEST} characters at random)"
    if any(word in first.lower() for word in PLACEHOLDERS):
        return "is a placeholder"
    return ""


def kept_key(variable, path) -> Any:
    """The secret in environment ``variable``, else the one in ``path``, which is made (mode 0600)
    when it is missing.

    The file is created under its final name with O_EXCL, so that of two processes started together
    one writes and the other reads what was written.
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


def _late_key(path) -> Any:
    """The key of a file that another process has created but not yet written.

    An error after two seconds.
    """
    for _attempt in range(20):
        time.sleep(0.1)
        if key := path.read_text().strip():
            return key
    raise RuntimeError(
        f"{path} is empty: delete it to have a new key made, or put the old key back."
    )
