"""The part of scripts/soundness that reads docker/: enough of both formats to catch what would fail in a build."""

import re
import shlex

INSTRUCTIONS = {"FROM", "RUN", "CMD", "LABEL", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER",
                "WORKDIR", "ARG", "STOPSIGNAL", "HEALTHCHECK", "SHELL"}


def findings(tree):
    for name in tree.names:
        if re.fullmatch(r"docker/(.*\.)?Dockerfile", name):
            yield from dockerfile(tree, name)
        elif re.fullmatch(r"docker/.*compose.*\.ya?ml", name):
            yield from compose(tree, name)


def instructions(text):
    """(line number, word, arguments) with continued lines joined."""
    joined, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("#") or (not line.strip() and not joined):
            continue
        start = start or number
        if line.rstrip().endswith("\\"):
            joined += line.rstrip()[:-1] + " "
            continue
        word, _, rest = (joined + line).strip().partition(" ")
        yield start, word, rest.strip()
        joined, start = "", 0
    if joined:
        yield start, joined.split()[0], "\\"


def dockerfile(tree, name):
    stages, user, seen_from = [], None, False
    for number, word, rest in instructions(tree.text(name)):
        place = f"{name}:{number}"
        if word not in INSTRUCTIONS:
            yield f"{place}: '{word}' is no instruction"
        elif not rest or rest.endswith("\\"):
            yield f"{place}: {word} is not complete"
        elif not seen_from and word not in ("FROM", "ARG"):
            yield f"{place}: {word} before FROM"
        elif word == "FROM":
            seen_from, user = True, None
            image = re.fullmatch(r"(\S+)(?:\s+[Aa][Ss]\s+([\w-]+))?", re.sub(r"--\S+\s+", "", rest))
            if not image:
                yield f"{place}: FROM takes an image and AS a name"
                continue
            if ":" not in image[1] and image[1] not in stages and "$" not in image[1]:
                yield f"{place}: '{image[1]}' has no tag"
            stages.append(image[2] or str(len(stages)))
        elif word == "USER":
            user = rest
        elif word == "RUN":
            try:
                shlex.split(rest)
            except ValueError as error:
                yield f"{place}: {error}"
        elif word in ("COPY", "ADD"):
            flags = re.findall(r"--(\S+)", rest)
            sources = re.sub(r"--\S+\s+", "", rest).split()[:-1]
            origin = next((f.split("=", 1)[1] for f in flags if f.startswith("from=")), None)
            if origin is not None and origin not in stages[:-1] and ":" not in origin:
                yield f"{place}: there is no stage '{origin}' before this one"
            for source in sources if origin is None else []:
                if not any(tree.root.glob(source)):
                    yield f"{place}: there is no '{source}' in the repository"
    if not seen_from:
        yield f"{name}: no FROM"
    elif user in (None, "root", "0"):
        yield f"{name}: the last stage runs as root; give it a USER"


def compose(tree, name):
    try:
        import yaml
    except ImportError:
        yield f"{name}: cannot be parsed without PyYAML; scripts/test installs it (Debian: python3-yaml)"
        return
    try:
        document = yaml.safe_load(tree.text(name))
        services = document["services"]
        assert services and all(isinstance(service, dict) for service in services.values())
    except (yaml.YAMLError, KeyError, TypeError, AssertionError, AttributeError) as error:
        yield f"{name}: not a compose file: {error!r}"
        return
    folder = (tree.root / name).parent
    for key, service in services.items():
        build = service.get("build")
        if not build and ":" not in service.get("image", ""):
            yield f"{name}: {key} has neither a build nor an image with a tag"
        if isinstance(build, dict):
            context = folder / build.get("context", ".")
            if not (context / build.get("dockerfile", "Dockerfile")).is_file():
                yield f"{name}: {key}: there is no '{build.get('dockerfile', 'Dockerfile')}' in the build's context"
        needed = service.get("depends_on", {})
        for other in needed:
            condition = needed[other].get("condition") if isinstance(needed, dict) else None
            if other not in services:
                yield f"{name}: {key} depends on '{other}', which is not there"
            elif condition == "service_healthy" and "healthcheck" not in services[other]:
                yield f"{name}: {key} waits for '{other}' to be healthy, which has no healthcheck"
        for volume in service.get("volumes", []):
            source = volume["source"] if isinstance(volume, dict) else volume.split(":")[0]
            if source.startswith("."):
                if not (folder / source).exists():
                    yield f"{name}: {key}: there is no '{source}' beside the file"
            elif not source.startswith(("/", "$")) and source not in (document.get("volumes") or {}):
                yield f"{name}: {key}: the volume '{source}' is not declared"
        for port in service.get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: {key}: port {port} is open to the network; write 127.0.0.1: before it"
