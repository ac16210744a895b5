"""What the addresses of the database and the broker (URLs) mean in Django's and Celery's settings."""

from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: A server that vanished without a word is given up after so many seconds (and milliseconds), not
#: after hours.
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30000,
}
#: Django's defaults let two writers that both read first fail at once; see docs/architecture.md.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
    " PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;",
}


def database(url) -> dict[str, Any]:
    """Django's settings for ``postgres://…``, or ``sqlite:///path`` (the embedded default)."""
    parts = urlsplit(url)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(parts)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.removeprefix("sqlite:///")),
            "CONN_MAX_AGE": None,
            "OPTIONS": dict(SQLITE_OPTIONS),
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL must begin with postgres:// or sqlite:///, not {parts.scheme!r}."
    )


def _postgres(parts: SplitResult) -> dict[str, Any]:
    """The settings for an address of PostgreSQL."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(POSTGRES_OPTIONS),
    }


def caches(broker_url) -> dict[str, dict[str, str]]:
    """Django's settings for the cache: the Redis that is the broker, else one in the memory of each
    process.
    """
    if broker_url.startswith("redis"):
        return {"default": {"BACKEND": "crm.backing.cache.SoftRedisCache", "LOCATION": broker_url}}
    return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def broker_options(broker_url, folder) -> dict[str, Any]:
    """Celery's options for the broker; that of files has its folders below ``folder``."""
    if broker_url.startswith("filesystem"):
        return {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
            "processed_folder": str(folder / "processed"),
            "store_processed": False,
            "polling_interval": 0.2,
        }
    if broker_url.startswith("redis"):
        # By default an order waits six seconds for a broker that refuses, and without end for one
        # that is silent.
        return {"socket_connect_timeout": 1, "socket_timeout": 3, "max_retries": 0}
    return {}
