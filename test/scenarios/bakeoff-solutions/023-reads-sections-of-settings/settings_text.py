"""Reads settings as text: `name = value`, one a line, in sections."""


def parse(text):
    """All settings as a dict of dicts, by section; "" is what stands before the first one."""
    sections = {"": {}}
    section = sections[""]
    last = None
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or line[0] in "#;":
            continue
        if line[0].isspace():
            if last is None:
                raise ValueError(f"line {number} goes on with nothing")
            section[last] += "\n" + stripped
        elif stripped.startswith("[") and stripped.endswith("]"):
            section = sections.setdefault(stripped[1:-1].strip(), {})
            last = None
        else:
            name, separator, value = line.partition("=")
            if not separator:
                raise ValueError(f"line {number} is no setting: {stripped}")
            last = name.strip()
            section[last] = value.strip()
    return sections
