"""The matrix is whole."""

import re
from pathlib import Path

from faults.matrix import ROWS


def test_every_row_has_a_test() -> None:
    files = Path(__file__).parent.glob("test_*.py")
    found = {
        int(number)
        for file in files
        for number in re.findall(r"^@row\((\d+)", file.read_text(), re.M)
    }
    assert found == set(ROWS) == set(range(1, 36))
