"""Puts a `uv` of this project's own into a folder, from PyPI, with whatever this Python offers.

`pip install --target` needs pip; a bare Debian Python may have only `venv`. Usage: get_uv.py FOLDER.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_NEITHER = (
    "找不到 uv,也没有 pip 或 venv 可用来安装它。请先运行:sudo apt-get install python3-venv\n"
    "There is no uv, and neither pip nor venv to install it with. Run: sudo apt-get install python3-venv"
)


def _runs(*command: str) -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _with_pip(python: str, folder: Path) -> None:
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(folder), "uv"], check=True)


def main() -> int:
    """Exit code 0 when `FOLDER/bin/uv` can be run."""
    folder = Path(sys.argv[1])
    if _runs(sys.executable, "-m", "pip", "--version"):
        _with_pip(sys.executable, folder)
        return 0
    with tempfile.TemporaryDirectory() as room:
        if not _runs(sys.executable, "-m", "venv", room):
            shutil.rmtree(folder, ignore_errors=True)
            print(_NEITHER, file=sys.stderr)
            return 1
        _with_pip(f"{room}/bin/python", folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
