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
