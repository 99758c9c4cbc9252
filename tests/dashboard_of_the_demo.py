"""The dashboard in a process of its own, to which it is the moment of the demo data."""

import runpy

from conftest import NOW

from reporting import freshness

freshness.now = lambda: NOW
# As `python -m dashboards`: Streamlit looks for its settings beside the main module.
runpy.run_module("dashboards", run_name="__main__", alter_sys=True)
