"""How the pages are built."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, NewType

import attrs
from docutils.nodes import Element, SkipNode, Text, TextElement, document, literal, reference
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains.python._object import PyObject
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.util.inspect import object_description
from sphinx.writers.html5 import HTML5Translator

import crmcore
from crmcore.kernel import LabelledEnum

project = "crmcore"
author = "crmcore contributors"
project_copyright = "crmcore contributors"
version = release = crmcore.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
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
    # A unit of work makes its trail by itself, of parts that are its own affair.
    ("py:class", r"crmcore\.storage\._\w+\.(Records|Auditor)"),
]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_use_type_comments = False
autodoc_class_signature = "mixed"
autodoc_default_options = {"no-value": True}  # a constant is what its words say
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_custom_sections = [("Sources", "references_style"), "Complexity"]

html_theme = "furo"
html_title = f"crmcore {version}"
html_static_path = ["_static"]
html_css_files = ["crmcore.css"]
html_show_sphinx = False
html_math_renderer = "mathml"  # formulas need no network either, and no script


# Where a type in a signature is found: rooms define their names in private modules, and the
# pages show them under the public path.
_PUBLIC: dict[str, str] = {}
for _room in pkgutil.iter_modules(crmcore.__path__, "crmcore."):
    for _name in importlib.import_module(_room.name).__all__:
        _PUBLIC[f"{_room.name}.{_name}"] = f"{_room.name}.{_name}"
        _PUBLIC.setdefault(_name, f"{_room.name}.{_name}")


# A public name in full; the group of entry points for predicates looks like one.
_NAME = re.compile(r"(?!crmcore\.predicates)crmcore(\.\w+)+")


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


def _link_names(app: Sphinx, page: document) -> None:
    """Link the full names in back-ticks, which the prose of a page has, and so check them."""
    for name in list(page.findall(literal)):
        if _NAME.fullmatch(name.astext()) and not isinstance(name.parent, pending_xref | reference):
            link = pending_xref(
                refdomain="py",
                reftype="obj",
                reftarget=name.astext(),
                refdoc=app.env.current_document.docname,
                refwarn=True,
            )
            name.parent.replace(name, link)
            link += name


def _keep_colons(
    _app: Sphinx, what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Keep napoleon from taking the words before a property's first colon for its type."""
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]  # an empty comment


def _tell_how_to_make(
    _app: Sphinx, what: str, _name: str, thing: object, _options: object, lines: list[str]
) -> None:
    """Put what a class is made from, which its ``__init__`` explains, behind what it is."""
    if what != "class":
        return
    words = inspect.cleandoc(vars(thing).get("__init__", thing).__doc__ or "").splitlines()
    if "Args:" in words and "Args:" not in lines:
        end = next((at for at, line in enumerate(lines) if line.startswith(".. version")), 0)
        lines[end:end] = [*words[words.index("Args:") :], ""]


def _leave_out_signature(
    _app: Sphinx, _what: str, _name: str, thing: object, _options: object, signature: str, _: object
) -> tuple[str, None] | None:
    """Leave out how a protocol is made, because none ever is."""
    return ("", None) if signature and getattr(thing, "_is_protocol", False) else None


class _Shown:
    """A default as a signature shows it."""

    def __init__(self, default: object) -> None:
        self._text = "..." if default is attrs.NOTHING else object_description(default)

    def __repr__(self) -> str:
        return self._text


def _show_defaults(_app: Sphinx, thing: Callable[..., Any], _is_bound: object) -> None:
    """Show a record's defaults as values: attrs writes its ``__init__``, where they have no names.

    Three points stand for a default that is made of the other fields.
    """
    if not isinstance(thing, FunctionType) or "attrs generated" not in thing.__code__.co_filename:
        return
    vars(thing).pop("__signature__", None)
    signature = inspect.signature(thing)
    thing.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            each if each.default is each.empty else each.replace(default=_Shown(each.default))
            for each in signature.parameters.values()
        ]
    )


def _name_ids(
    _app: Sphinx, _what: str, _name: str, thing: object, _options: object, lines: list[str]
) -> None:
    """Say what a type of ids is, and leave out what Python says of its own types."""
    if isinstance(thing, NewType):
        lines[:] = ["Text at runtime, and a type of its own for the type checker.", ""]
    elif isinstance(thing, tuple):
        lines.clear()


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


def _write_formula(page: HTML5Translator, formula: Element) -> None:
    """Write a formula within a line as the browser's own."""
    page.body.append(tex2mathml(formula.astext()))
    raise SkipNode


def _write_formula_apart(page: HTML5Translator, formula: Element) -> None:
    """Write a formula on a line of its own as the browser's own."""
    page.body.append(f'<div class="math">{tex2mathml(formula.astext(), as_block=True)}</div>')
    raise SkipNode


def setup(app: Sphinx) -> None:
    """Join in where Sphinx resolves references and reads docstrings."""
    for field in PyObject.doc_field_types:
        if field.name == "variable":
            field.label = "Attributes"
    app.add_domain(Standard, override=True)
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(_write_formula, None),
        block_renderers=(_write_formula_apart, None),
    )
    app.connect("missing-reference", _link_types)
    app.connect("doctree-read", _shorten_types)
    app.connect("doctree-read", _link_names)
    app.connect("autodoc-process-docstring", _keep_colons, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", _tell_how_to_make, priority=400)
    app.connect("autodoc-process-docstring", _name_ids)
    app.connect("autodoc-process-docstring", _show_labels)
    app.connect("autodoc-before-process-signature", _show_defaults, priority=900)
    app.connect("autodoc-process-signature", _leave_out_signature)
    app.connect("autodoc-skip-member", _is_listed)
