"""Lint the SQL: `python -m tests.lint_sql`. dbt compiles on a real server."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ground import servers
from ground.embedded import Cluster
from ground.settings import PROJECT_ROOT, Settings
from operations.transform import configure_warehouse, environment

COMMANDS = (
    ["sql_remote_views", "--templater", "raw"],
    ["dbt_project/models", "dbt_project/tests"],
)

# dbt writes ephemeral models into others with sqlparse, which stops at 10,000 tokens,
# and spaces are tokens.
SQLFLUFF = (
    "from sqlparse.engine import grouping;"
    "grouping.MAX_GROUPING_TOKENS = None;"
    "from sqlfluff.cli.commands import cli;"
    "cli()"
)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lint ") as folder:
        Path(folder).chmod(0o755)  # root's server runs as another user
        cluster = Cluster("warehouse", Path(folder), dies_with_parent=True)
        try:
            server = servers.start(
                cluster,
                servers.WAREHOUSE_DATABASE,
                servers.WAREHOUSE_OWNER,
                servers.DASHBOARD_USER,
            )
            owner = server.owner
            settings = Settings(
                local_db_host=owner["host"],
                local_db_port=owner["port"],
                local_db_name=owner["dbname"],
                local_db_user=owner["user"],
                local_db_password=owner["password"],
                dashboard_db_password=server.reader["password"],
            )
            configure_warehouse(settings)
            variables = environment(settings) | {
                "DBT_TARGET_PATH": f"{folder}/target",
                "DBT_LOG_PATH": f"{folder}/logs",
            }
            results = [
                subprocess.run(
                    [
                        sys.executable,
                        "-c",
                        SQLFLUFF,
                        "lint",
                        *command,
                        "--disable-progress-bar",
                    ],
                    cwd=PROJECT_ROOT,
                    env=os.environ | variables,
                    stdout=subprocess.PIPE,
                    text=True,
                    check=False,
                )
                for command in COMMANDS
            ]
        finally:
            cluster.remove()
    for result in results:
        if result.returncode:
            print(result.stdout)
    return max(result.returncode for result in results)


if __name__ == "__main__":
    sys.exit(main())
