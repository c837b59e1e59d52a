"""How the pages are built."""

from __future__ import annotations

import importlib
import pkgutil

from docutils.nodes import Element, TextElement
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

import crmcore

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
    ("py:.*", r"[A-Za-z]\w*"),
    # Type variables and aliases of private modules are no names of the library.
    ("py:.*", r"crmcore\.\w+\._\w+\.(_\w+|[A-Z]\w?(_co|_contra)?)"),
]

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
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


def setup(app: Sphinx) -> None:
    """Join in where Sphinx resolves references."""
    app.connect("missing-reference", _link_types)
