import io
from pathlib import Path

import tomli


def refused(document, depth, place):
    try:
        tomli.loads(document, max_depth=depth)
    except tomli.TOMLDecodeError as error:
        expected = f"Document is nested deeper than {depth} (at {place})"
        assert str(error) == expected, f"{document[:40]!r}: {error} != {expected}"
    else:
        raise AssertionError(f"{document[:40]!r} was parsed")


def allowed(document, depth):
    assert tomli.loads(document, max_depth=depth) == tomli.loads(document), document


refused("x = [[1]]", 2, "line 1, column 6")
allowed("x = [[1]]", 3)
refused("a = 1\n  [b.c]", 2, "line 2, column 3")
allowed("[b.c]", 3)
refused("x = [1]", 1, "line 1, column 5")
refused("x = { y = 1 }", 1, "line 1, column 5")
refused("x = { y = [1] }", 2, "line 1, column 11")
refused("[t]\n", 1, "line 1, column 1")
refused("a.b = 1", 1, "line 1, column 1")
refused("[a]\n b.c.d = 1", 3, "line 2, column 2")
allowed("[a]\nb.c = 1", 3)
refused("[[a]]", 2, "line 1, column 1")
allowed("[[a]]\nx = 1\n[[a]]", 3)
refused("[[a]]\n[a.b]", 3, "line 2, column 1")
allowed("a = 1\nb = 'x'\nc = 1979-05-27", 1)
refused("x = " + "[" * 5000, 50, "line 1, column 54")
for wrong in (0, -1, 1.5, "2", True, False):
    try:
        tomli.loads("a = 1", max_depth=wrong)
    except ValueError as error:
        assert str(error) == "max_depth must be an integer of at least 1", error
    else:
        raise AssertionError(f"{wrong!r} was taken")
assert tomli.load(io.BytesIO(b"x = [1]"), max_depth=2) == {"x": [1]}
assert "max_depth" in Path("README.md").read_text()
changes = Path("CHANGELOG.md").read_text()
assert "## Unreleased" in changes and "max_depth" in changes
