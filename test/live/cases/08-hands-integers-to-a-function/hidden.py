import io
from decimal import Decimal
from pathlib import Path

import tomli

assert tomli.loads("a = 42", parse_int=str) == {"a": "42"}
assert tomli.loads("a = 1_000", parse_int=str) == {"a": "1000"}
bases = tomli.loads("a = 0xFF\nb = 0o17\nc = 0b1_01", parse_int=str)
assert bases == {"a": "255", "b": "15", "c": "5"}
signs = tomli.loads("a = +7\nb = -7\nc = -0\nd = +0\ne = 0", parse_int=str)
assert signs == {"a": "7", "b": "-7", "c": "0", "d": "0", "e": "0"}
nested = tomli.loads("a = [1, {b = 2}, 3.5]\n[t]\nx = 4", parse_int=str, parse_float=Decimal)
assert nested == {"a": ["1", {"b": "2"}, Decimal("3.5")], "t": {"x": "4"}}
dated = tomli.loads("d = 1979-05-27T07:32:00Z\nt = 07:32:00\nf = 1e3\ni = inf", parse_int=str)
assert dated["d"].year == 1979 and dated["t"].hour == 7 and dated["f"] == 1000.0
long = tomli.load(io.BytesIO(b"a = 123456789012345678901234567890"), parse_int=str)
assert long == {"a": "123456789012345678901234567890"}
for wrong in (lambda text: {}, lambda text: []):
    for document in ("a = 1", "a = 0x1"):
        try:
            tomli.loads(document, parse_int=wrong)
        except ValueError as error:
            assert str(error) == "parse_int must not return dicts or lists", error
        else:
            raise AssertionError("nothing was raised")
assert tomli.loads("a = 0xFF\nb = -1_0") == {"a": 255, "b": -10}
assert type(tomli.loads("a = 1")["a"]) is int
assert "parse_int" in Path("README.md").read_text()
changes = Path("CHANGELOG.md").read_text()
assert "## Unreleased" in changes and "parse_int" in changes
