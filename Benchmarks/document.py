"""Writes tables and pictures into a document in Markdown, between marks: `<!-- NAME -->` and `<!-- end of NAME -->`."""


def take_document(arguments):
    """Removes `--write FILE` from the arguments; returns the file, or None without it."""
    if "--write" not in arguments:
        return None
    index = arguments.index("--write")
    document = arguments[index + 1]
    del arguments[index : index + 2]
    return document


def write_between(document, name, text):
    """Replaces what is between the marks `name`; fails if the document doesn't have them."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    with open(document) as file:
        old = file.read()
    if begin not in old or end not in old:
        raise SystemExit(f"{document} has no place for {name}: {begin} … {end}")
    head, _, rest = old.partition(begin)
    with open(document, "w") as file:
        file.write(f"{head}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")


def table(titles, rows):
    """A table in Markdown; the first column is text, the others are numbers."""
    marks = ["---"] + ["---:"] * (len(titles) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in [titles, marks, *rows])
