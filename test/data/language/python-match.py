"""Makes python-match.json: what Python 3.11 says of matches and compiled patterns.

    python3.11 test/data/language/python-match.py > test/data/language/python-match.json
"""
import json
import re

NAMES = {
    "re": re,
    "t": "ab12 cd34\nef",
    "u": "😀主a😀b机",
    "n": "key = value",
}

PATTERN = r"(?P<word>[a-z]+)(\d+)?"
FOUND = "re.search(r'%s', t)" % PATTERN

MATCHES = [
    FOUND,
    r"re.search('(?P<a>x)|(?P<b>[a-f]+)', t)",
    r"re.search('((a)(b))', t)",
    r"re.search('(a)|b', 'b')",
    r"re.search('', u)",
    r"re.search('(?P<机>机)', u)",
    r"re.match(r'(\w+) = (?P<right>.*)', n)",
    r"re.fullmatch('.*', u)",
    r"re.compile('[a-z]').search(t, 5)",
    r"re.compile('a').search(u, 1, 4)",
    r"re.compile('.+').match(u, -3, 99)",
    r"re.compile('.+').fullmatch(u, 2, 5)",
    r"re.compile('x*').search(t, 100)",
    r"re.compile('.').search(t, 3, 2)",
    r"re.match('[\'\"]*', '\'\"' * 40)",
    r"re.match('.*', 'y' * 80)",
]
ASKED = [
    "{}", "{}[0]", "{}[1]", "{}[2]", "{}['word']", "{}['right']", "{}['机']", "{}['nope']", "{}[True]", "{}[-1]", "{}[1:2]",
    "{}[None]", "{}.group(True)", "{}.group(0, 1)", "{}.lastgroup", "{}.lastindex", "{}.pos", "{}.endpos", "{}.re", "{}.re.pattern",
    "{}.string", "{}.regs", "{}.span()", "{}.span(1)", "{}.span('word')", "{}.start(1)", "{}.end(1)", "{}.start(9)", "{}.groups()",
    "{}.groups('-')", "{}.groupdict()", "{}.groupdict('-')", "{}.expand(r'<\\g<0>>')", "{}.expand(r'\\1-\\101-\\0-\\n')",
    "{}.expand('\\\\')", "{}.expand(r'\\9')", "{}.expand(r'\\g<word>')", "{}.expand(r'\\g< 0 >')", "{}.expand(r'\\q')",
    "{}.expand(r'\\-')", "{}.expand(r'\\400')", "{}.re == {}.re", "bool({})", "[{}]", "'%s' % {}.re",
]

PATTERNS = [
    "re.compile('a')", "re.compile('[a-z]+')", r"re.compile('(?P<x>\\d)(?P<y>\\d)?')", "re.compile('^')", "re.compile('$')",
    r"re.compile(r'\\b')", "re.compile('A', re.I | re.M)", "re.compile('(?x) a', re.A | re.S)", "re.compile('a' * 300)",
    "re.compile(re.compile('a'))", "re.compile('')", "re.compile('主|机')",
]
CALLS = [
    "{}", "[{}]", "{}.pattern", "{}.flags", "{}.groups", "{}.groupindex", "{}.groupindex['y']", "dict({}.groupindex)", "{}.nope",
    "{}.search(t)", "{}.search(t, 1)", "{}.search(t, pos=3, endpos=7)", "{}.search(string=t, endpos=4)", "{}.search(t, 1, 2, 3)",
    "{}.search(t, None)", "{}.search(t, 9223372036854775807)", "{}.search(t, 0, 9223372036854775807)", "{}.search(u, 3)",
    "{}.match(t, 5)", "{}.match(u, 2, 3)", "{}.match(t, True)", "{}.fullmatch(t, 0, 2)", "{}.fullmatch(u, 1, 2)",
    "{}.findall(t)", "{}.findall(t, 2)", "{}.findall(t, 2, 8)", "{}.findall(u, 1, 5)", "{}.findall(t, 8, 2)", "{}.findall(t, -5, -1)",
    "[m.span() for m in {}.finditer(t, 3)]", "[m.pos for m in {}.finditer(u, 1, 5)]", "[m.endpos for m in {}.finditer(u, 1, 5)]",
    "[m.span() for m in {}.finditer(u, 1)]", "{}.split(t)", "{}.split(t, 1)", "{}.split(t, maxsplit=1)", "{}.split(t, 0, 1)",
    "{}.sub('<>', t)", "{}.sub('<>', t, 1)", "{}.sub('<>', t, count=2)", "{}.sub(r'\\g<0>!', u)", "{}.sub(lambda m: m[0].upper(), t)",
    "{}.sub(lambda m: None, t)", "{}.sub(lambda m: 1, t)", "{}.sub(lambda m: str(m.start()), u)", "{}.sub(r'\\7', t)",
    "{}.sub(5, t)", "{}.sub(r'\\x', '')", "{}.sub('\\\\', t)", "{}.subn('-', t)", "{}.subn('-', u, 1)",
    "{} == {}", "{} in [{}]", "dict([({}, 1)])[{}]", "{}.search(5)",
]
OTHERS = [
    "re.search('a', t, pos=1)", "re.search('a', t, 0, 1)", "re.search('a', t, 0, 1, 2)", "re.findall('a', t, 0, 1)",
    "re.search(re.compile('a'), t)", "re.search(re.compile('a'), t, re.I)", "re.search(re.compile('a'), t, 0)",
    "re.compile(re.compile('a'), re.I)", "re.sub('x', 5, t)", "re.sub('x', r'\\1', t)", "re.sub('x', r'\\g<n>', t)",
    "re.sub('(?P<n>a)', r'[\\g<n>]', t)", "re.sub('(a)', r'\\1\\1', t)", "re.sub('(a)', r'\\g<1>0', t)", "re.sub('(a)', r'\\10', t)",
    "re.sub('(a)', r'\\g<01>', t)", "re.sub('(a)', r'\\g<-1>', t)", "re.sub('(a)', r'\\g<>', t)", "re.sub('(a)', r'\\g<1', t)",
    "re.sub('(a)', r'\\g', t)", "re.sub('(a)', r'\\ ', t)", "re.sub('a', r'\\08', t)", "re.sub('a', r'\\777', t)", "re.sub('a', r'\\377', t)",
    "re.sub('a', 'b', t, 0, re.I)", "re.sub('a', 'b', t, 0, 0, 0)", "re.sub(pattern='A', repl='b', string=t, flags=re.I)",
    "re.search('a', t, re.NOFLAG)", "re.split('(c)|d', t)", "re.findall('(c)|d', t)", "re.findall('(c)|(d)', t)",
    "[m['w'] for m in re.finditer('(?P<w>[a-z])', t)]", "re.search('z', t)", "re.search('a', t) == re.search('a', t)",
    "re.match('(a)(?P<n>b)?', 'a').lastgroup", "re.match('(a)(?P<n>b)?', 'ab').lastgroup", "re.match('(?P<o>(?P<i>a))', 'a').lastgroup",
    "sorted(re.search('(?P<b>a)(?P<a>b)', t).groupdict().items())", "re.match('a', 'a') is None", "not re.match('b', 'a')",
]


def said(source):
    try:
        return str(eval(source, dict(NAMES)))
    except Exception:
        return None


def main():
    sources = [asked.replace("{}", match) for match in MATCHES for asked in ASKED]
    sources += [call.replace('{}', pattern) for pattern in PATTERNS for call in CALLS]
    sources += OTHERS
    cases = [[source, said(source)] for source in sources]
    cases = [case for case in cases if case[1] is None or " at 0x" not in case[1]]
    print("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases) + "\n]")


main()
