"""Wraps plain text."""


def wrap(text, width):
    """The text with lines of at most `width` characters, as one string without a line break at its end."""
    if width < 1:
        raise ValueError("a width of at least 1 is needed")
    lines = []
    line = ""
    for word in text.split(" "):
        line += word + " "
        if len(line) > width:
            lines.append(line)
            line = ""
    lines.append(line)
    return "\n".join(lines)


def indent(text, prefix):
    """Puts a prefix before every line that is not empty."""
    return "\n".join(prefix + line if line else line for line in text.split("\n"))
