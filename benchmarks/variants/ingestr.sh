#!/usr/bin/env bash
# ingestr with its defaults (replace): VIEW TABLE [VIEW TABLE ...]
set -euo pipefail
export SOURCE_URI="$SOURCE_URL?sslmode=disable"
export DESTINATION_URI="$WAREHOUSE_URL?sslmode=disable"
export DISABLE_TELEMETRY=true INGESTR_DISABLE_TELEMETRY=true
while [ $# -gt 0 ]; do
    ingestr ingest --yes --progress log --pipelines-dir "$DATA_DIR" \
        --source-table "public.$1" --dest-table "public.$2"
    shift 2
done
