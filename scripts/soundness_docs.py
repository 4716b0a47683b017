"""The part of scripts/soundness that reads the README and the DocC catalog."""

import pathlib
import re

FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
DECLARATION = r"\b(?:struct|class|enum|protocol|actor|typealias|macro|func|var|let|case)\s+`?{}\b"


def findings(tree):
    pages = [n for n in tree.names if n.endswith(".md")]
    articles = {pathlib.PurePath(n).stem for n in pages if ".docc/" in n}
    sources = None
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
        for match in re.finditer(r"\bscripts/([\w-]+)", text):
            if not (tree.root / match.group()).exists():
                yield f"{name}: there is no '{match.group()}'"
        if ".docc/" not in name:
            continue
        for match in re.finditer(r"<doc:([\w-]+)>", prose):
            if match.group(1) not in articles:
                yield f"{name}:{line(match)}: there is no article '{match.group(1)}'"
        # A symbol link names a type of the catalog's module, or a member of one.
        for match in re.finditer(r"``([A-Za-z_]\w*)(?:/([A-Za-z_]\w*))?[^`]*``", prose):
            if sources is None:
                sources = "\n".join(tree.code(n) for n in tree.swift("Sources/Warren/"))
            for symbol in filter(None, match.groups()):
                known = symbol in ("Warren", "init") or re.search(DECLARATION.format(symbol), sources)
                if not known:
                    yield f"{name}:{line(match)}: nothing in Warren is called '{symbol}'"
    for name in articles and [n for n in pages if ".docc/" in n]:
        if not tree.text(name).startswith("# "):
            yield f"{name}: an article begins with its title"
