"""Where the project stands, and which release it is."""

import tomllib
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]
# The version of the project; a landed change is a release.
RELEASE: str = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"][
    "version"
]
