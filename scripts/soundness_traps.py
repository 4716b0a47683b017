"""The part of scripts/soundness that lists what can end the process: traps, and what becomes one on a wrong value.

Where one is left, a comment on its line or on the line above says `// trap: ` and why no message, file, row, user's value,
argument or variable of the environment can spring it. `scripts/soundness --traps` prints them all.
"""

import re

KINDS = [
    ("stops the process", r"\b(?:fatalError|preconditionFailure|precondition|assertionFailure|assert)\s*\("),
    ("traps on an error", r"\btry!"),
    ("traps on another type", r"\bas!"),
    ("traps on nil", r"(?<=[\w)\]}])!(?![=\w])|(?<=\s)!(?=[\s.),\]])|\bunsafelyUnwrapped\b"),
    ("traps, or worse, once its object is gone", r"\bunowned\b"),
    ("traps on a key that comes twice", r"\buniqueKeysWithValues\b"),
    ("reads memory as what it may not be", r"\bunsafe(?:BitCast|Downcast)\b"),
    ("traps on a number that does not fit",
     r"\bU?Int(?:8|16|32)\((?!\s*(?:clamping|truncatingIfNeeded|exactly|bitPattern|ascii|littleEndian|bigEndian)\b"
     r"|\s*[A-Z][A-Z_]+\b|\s*\d|[^\n]*\bradix:)"),
    ("traps on a list that is shorter", r"(?<=[\w)\]])\[\d+\]"),
]
REASON = re.compile(r"//\s*trap:\s*(.*)")


def traps(tree):
    """Every place, with the reason that stands there or an empty one."""
    for name in tree.swift("Sources/"):
        lines, code = tree.text(name).splitlines(), tree.code(name).splitlines()
        for number, line in enumerate(code):
            for kind, pattern in KINDS:
                if not re.search(pattern, line):
                    continue
                reason = REASON.search(lines[number])
                above = number - 1
                # A reason may take several lines, and stands above all of them.
                while reason is None and above >= 0 and lines[above].lstrip().startswith("//"):
                    reason = REASON.search(lines[above])
                    above -= 1
                yield name, number + 1, kind, line.strip(), reason.group(1).strip() if reason else ""


def findings(tree):
    for name, number, kind, text, reason in traps(tree):
        if not reason:
            yield f"{name}:{number}: '{text[:60]}' {kind}; throw, refuse or clamp, or say '// trap: why it never does'"


def listing(tree):
    for name, number, kind, text, reason in traps(tree):
        yield f"{name}:{number}: {kind}: {text}\n    {reason or '(no reason)'}"
