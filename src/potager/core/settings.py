"""What the environment says. Read once; everything else asks here and never `os.environ`."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from potager.core.errors import Problem

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Environment:
    """Paths are absolute. `database` is '' for the embedded SQLite file, else a postgresql:// URL; `warehouse` is ''
    for the embedded DuckDB file, remote: for the process that owns it, else a clickhouse:// or sc:// URL."""

    home: Path
    database: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    warehouse: str = ""

    @property
    def sqlite_file(self) -> Path:
        return self.home / "operations.sqlite3"

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def lake(self) -> Path:
        """All accepted input as monthly Parquet; the warehouse can be rebuilt from it."""
        return self.home / "lake"

    @property
    def console_dist(self) -> Path:
        return _ROOT / "console" / "dist"


@cache
def environment() -> Environment:
    """The settings of this process, from POTAGER_HOME, POTAGER_DATABASE, POTAGER_WAREHOUSE, POTAGER_DEBUG and
    POTAGER_HOSTS."""
    home = Path(os.environ.get("POTAGER_HOME") or _ROOT / "var").resolve()
    hosts = tuple(host for host in os.environ.get("POTAGER_HOSTS", "").split(",") if host)
    return Environment(
        home=home,
        database=os.environ.get("POTAGER_DATABASE", ""),
        debug=os.environ.get("POTAGER_DEBUG", "") == "1",
        allowed_hosts=("127.0.0.1", "localhost", "[::1]", *hosts),
        warehouse=os.environ.get("POTAGER_WAREHOUSE", ""),
    )


def database_settings(env: Environment) -> dict[str, object]:
    """The Django DATABASES entry for this environment.

    Raises Problem for a POTAGER_DATABASE that is not a postgresql:// URL.
    """
    if not env.database:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(env.sqlite_file),
            "OPTIONS": {
                # IMMEDIATE: a transaction that will write takes the lock at once and waits for it,
                # instead of failing half-way when it upgrades from a read lock.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    url = urlsplit(env.database)
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise Problem(
            "settings.database",
            zh="POTAGER_DATABASE 应写成 postgresql://用户@主机:端口/库名",
            en="POTAGER_DATABASE must look like postgresql://user@host:port/name",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or "postgres"),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "127.0.0.1",
        "PORT": str(url.port or 5432),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
