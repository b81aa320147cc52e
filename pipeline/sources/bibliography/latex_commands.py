"""What single LaTeX commands stand for: signs, accents, and those whose argument alone is text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db
from pylatexenc.latexencode import get_builtin_uni2latex_dict

_SIGNS = [chr(code) for code in (*range(0x2B0, 0x2E5), *range(0x1D2C, 0x2180), *range(0xA8, 0xBF))]
_DECOMPOSED = [(sign, unicodedata.decomposition(sign).split()) for sign in _SIGNS]


def _signs(form: str) -> dict[str, str]:
    """Letter and sign by what they are above or below the line, as Unicode decomposes them."""
    found: dict[str, str] = {}
    for sign, parts in _DECOMPOSED:
        if len(parts) == 2 and parts[0] == form:
            found.setdefault(chr(int(parts[1], 16)), sign)
    return found


ABOVE: Mapping[str, str] = {
    **_signs("<super>"),
    **{sign: sign for sign in "*′″†‡°"},
    **{"-": "⁻", "∘": "°", "∗": "*"},
}
BELOW: Mapping[str, str] = {**_signs("<sub>"), "-": "₋"}

# The mark that a command puts on the letter behind it. LaTeX's own, then those of mathematics,
# of the packages textcomp and tipa.
ACCENTS: Mapping[str, str] = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "h": "\u0309", "r": "\u030a", "H": "\u030b", "v": "\u030c",
    "U": "\u030e", "G": "\u030f", "C": "\u030f", "f": "\u0311", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331", "B": "\u0335", "t": "\u0361",
    "grave": "\u0300", "acute": "\u0301", "hat": "\u0302", "widehat": "\u0302",
    "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304", "breve": "\u0306",
    "dot": "\u0307", "ddot": "\u0308", "mathring": "\u030a", "ocirc": "\u030a",
    "check": "\u030c", "vec": "\u20d7", "not": "\u0338", "textcommabelow": "\u0326",
    "textcommaabove": "\u0313", "textcommaabover": "\u0315", "textsubring": "\u0325",
    "textsubumlaut": "\u0324", "textsubcircnum": "\u032d", "textsubbreve": "\u032e",
    "textsubtilde": "\u0330", "textsyllabic": "\u0329", "textrighthorn": "\u031b",
    "texttoptiebar": "\u0361", "textcircled": "\u20dd", "cyrotmark": "\u0311",
}  # fmt: skip
# The mark by itself, where no letter follows: \'{} is ´.
ALONE: Mapping[str, str] = {
    **{chr(int(parts[2], 16)): sign for sign, parts in _DECOMPOSED if "0020" in parts[:-1]},
    "\u0300": "`",
    "\u0302": "^",
    "\u0303": "~",
}
UNDOTTED = str.maketrans("ıȷ", "ij")

# How many arguments go before the one that is text: \textcolor{red}{warm}.
ASIDE: Mapping[str, int] = {
    "bibinfo": 1, "color": 1, "colorbox": 1, "fcolorbox": 2, "fontfamily": 1, "fontseries": 1,
    "fontshape": 1, "fontsize": 2, "foreignlanguage": 1, "href": 1, "hspace": 1, "hyperref": 0,
    "label": 1, "noopsort": 1, "raisebox": 1, "resizebox": 2, "scalebox": 1,
    "selectlanguage": 1, "SortNoop": 1, "texorpdfstring": 1, "textcolor": 1, "vspace": 1,
}  # fmt: skip
# Commands that say how the text that follows looks, without an argument.
SILENT = frozenset(
    "allowbreak bf bfseries bgroup boldmath break centering cyrchar displaystyle egroup em "
    "footnotesize frenchspacing hfill ignorespaces it itshape large left limits linebreak "
    "mathstrut mdseries newline nobreak noindent nolimits nolinebreak nonfrenchspacing "
    "normalfont normalsize penalty protect relax right rm rmfamily sc scriptsize scshape "
    "sf sffamily sl slshape small smallskip strut textstyle textcompwordmark tiny tt "
    "ttfamily unskip upshape xspace - / ! @".split()
)
_OWN = {
    "hv": "ƕ", "ESH": "Ʃ", "textbarl": "ł", "textcrd": "đ", "textcrh": "ħ", "texthbar": "ħ",
    "textHbar": "Ħ", "textEopen": "Ɛ", "texteopen": "ɛ", "textepsilon": "ɛ", "textEsh": "Ʃ",
    "textesh": "ʃ", "textEzh": "Ʒ", "textezh": "ʒ", "textkra": "ĸ", "textOopen": "Ɔ",
    "textoopen": "ɔ", "textopeno": "ɔ", "textTbar": "Ŧ", "texttbar": "ŧ", "textthorn": "þ",
    "textTstroke": "Ŧ", "texttstroke": "ŧ", "textyogh": "ʒ", "textprimstress": "ˈ",
    "textlengthmark": "ː", "|": "‖", "ayn": "ʿ", "ain": "ʿ", "bot": "⊥", "Box": "□", "clubsuit": "♣",
    "diamondsuit": "♢", "ggg": "⋙", "heartsuit": "♡", "leadsto": "↝", "lll": "⋘",
    "spadesuit": "♠", "textasciicedilla": "¸", "textlogicalnot": "¬", "unlhd": "⊴", "unrhd": "⊵", "bigcap": "⋂", "bigcup": "⋃", "colon": ":", "copyright": "©",
    "ddag": "‡", "eth": "ð", "euro": "€", "flq": "‹", "flqq": "«", "frq": "›", "frqq": "»",
    "glq": "‚", "glqq": "„", "grq": "‘", "grqq": "“", "hamza": "ʾ", "iff": "⟺",
    "imath": "ı", "implies": "⟹", "jmath": "ȷ", "land": "∧", "lbrace": "{", "lbrack": "[",
    "lceil": "⌈", "le": "≤", "lfloor": "⌊", "lhd": "⊲", "lnot": "¬", "lor": "∨", "lq": "‘",
    "ne": "≠", "neg": "¬", "nobreakspace": " ", "ohorn": "ơ", "OHORN": "Ơ", "P": "¶",
    "pounds": "£", "rbrace": "}", "rbrack": "]", "rceil": "⌉", "rfloor": "⌋", "rhd": "⊳",
    "rq": "’", "S": "§", "slash": "/", "space": " ", "SS": "ẞ", "surd": "√",
    "textampersand": "&", "textasciicircum": "^", "textasciigrave": "`",
    "textasteriskcentered": "*", "textbar": "|", "textbardbl": "‖", "textbraceleft": "{",
    "textbraceright": "}", "textcentereddot": "·", "textdblhyphen": "⹀", "textdollar": "$",
    "textequals": "=", "textgreater": ">", "textless": "<", "textmho": "℧", "textminus": "−",
    "textnormal": "", "textohm": "Ω", "textpercent": "%", "textperiodcentered": "·",
    "textquotedbl": '"', "textquotesingle": "'", "textrangle": "⟩", "textlangle": "⟨",
    "textsection": "§", "textsurd": "√", "textthreequartersemdash": "—", "texttwelveudash": "—",
    "textunderscore": "_", "textvisiblespace": "␣", "Thorn": "Þ", "TeX": "TeX",
    "LaTeX": "LaTeX", "BibTeX": "BibTeX", "LaTeXe": "LaTeX2ε", "uhorn": "ư", "UHORN": "Ư",
    "tie": " ", "slashed": "", "SM": "℠", "degree": "°", "celsius": "℃", "thinspace": " ",
    "enspace": " ", "quad": " ", "qquad": " ", "par": " ",
    **{sign: sign for sign in "%&$#_{}"},
    **dict.fromkeys("\\ ,;:>\n\t", " "),
}  # fmt: skip


@lru_cache(maxsize=1)
def symbols() -> Mapping[str, str]:
    """The sign of each command that takes no argument, by its name without the backslash."""
    found: dict[str, str] = {}
    database = get_default_latex_context_db()
    for spec in database.iter_macro_specs(["latex-base", "advanced-symbols"]):
        text = spec.simplify_repl
        if isinstance(text, str) and text.strip() and "%" not in text:
            found[spec.macroname] = text
    for code, command in get_builtin_uni2latex_dict().items():
        match = re.fullmatch(r"\{?(?:\\ensuremath\{)?\\([A-Za-z]+)\}{0,2}", command)
        if match and unicodedata.name(chr(code), "") and not unicodedata.combining(chr(code)):
            found.setdefault(match[1], chr(code))
    return {**found, **_OWN}


def symbol(name: str) -> str | None:
    """The sign of a command, also of its form for text: \\textalpha is \\alpha."""
    found = symbols().get(name)
    if found is None and name.startswith("text"):
        found = symbols().get(name[4:])
    return found
