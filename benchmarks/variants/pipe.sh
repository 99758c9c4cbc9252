#!/usr/bin/env bash
# The least that moving the rows can cost: VIEW TABLE [VIEW TABLE ...]
set -euo pipefail
while [ $# -gt 0 ]; do
    PGPASSWORD=$SOURCE_DB_PASSWORD psql -X -q -h "$SOURCE_DB_HOST" -p "$SOURCE_DB_PORT" \
        -U "$SOURCE_DB_USER" -d "$SOURCE_DB_NAME" -c "copy (select * from $1) to stdout" |
        PGPASSWORD=$LOCAL_DB_PASSWORD psql -X -q -v ON_ERROR_STOP=1 -h "$LOCAL_DB_HOST" \
            -p "$LOCAL_DB_PORT" -U "$LOCAL_DB_USER" -d "$LOCAL_DB_NAME" \
            -c "copy $2 from stdin"
    shift 2
done
