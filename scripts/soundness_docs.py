"""The part of scripts/soundness that reads the README and the DocC catalog."""

import pathlib
import re

FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
# A block of code that stands in a file of the repository, under a comment that names the file. A line `…` leaves lines out.
SNIPPET = re.compile(r"^<!-- snippet: (\S+) -->\n+```(\w*)\n(.*?)^```$", re.M | re.S)
# A page's code is a whole program, and a test's is not: it may lack imports of its own package, and what makes it a program.
OWN_MODULES = {"Functions"}
# Every block of Swift and Python of a page with this comment has its file.
ALL_SNIPPETS = "<!-- snippets: all -->"
DECLARATION = r"\b(?:struct|class|enum|protocol|actor|typealias|macro|func|var|let|case)\s+`?{}\b"


def findings(tree):
    pages = [n for n in tree.names if n.endswith(".md")]
    # A catalog knows its own articles, and the symbols of its own module.
    articles, sources = {}, {}
    for name in (n for n in pages if ".docc/" in n):
        articles.setdefault(module(name), set()).add(pathlib.PurePath(name).stem)
    for name in pages:
        text = tree.text(name)
        prose = FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
        line = lambda m: prose.count("\n", 0, m.start()) + 1
        if text.count("\n```") % 2 and not text.startswith("```"):
            yield f"{name}: a code block is not closed"
        for match in re.finditer(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", prose):
            target = match.group(1)
            if "://" not in target and not target.startswith("mailto:"):
                if not (tree.root / name).parent.joinpath(target).exists():
                    yield f"{name}:{line(match)}: there is no '{target}'"
        yield from snippets(tree, name, text)
        for match in re.finditer(r"\bscripts/([\w-]+)", text):
            if not (tree.root / match.group()).exists():
                yield f"{name}: there is no '{match.group()}'"
        if ".docc/" not in name:
            continue
        for match in re.finditer(r"<doc:([\w-]+)>", prose):
            if match.group(1) not in articles[module(name)]:
                yield f"{name}:{line(match)}: there is no article '{match.group(1)}'"
        # A symbol link names a type of the catalog's module, or a member of one.
        ours = module(name)
        for match in re.finditer(r"``([A-Za-z_]\w*)(?:/([A-Za-z_]\w*))?[^`]*``", prose):
            if ours not in sources:
                sources[ours] = "\n".join(tree.code(n) for n in tree.swift(f"Sources/{ours}/"))
            for symbol in filter(None, match.groups()):
                known = symbol in (ours, "init") or re.search(DECLARATION.format(symbol), sources[ours])
                if not known:
                    yield f"{name}:{line(match)}: nothing in {ours} is called '{symbol}'"
    for name in (n for n in pages if ".docc/" in n):
        if not tree.text(name).startswith("# "):
            yield f"{name}: an article begins with its title"


def module(name):
    """The module of a catalog's file, such as Warren for Sources/Warren/Warren.docc/Errors.md."""
    return name.split("/")[1]


def snippets(tree, name, text):
    """Code that a page shows as that of a file stands in the file, whatever its indentation."""
    shown = set()
    for match in SNIPPET.finditer(text):
        path, line = match.group(1), text.count("\n", 0, match.start()) + 1
        shown.add(match.start(3))
        if not (tree.root / path).is_file():
            yield f"{name}:{line}: there is no '{path}'"
            continue
        source = lines(tree.text(path))
        parts = [[]]
        for one in lines(match.group(3)):
            imported = one.removeprefix("import ")
            if one == "…":
                parts.append([])
            elif imported != one and match.group(2) == "swift":
                if imported not in OWN_MODULES and not any(re.fullmatch(rf"(\w+ )?import {imported}", s) for s in source):
                    yield f"{name}:{line}: '{path}' does not import {imported}"
            elif one != "@main":
                parts[-1].append(one)
        start = 0
        for part in filter(None, parts):
            found = next((i for i in range(start, len(source)) if source[i:i + len(part)] == part), None)
            if found is None:
                yield f"{name}:{line}: '{path}' does not have the lines from '{part[0]}' to '{part[-1]}'"
                break
            start = found + len(part)
    if ALL_SNIPPETS in text:
        for match in re.finditer(r"^```(?:swift|python)\n", text, re.M):
            if match.end() not in shown:
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{line}: this code names no file; put a comment 'snippet: PATH' before it"


def lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]
