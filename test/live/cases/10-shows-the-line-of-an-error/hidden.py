import copy
import pickle
import warnings

import tomli


def error(document):
    try:
        tomli.loads(document)
    except tomli.TOMLDecodeError as raised:
        return raised
    raise AssertionError(f"{document!r} was parsed")


def made(doc, pos):
    return tomli.TOMLDecodeError("wrong", doc, pos)


first = error("a = 1\nb = .")
assert (first.line, first.caret) == ("b = .", "b = .\n    ^"), (first.line, first.caret)
assert str(first) == "Invalid value (at line 2, column 5)"
assert made("a\r\nbc\r\nd", 4).line == "bc"
assert made("a\n", 2).line == "" and made("a\n", 2).caret == "\n^"
assert made("a", 1).line == "a" and made("a", 1).caret == "a\n ^"
assert made("", 0).line == ""
tabbed = made("x\n\ta\t= .", 7)
assert tabbed.caret == "\ta\t= .\n\t \t  ^", repr(tabbed.caret)
assert made("ab\ncd", 2).line == "ab"
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    free = tomli.TOMLDecodeError("only this")
for name in ("line", "caret"):
    try:
        getattr(free, name)
    except AttributeError:
        continue
    raise AssertionError(name)
for twin in (copy.copy(first), copy.deepcopy(first)):
    assert str(twin) == str(first) and twin.args == first.args
pickled = pickle.dumps(first)
assert str(pickle.loads(pickled)).startswith(str(first))
