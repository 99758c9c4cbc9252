"""dlt's own sql_table with its defaults: VIEW TABLE."""

import os
import sys

import dlt
from dlt.sources.sql_database import sql_table

view, table = sys.argv[1:]
pipeline = dlt.pipeline(
    "benchmark",
    pipelines_dir=os.environ["DATA_DIR"],
    destination=dlt.destinations.postgres(os.environ["WAREHOUSE_URL"]),
    dataset_name="public",
)
source_url = os.environ["SOURCE_URL"].replace("postgresql:", "postgresql+psycopg2:")
pipeline.run(sql_table(source_url, table=view), table_name=table)
