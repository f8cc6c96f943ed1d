"""Makes `.venv` know the sources: `import roulian` works and `.venv/bin/roulian` runs, with nothing to build.

A `.pth` line and a four-line script per command do what an editable install does, without a build backend to download.
"""

import sysconfig
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_COMMANDS = {"roulian": "roulian.cli", "roulian-sandbox": "wechat_sandbox.__main__"}
_COMMAND = """#!{python}
import sys
from {module} import main
sys.exit(main())
"""


def main() -> None:
    """Write the path line and the commands into the environment this Python belongs to."""
    Path(sysconfig.get_path("purelib"), "roulian.pth").write_text(f"{_ROOT / 'src'}\n", encoding="utf-8")
    scripts = Path(sysconfig.get_path("scripts"))
    for name, module in _COMMANDS.items():
        command = scripts / name
        command.write_text(_COMMAND.format(python=scripts / "python", module=module), encoding="utf-8")
        command.chmod(0o755)


if __name__ == "__main__":
    main()
