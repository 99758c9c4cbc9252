"""The benchmark measures what it says, and judges its targets rightly."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import report, results
from benchmarks.load import benchmark
from benchmarks.measure import Cost, RunError, measure
from benchmarks.results import Result, Run, Size, Start
from benchmarks.targets import targets
from benchmarks.variants import VARIANTS
