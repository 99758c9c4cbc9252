"""The way of the first AllpFit ETL, read all, truncate, append: VIEW TABLE."""

import json
import os
import sys

import pandas
from sqlalchemy import create_engine, text  # type: ignore[import-not-found]

view, table = sys.argv[1:]
source = create_engine(os.environ["SOURCE_URL"])
warehouse = create_engine(os.environ["WAREHOUSE_URL"])

frame = pandas.read_sql(f"select * from {view}", source)
frame["message_compiled"] = frame["message_compiled"].map(json.dumps)
with warehouse.begin() as connection:
    connection.execute(text(f"truncate {table}"))
frame.to_sql(table, warehouse, if_exists="append", index=False)
