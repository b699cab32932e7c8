"""Nested values of dicts, lists and leaves, and paths into them."""


def split_path(path):
    """The parts of a path: dots part them, a backslash makes the next character a plain one."""
    parts = [""]
    is_escaped = False
    for character in path:
        if is_escaped:
            parts[-1] += character
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == ".":
            parts.append("")
        else:
            parts[-1] += character
    return parts


def flatten(value):
    """A dict from paths to leaves. Empty dicts and lists are leaves."""
    return dict(_leaves(value, []))


def _leaves(value, parts):
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, [*parts, key.replace("\\", "\\\\").replace(".", "\\.")])
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _leaves(inner, [*parts, str(index)])
    else:
        yield ".".join(parts), value


def get(value, path):
    """What stands at a path. Raises KeyError where nothing does."""
    found = value
    for part in split_path(path):
        if isinstance(found, dict) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            raise KeyError(path)
    return found
