"""Wraps plain text."""

import re


def wrap(text, width):
    """The text with lines of at most `width` characters, as one string without a line break at its end."""
    if width < 1:
        raise ValueError("a width of at least 1 is needed")
    paragraphs = [part.split() for part in re.split(r"\n[ \t]*\n\s*", text)]
    return "\n\n".join("\n".join(_lines(words, width)) for words in paragraphs if words)


def _lines(words, width):
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def indent(text, prefix):
    """Puts a prefix before every line that is not empty."""
    return "\n".join(prefix + line if line else line for line in text.split("\n"))
