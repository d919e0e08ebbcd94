"""Makes python-case.json: what Python 3.11 (Unicode 14) makes of letters whose cases are not one small and one large one.

    python3.11 test/data/language/python-case.py > test/data/language/python-case.json
"""
import json

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code <= 0xDFFF]
TEXTS = [
    "", "they're bill's o'neill", "they’re", "x-ray 3rd 4TH a1b2", "hello wORLD", "1a 2b", "主a机B 가b", "ΟΔΥΣΣΕΥΣ ΣΑΣ. ΣΑΣ'Σ",
    "Σ", "ΑΣ", "ΑΣ'", "ΑΣ.Β", "Α\u0301Σ\u0301", "ΣΣ ΣΣΣ", "1Σ", "Α1Σ", "ΑΣ1", "aʰΣʰb", "aΣ\u0345", "\u0345Σ", "ʰΣ", "aʰΣ", "σς ςσ", "İSTANBUL ıi",
    "ǆǅǄ ǉa", "straße STRAẞE", "ﬁne ﬀ ﬃ", "ŉa aŉ", "ǰa", "ΐ ΰ", "ᾀᾈ ᾳᾼ", "ᾲ ᾴ ᾷ", "აბ ᲐᲑ", "ꭰꮿ Ꭰᏽᏸ", "ⓐⒶ ⅳⅣ", "ªº ʰ", "𐐨𐐀 𞤢𞤀",
    "µ ſ Å K Ω", "և եւ", "ẖẗẘẙẚ", "ΌΣΟΣ", "a\u00adΣ", "aΣ\u00ad", "aΣ\u2019s", "aΣ:Σ", "Ǆ'ǆ", "Aa Bb", "AA", "aa", "ǅ", "ǅa", "Ⓐ", "ª", "Aª", "Ⅳ", "ⅳ",
]


def is_special(one):
    lower, upper = one.lower(), one.upper()
    plain = one.title() == upper and one.casefold() == lower and len(lower) == len(upper) == 1
    return not plain or one.swapcase() not in (upper, lower)


def row(text):
    return [
        text, text.upper(), text.lower(), text.title(), text.capitalize(), text.swapcase(), text.casefold(), text.istitle(),
        text.isupper(), text.islower(),
    ]


def ranges(test):
    found = []
    for code in (ord(one) for one in CHARACTERS if test(one)):
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main():
    texts = TEXTS + [f"{one} x{one}" for one in CHARACTERS if is_special(one)]
    rows = ",\n".join(dump(row(text)) for text in texts)
    kinds = {"isdigit": str.isdigit, "isnumeric": str.isnumeric, "isdecimal": str.isdecimal, "istitle": str.istitle}
    lines = [f'"rows":[\n{rows}\n]'] + [f'"{name}":{dump(ranges(test))}' for name, test in kinds.items()]
    print("{" + ",\n".join(lines) + "}")


main()
