"""The package as its docstrings tell it: an entry for each public name, read by griffe, not run."""

import ast
import re
from functools import cache
from html import escape
from inspect import cleandoc

import griffe

from .frame import ROOT
from .prose import rendered

PACKAGE = "qdlib"
FEW_LINES = 12  # of a constant, which is shown as it stands in the code
FIELD = re.compile(r"^((?:\w+, )*\w+) : ", re.MULTILINE)
UNDERLINED = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
DOCTEST = re.compile(r"^(>>> .*(?:\n.+)*)", re.MULTILINE)
NAME = re.compile(
    r'(?<!<span class="o">\.</span>)'  # no attribute
    r'<span class="(?:n|nc|nf)">(\w+)</span>'
    r'(?!<span class="o">=</span>)'  # nor the name of an argument
)


class Unpacked(griffe.Extension):
    """Lets griffe see constants that share a line, as `RED, BLUE = 630e-9, 475e-9`."""

    def on_module_members(self, *, node, mod, **_):
        """Add them to what the module has."""
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Tuple):
                for name in line.targets[0].elts:
                    own = griffe.Attribute(name.id, lineno=line.lineno, endlineno=line.end_lineno)
                    mod.set_member(name.id, own)


@cache
def package():
    """The package as griffe has read it."""
    seeing = griffe.load_extensions(Unpacked)
    return griffe.load(PACKAGE, search_paths=[ROOT], extensions=seeing, resolve_aliases=True)


@cache
def modules():
    """All public modules by path: the package, then each room before what is in it."""

    def walk(module):
        yield module
        for one in sorted(module.modules.values(), key=lambda one: (bool(one.modules), one.name)):
            if not one.name.startswith("_") and not one.is_alias:
                yield from walk(one)

    return {one.path: one for one in walk(package())}


@cache
def exported():
    """{name: what it names} of what `import qdlib` has."""
    return {name: _meant(package(), name) for name in package().exports}


def _meant(module, name):
    """What a name means in a module, or None; an import hides a module of the same name in it."""
    path = module.imports.get(name, f"{module.path}.{name}")
    if path == f"{module.path}.{name}":
        return module.members.get(name)
    owner, _, name = path.rpartition(".")
    return _meant(modules()[owner], name) if owner in modules() else None


def members(owner):
    """What is public in a module or a class, and is defined there; no modules.

    What a class takes stands in its signature, and not among these.
    """
    return [
        one
        for one in owner.members.values()
        if not (one.is_alias or one.is_module or one.name.startswith("_"))
        and (owner.is_module or one.is_function or _is_told(one))
    ]


def _is_told(held):
    if "NamedTuple" in map(str, held.parent.bases):
        return True
    given = held.name in held.parent.parameters
    return "property" in held.labels or ("class-attribute" in held.labels and not given)


def entries(module):
    """Names of all entries of a module, "Solver" and "Solver.move", with what they name."""
    for one in members(module):
        yield one.name, one
        if one.is_class:
            yield from ((f"{one.name}.{part.name}", part) for part in members(one))


def anchor(one):
    """Of an entry on its module's page, with the module: a page has anchors of its own."""
    return one.path.removeprefix(one.module.path.rpartition(".")[0]).lstrip(".")


def page_of(path):
    """The name of the page of a module."""
    return "api" + path.removeprefix(PACKAGE).replace(".", "-")


@cache
def addresses():
    """{path: address} of all that has an entry."""
    found = {}
    for path, module in modules().items():
        found[path] = f"{page_of(path)}.html"
        found |= {one.path: f"{found[path]}#{anchor(one)}" for _, one in entries(module)}
    return found


@cache
def named():
    """{"transport.Solver.move": its path, ...} of all there is, private too, by its last parts.

    None where two have the same.
    """
    found = {}

    def walk(owner):
        for one in owner.members.values():
            if not one.is_alias:
                parts = one.path.split(".")
                for k in range(len(parts) - 1):
                    last = ".".join(parts[k:])
                    found[last] = None if last in found else one.path
                if one.is_module or one.is_class:
                    walk(one)

    walk(package())
    return found


def entry_of(name, scope=None):
    """Address of the entry that a name in code leads to, or None.

    Names with a dot are known everywhere by their last parts, as `transport.solve`; others within
    their module, and those of the package itself as a class or with parentheses, as `sweep()`. A
    private one leads to its module.
    """
    bare = re.sub(r"\(.*\)$", "", name)
    if "." in bare:
        path = named().get(bare)
        while path and path not in addresses():
            path = path.rpartition(".")[0]
        return addresses().get(path)
    if scope is not None:
        return _seen_from(scope, bare)
    public = bare != name or bare[0].isupper()
    return _seen_from(package(), bare) if public and bare in exported() else None


def _seen_from(scope, name):
    if scope.is_module:
        one = _meant(scope, name)
        return addresses().get(one.path) if one else None
    held = scope.members.get(name)
    return (
        addresses()[held.path]
        if held and held.path in addresses()
        else _seen_from(scope.parent, name)
    )


def coloured(source, address):
    """Code as HTML, in which names lead to address(name), unless that is None."""
    from nbconvert.filters import Highlight2HTML

    def link(found):
        to = address(found[1])
        return f'<a href="{escape(to)}">{found[0]}</a>' if to else found[0]

    return NAME.sub(link, Highlight2HTML()(source))


def imported(source):
    """{name: address of its entry} of what code imports from the package."""
    lines = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    found = {
        alias.asname or alias.name: _seen_from(modules()[line.module], alias.name)
        for line in lines
        if line.module in modules()
        for alias in line.names
    }
    return {name: address for name, address in found.items() if address}


def body(module):
    """The reference of a module as HTML."""
    top = f'<h1 id="{module.path}">{module.path}</h1>{_docstring(module, module)}'
    own = [one for one in modules().values() if one.parent is module]
    if module is package():
        top += '<h2 id="public-names">What <code>import qdlib</code> has</h2>'
        top += _list(exported().items())
    for one in own:
        inner = [each for each in modules().values() if each.parent is one]
        link = f'<a href="{addresses()[one.path]}"><code>{one.path}</code></a>'
        if inner:
            top += f'<h2 id="{one.name}">{link}</h2><p>{summary(one)}</p>'
            top += _list((each.name, each) for each in inner)
        else:
            top += f"<p>{link} {summary(one)}</p>"
    told = [_entry(name, one) for name, one in entries(module) if not _is_constant(one)]
    return top + "\n".join(told) + _constants(module)


def summary(one):
    """The first sentence of a docstring as HTML."""
    text = cleandoc(one.docstring.value).split("\n\n")[0] if one.docstring else ""
    return re.sub("^<p>|</p>$", "", _html(FIELD.split(text)[0], one).strip())


def _list(pairs):
    """Names with their summaries."""
    items = (
        f'<dt><a href="{addresses()[one.path]}"><code>{name}</code></a></dt><dd>{summary(one)}</dd>'
        for name, one in pairs
    )
    return f'<dl class="qs-names">{"".join(items)}</dl>'


def _entry(name, one):
    level = "h3" if "." in name else "h2"
    shown = coloured(text, lambda word: _type(word, one)) if (text := _signature(one)) else ""
    return (
        f'<{level} id="{anchor(one)}">{name}<a class="anchor-link" href="#{anchor(one)}" '
        f'aria-label="Link to this">¶</a></{level}>'
        f'<div class="qd-code qs-signature">{shown}</div>{_docstring(one, one)}'
    )


def _is_constant(one):
    return one.is_attribute and one.parent.is_module


def _constants(module):
    """Those of a module as they stand in its code, comments and all."""
    lines = {}
    for one in filter(_is_constant, members(module)):
        lines.setdefault((one.lineno, one.endlineno), []).append(one)
    code, told = module.filepath.read_text("utf-8").splitlines(), []
    for (first, last), ones in sorted(lines.items()):
        shown = code[first - 1 : last]
        shown = shown if len(shown) <= FEW_LINES else [shown[0], "    ..."]
        targets = "".join(f'<span id="{anchor(one)}"></span>' for one in ones)
        block = coloured("\n".join(shown), lambda word, ones=ones: _type(word, *ones))
        docstring = "".join(_docstring(one, one) for one in ones)
        told.append(f'<div class="qd-code qs-signature">{targets}{block}</div>{docstring}')
    return '<h2 id="constants">Constants</h2>' + "".join(told) if told else ""


def _signature(one):
    """As a reader calls or reads it."""
    if one.is_function or one.is_class:
        told = one.signature().replace("(self, ", "(").replace("(self)", "()")
        if one.is_class and not one.parameters:
            told = told.removesuffix("()")
        return f"class {told}" if one.is_class else told
    value = f" = {one.value}" if one.value else ""
    return f"{one.name}: {one.annotation}{value}" if one.annotation else f"{one.name}{value}"


def _type(word, *ones):
    """Of what stands in the code of some things, types and constants lead on."""
    own = word in {one.name for one in ones}
    return _seen_from(ones[0].parent, word) if word[0].isupper() and not own else None


def _docstring(one, scope):
    return _html(cleandoc(one.docstring.value), scope) if one.docstring else ""


def _html(text, scope):
    """A docstring: its indented formulas stay as they are, "name : ..." becomes a list."""
    text = DOCTEST.sub(r"```python\n\1\n```", text)
    text = UNDERLINED.sub(r"**\1**\n", text)
    lines, fenced, items = [], False, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("**"):
            items = line.strip("*") in ("Parameters", "Returns", "Raises")
        elif not fenced and line and not line.startswith("    "):
            line = line.replace("*", r"\*")
            if FIELD.match(line) or items:
                # in these sections what it is stands on a line of its own, after its type
                line = FIELD.sub(r"**\1**: ", line)
                line = f"* {line}{'  ' * items}"
        lines.append(line)
    return rendered("\n".join(lines), lambda name: entry_of(name, scope))
