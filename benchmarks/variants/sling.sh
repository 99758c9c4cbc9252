#!/usr/bin/env bash
# sling's own binary, a full refresh: VIEW TABLE [VIEW TABLE ...]
set -euo pipefail
export SOURCE="$SOURCE_URL?sslmode=disable" WAREHOUSE="$WAREHOUSE_URL?sslmode=disable"
export SLING_HOME_DIR="$DATA_DIR" SLING_DISABLE_TELEMETRY=true
while [ $# -gt 0 ]; do
    sling-linux-amd64 run --src-conn SOURCE --src-stream "public.$1" \
        --tgt-conn WAREHOUSE --tgt-object "public.$2" --mode full-refresh
    shift 2
done
