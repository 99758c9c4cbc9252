"""Where the project stands, which release it is, and what its YAML says."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROJECT_ROOT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# The version of the project; a landed change is a release.
RELEASE: str = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"][
    "version"
]


@cache
def read_yaml(file: Path) -> Any:
    """Read a YAML file of the project, once. Raises yaml.YAMLError."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
