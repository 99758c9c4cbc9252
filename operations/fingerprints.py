"""What the rows of a table follow from, besides the rows that were loaded.

Incremental tables keep their rows, and seeds their columns, from build to build. Where
what made them has changed, they must be made anew: their own SQL, a model, seed or
macro that they follow from, a table or parameter of the configuration, a variable of
dbt's or of the environment, a declared column. What they follow from is read from dbt's
manifest, so that nothing is listed by hand.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import md5
from typing import Any

# Strings are matched too, so that a sign within one does not pass for a comment.
COMMENT_OR_STRING = re.compile(r"\{#.*?#\}|--[^\n]*|'(?:[^']|'')*'", re.S)
CONFIGURATION = "configuration"  # the source
PARAMETER = re.compile(r"\bparameter\(\s*[\"'](\w+)[\"']")
VARIABLE = re.compile(r"\bvar\(\s*(?:[\"'](\w+)[\"'])?")
ENVIRONMENT_VARIABLE = re.compile(r"\benv_var\(\s*[\"'](\w+)[\"']")
CONFIGURED = (
    "materialized",
    "incremental_strategy",
    "indexes",
    "pre-hook",
    "post-hook",
    "column_types",
    "delimiter",
)

# What a table follows from, such as "macro words", and a hash of each.
Parts = dict[str, str]


def of_manifest(
    manifest: Any,
    variables: Mapping[str, Any],
    configured: Mapping[str, str],
    parameters: Mapping[str, object],
) -> dict[str, tuple[str, Parts | None]]:
    """Return relation and parts of every model and seed, by name.

    `manifest` is dbt's, `variables` are those of the project and the command line,
    `configured` has a hash for each table of the configuration, `parameters` the values
    of its parameters.
    Parts are None for what each build makes anew.
    """
    found: dict[str, tuple[str, Parts | None]] = {}
    for node in manifest.nodes.values():
        if node.resource_type == "seed":
            columns = _hash(_header(node), node.config.column_types)
            found[node.name] = (_relation(node), {f"columns of {node.name}": columns})
        elif node.resource_type == "model" and node.config.materialized != "ephemeral":
            keeps_rows = node.config.materialized == "incremental"
            parts = (
                dict(_parts(manifest, node, variables, configured, parameters))
                if keeps_rows
                else None
            )
            found[node.name] = (_relation(node), parts)
    return found


def changed(before: Parts | None, now: Parts) -> list[str]:
    """Name the parts that differ, sorted; an unknown past is one of them."""
    if before is None:
        return ["the record of how it was built"]
    return sorted(
        part for part in before.keys() | now.keys() if before.get(part) != now.get(part)
    )


def _parts(
    manifest: Any,
    node: Any,
    variables: Mapping[str, Any],
    configured: Mapping[str, str],
    parameters: Mapping[str, object],
) -> Iterator[tuple[str, str]]:
    nodes = list(_upstream(manifest, node.unique_id))
    texts = []
    for each in nodes:
        if each.resource_type == "seed":
            yield f"seed {each.name}", _hash(each.checksum.checksum)
        elif each.resource_type == "source" and each.source_name == CONFIGURATION:
            yield f"configuration {each.name}", configured[each.name]
        elif each.resource_type == "source":
            yield f"source {each.name}", _hash(_columns(each))
        else:
            texts.append(each.raw_code)
            config = each.config.to_dict()
            yield (
                f"model {each.name}",
                _hash(
                    _without_comments(each.raw_code),
                    {name: config.get(name) for name in CONFIGURED},
                    _columns(each) if each.contract.enforced else None,
                ),
            )
    for macro in _macros(manifest, nodes, node.package_name):
        texts.append(macro.macro_sql)
        yield f"macro {macro.name}", _hash(_without_comments(macro.macro_sql))
    for name in sorted(_variables(texts, variables)):
        yield f"variable {name}", _hash(variables.get(name))
    for name in sorted({each for text in texts for each in PARAMETER.findall(text)}):
        yield f"parameter {name}", _hash(parameters.get(name))
    for name in sorted({each for text in texts for each in _environment(text)}):
        yield f"environment variable {name}", _hash(os.environ.get(name))


def _upstream(manifest: Any, unique_id: str) -> Iterator[Any]:
    """The node and all models, seeds and sources that it follows from, once each."""
    seen = {unique_id}
    waiting = [unique_id]
    while waiting:
        unique_id = waiting.pop()
        node = manifest.nodes.get(unique_id) or manifest.sources[unique_id]
        yield node
        parents = getattr(node, "depends_on_nodes", None) or ()
        waiting += [parent for parent in parents if parent not in seen]
        seen.update(parents)


def _macros(manifest: Any, nodes: Iterable[Any], package: str) -> list[Any]:
    """The macros of the project that the nodes use, by way of others too."""
    waiting = [
        name
        for node in nodes
        if node.resource_type == "model"
        for name in node.depends_on.macros
    ]
    found: dict[str, Any] = {}
    while waiting:
        unique_id = waiting.pop()
        macro = manifest.macros.get(unique_id)
        if unique_id in found or macro is None or macro.package_name != package:
            continue
        found[unique_id] = macro
        waiting += macro.depends_on.macros
    return [found[unique_id] for unique_id in sorted(found)]


def _variables(texts: Iterable[str], variables: Mapping[str, Any]) -> set[str]:
    """The variables that texts name; all where a text computes the name."""
    named = {name for text in texts for name in VARIABLE.findall(text)}
    return named - {""} | (set(variables) if "" in named else set())


def _environment(text: str) -> list[str]:
    return ENVIRONMENT_VARIABLE.findall(text)


def _columns(node: Any) -> list[tuple[str, str | None]]:
    return [(column.name, column.data_type) for column in node.columns.values()]


def _header(seed: Any) -> str:
    file = os.path.join(seed.root_path, seed.original_file_path)  # noqa: PTH118
    with open(file, encoding="utf-8") as lines:  # noqa: PTH123
        return lines.readline().strip()


def _relation(node: Any) -> str:
    return f"{node.schema}.{node.alias}"


@cache
def _without_comments(text: str) -> str:
    """Return the text without comments, each space as one: none of it changes a row."""
    kept = COMMENT_OR_STRING.sub(
        lambda found: found[0] if found[0].startswith("'") else " ", text
    )
    return " ".join(kept.split())


def _hash(*values: object) -> str:
    return md5(repr(values).encode(), usedforsecurity=False).hexdigest()
