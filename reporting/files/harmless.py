"""Text of others, made harmless for a spreadsheet."""

import re
import unicodedata

# Spreadsheets compute a cell that begins with one of these, whatever was meant.
FORMULA_STARTS = "=+-@"
# What begins like a formula and is none: a signed number, a phone number.
HARMLESS = re.compile(
    r"[+-]\d[\d.,]*( ?(%|pp))?(/[^\W\d]+\.?)?( [^\W\d]+){0,2}|\+\d{1,3} [\d ()•-]+"
)
UNSEEN = re.compile(r"^[\s\u200d]+")
LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\v\f\x85]")


def clean(text: str) -> str:
    """Take away what is not seen and deceives: controls, marks of direction.

    Tabs and ends of lines stay; whatever ends a line becomes one character.
    """
    text = LINE_ENDS.sub("\n", text)
    return "".join(
        character
        for character in text
        if character in "\n\t"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Cn")
        or character == "\u200d"  # joins the parts of an emoji
    )


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet computes, after OWASP's rule for CSV.

    An apostrophe goes before what begins like a formula, also after spaces and in
    full width, and before a tab or the end of a line.
    """
    text = clean(text)
    start = unicodedata.normalize("NFKC", UNSEEN.sub("", text)[:1])
    is_formula = start != "" and start in FORMULA_STARTS
    if (is_formula and not HARMLESS.fullmatch(text)) or text[:1] in ("\t", "\n"):
        return f"'{text}"
    return text
