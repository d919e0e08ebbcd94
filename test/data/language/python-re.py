"""Makes python-re.json: patterns and texts over mixed scripts, and what Python 3.11 finds.

    python3.11 test/data/language/python-re.py > test/data/language/python-re.json

Left out: characters beyond the first 65,536 in patterns that ignore case, of which Python does not find capitals in sets.
"""
import json
import random
import re
import signal
import warnings

COUNT = 1200
R = random.Random(14)
CHARACTERS = list(
    "abAB01_ -.\n\téÉßẞſÅµμΜñÑüÜσςΣαΑάϐβΒθϑϴдДшШᲁёЁiIıİ主机中文字٠١٢۳४\u0301\u0345\u1fbeι\u200d😀🚀𐐀𐐨𝒜𝔘𞤀𞤢𠀀"
    "\u212a\u212bkKⅣⅳⓐⒶ½²ªº\u00a0\u3000\u2028\u0085\x1c\ufeffǅǆǄაᲐᎠꭰ가나ไทยहि"
)
CLASSES = [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S"]
PLACES = [r"\b", r"\B", r"\b", "^", "$", r"\A", r"\Z"]
SPECIAL = ".^$*+?{}[]\\|()-"


def literal():
    character = R.choice(CHARACTERS)
    return "\\" + character if character in SPECIAL else character


def bracket():
    items = []
    for _ in range(R.randint(1, 4)):
        kind = R.random()
        if kind < 0.35:
            items.append(R.choice(CLASSES))
        elif kind < 0.75:
            items.append(literal())
        else:
            low, high = sorted([R.choice(CHARACTERS), R.choice(CHARACTERS)])
            items.append("a-z" if low in SPECIAL or high in SPECIAL else low + "-" + high)
    return "[" + R.choice(["", "", "^"]) + "".join(items) + "]"


def atom(depth):
    kind = R.random()
    if kind < 0.3:
        return literal()
    if kind < 0.5:
        return R.choice(CLASSES)
    if kind < 0.62:
        return R.choice(PLACES)
    if kind < 0.67:
        return "."
    if kind < 0.8 or depth == 0:
        return bracket()
    opening = R.choice(["(", "(", "(?:", "(?P<n%d>" % R.randint(0, 999), "(?%s:" % R.choice("i a u s m -i ia x".split())])
    return opening + alternatives(depth - 1) + ")"


def repeated(part):
    if R.random() < 0.6:
        return part
    return part + R.choice("* + ? * + ? {2} {,2} {1,3} {1,} {0}".split()) + R.choice(["", "", "?"])


def alternatives(depth):
    sequences = ["".join(repeated(atom(depth)) for _ in range(R.choice([0, 1, 1, 2, 2, 3]))) for _ in range(R.choice([1, 1, 2, 3]))]
    return "|".join(sequences)


def text():
    base = [R.choice(CHARACTERS) for _ in range(R.randint(2, 6))]
    return "".join(R.choice(base if R.random() < 0.7 else CHARACTERS) for _ in range(R.randint(0, 12)))


def span(match):
    if match is None:
        return None
    return [list(match.span(group)) for group in range(match.re.groups + 1)] + [match.lastindex]


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong()


def found(pattern, flags, subject):
    try:
        compiled = re.compile(pattern, flags)
    except Exception:
        return None
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        return {
            "flags": compiled.flags,
            "all": [span(match) for match in compiled.finditer(subject)],
            "match": span(compiled.match(subject)),
            "fullmatch": span(compiled.fullmatch(subject)),
            "split": compiled.split(subject),
            "sub": compiled.sub(r"<\g<0>>", subject),
        }
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, give_up)
    cases = []
    while len(cases) < COUNT:
        pattern = R.choice(["", "", "", "(?i)", "(?i)", "(?a)", "(?u)", "(?im)", "(?s)", "(?ia)", "(?m)", "(?x)"]) + alternatives(2)
        flags = R.choice([0, 0, 0, 0, re.I, re.I, re.M, re.S, re.A, re.I | re.M, re.I | re.A, re.U, re.X])
        ignores = flags & re.I or "i" in pattern
        if ignores and max(map(ord, pattern), default=0) > 0xFFFF:
            continue
        subject = text()
        try:
            cases.append([pattern, int(flags), subject, found(pattern, flags, subject)])
        except TooLong:
            pass
    print("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases) + "\n]")


main()
