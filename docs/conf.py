"""How the pages are built."""

from __future__ import annotations

import importlib
import pkgutil

from docutils.nodes import Element, Text, TextElement, document, reference
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

import crmcore
from crmcore.kernel import LabelledEnum

project = "crmcore"
author = "crmcore contributors"
project_copyright = "crmcore contributors"
version = release = crmcore.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
default_role = "any"  # every single back-tick is a link that is checked
nitpicky = True
# The standard library and foreign packages are not linked: a build needs no network.
nitpick_ignore_regex = [
    ("py:.*", r"(?!crmcore\b)[\w.]*\.[\w.]+"),
    ("py:.*", r"[A-Za-z_]\w*"),
    # Type variables and aliases of private modules are no names of the library.
    ("py:.*", r"crmcore\.\w+\._\w+\.(_\w+|[A-Z]\w?(_co|_contra)?)"),
]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_use_type_comments = False
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Sources", "references_style"), "Complexity"]

html_theme = "furo"
html_title = f"crmcore {version}"
html_static_path = ["_static"]
html_css_files = ["crmcore.css"]
html_show_sphinx = False


# Where a type in a signature is found: rooms define their names in private modules, and the
# pages show them under the public path.
_PUBLIC: dict[str, str] = {}
for _room in pkgutil.iter_modules(crmcore.__path__, "crmcore."):
    for _name in importlib.import_module(_room.name).__all__:
        _PUBLIC[f"{_room.name}.{_name}"] = f"{_room.name}.{_name}"
        _PUBLIC.setdefault(_name, f"{_room.name}.{_name}")


def _link_types(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, contnode: TextElement
) -> Element | None:
    """Link a type of a signature to the public name, whatever module it was written in."""
    path = str(node["reftarget"]).split(".")
    target = _PUBLIC.get(".".join([*path[:2], path[-1]])) or _PUBLIC.get(path[-1])
    if node.get("refdomain") != "py" or target is None:
        return None
    return env.domains.python_domain.resolve_xref(
        env, node["refdoc"], app.builder, "obj", target, node, contnode
    )


class Standard(StandardDomain):
    """The domain of pages, labels and terms, as it is, but for single back-ticks.

    A class has the name of the word that the glossary explains. A single back-tick in a
    docstring means the class; the word is linked with the role for terms.
    """

    def resolve_any_xref(  # noqa: PLR0917 Sphinx calls it so
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, reference]]:
        """Leave out the terms of the glossary."""
        found = super().resolve_any_xref(env, fromdocname, builder, target, node, contnode)
        return [(role, link) for role, link in found if role != "std:term"]


def _shorten_types(_app: Sphinx, page: document) -> None:
    """Show a type by its name alone: the private module it was written in is nobody's business."""
    for node in page.findall(pending_xref):
        for text in list(node.findall(Text)):
            if "._" in text:
                text.parent.replace(text, Text(text.rpartition(".")[2]))


def _keep_colons(
    _app: Sphinx, what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Keep napoleon from taking the words before a property's first colon for its type."""
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]  # an empty comment


def _show_labels(
    _app: Sphinx, _what: str, _name: str, thing: object, _options: object, lines: list[str]
) -> None:
    """List the members of an enumeration, each with its labels in place of a docstring."""
    if isinstance(thing, type) and issubclass(thing, LabelledEnum):
        for member in thing:
            lines += [f".. py:attribute:: {member.name}", f"   :value: {member.value!r}", ""]
            lines += [f"   {member.label.en} · {member.label.zh}", ""]


def _is_listed(
    _app: Sphinx, _what: str, _name: str, thing: object, _skip: object, _options: object
) -> bool | None:
    """Leave out the members that the list above has."""
    return True if isinstance(thing, LabelledEnum) else None


def setup(app: Sphinx) -> None:
    """Join in where Sphinx resolves references and reads docstrings."""
    app.add_domain(Standard, override=True)
    app.connect("missing-reference", _link_types)
    app.connect("doctree-read", _shorten_types)
    app.connect("autodoc-process-docstring", _keep_colons, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", _show_labels)
    app.connect("autodoc-skip-member", _is_listed)
