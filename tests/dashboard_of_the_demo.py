"""The dashboard in a process of its own, to which it is the moment of the demo data."""

from conftest import NOW

from dashboards import freshness
from dashboards.__main__ import main

freshness.now = lambda: NOW
main(prog_name="python -m dashboards")
