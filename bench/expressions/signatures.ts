/** What an expression can be, as far as the generator tells values apart. */
export const TYPES = [
  'text',
  'int',
  'float',
  'bool',
  'bytes',
  'list',
  'tuple',
  'set',
  'dict',
  'view',
  'range',
  'pattern',
  'match',
  'hash',
  'date',
  'datetime',
  'delta',
  'clock',
  'none',
] as const;
export type Type = (typeof TYPES)[number];

/** What an argument is made of: a type, or a narrower kind of value. */
export type ArgumentType =
  | Type
  | 'any'
  | 'iterable'
  | 'texts'
  | 'char'
  | 'width'
  | 'small'
  | 'encoding'
  | 'table'
  | 'affix'
  | 'source'
  | 'replacement'
  | 'format'
  | 'jsonText'
  | 'key';

export interface Argument {
  type: ArgumentType;
  optional: boolean;
  keyword: string | undefined;
}

/** A function or method, by what goes in and out. */
export interface Signature {
  name: string;
  args: readonly Argument[];
  result: Type;
}

/** `split(text?,int?)`: arguments that may be left out have a mark, keywords are `name=type`. */
function signatures(result: Type, texts: string): Signature[] {
  return texts
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [, name, inner] = /^([\w.]+)\((.*)\)$/.exec(text)!;
      const args = inner === '' ? [] : inner!.split(',').map(readArgument);
      return { name: name!, args, result };
    });
}

function readArgument(text: string): Argument {
  const [, keyword, type, mark] = /^(?:(\w+)=)?(\w+)(\?)?$/.exec(text)!;
  return { type: type as ArgumentType, optional: mark === '?' || keyword !== undefined, keyword };
}

const AREA = 'int?,int?';

/** Methods by the type of their object. */
export const METHODS: Partial<Record<Type, Signature[]>> = {
  text: [
    ...signatures(
      'text',
      `capitalize() casefold() center(width,char?) expandtabs(small?) join(texts) ljust(width,char?) lower() lstrip(text?)
       removeprefix(text) removesuffix(text) replace(text,text,int?) rjust(width,char?) rstrip(text?) strip(text?) swapcase()
       title() translate(table) upper() zfill(width)`,
    ),
    ...signatures(
      'int',
      `count(text,${AREA}) find(text,${AREA}) index(text,${AREA}) rfind(text,${AREA}) rindex(text,${AREA})`,
    ),
    ...signatures(
      'bool',
      `endswith(affix,${AREA}) startswith(affix,${AREA}) isalnum() isalpha() isascii() isdecimal() isdigit() isidentifier()
       islower() isnumeric() isprintable() isspace() istitle() isupper()`,
    ),
    ...signatures('list', 'rsplit(text?,int?) split(text?,int?) splitlines(bool?)'),
    ...signatures('tuple', 'partition(text) rpartition(text)'),
    ...signatures('bytes', 'encode(encoding?,text?)'),
    ...signatures('dict', 'maketrans(text,text,text?)'),
  ],
  bytes: signatures('text', 'decode(encoding?,text?) hex()'),
  list: [
    ...signatures(
      'none',
      'append(any) clear() extend(iterable) insert(int,any) remove(any) reverse() sort(key=key,reverse=bool)',
    ),
    ...signatures('list', 'copy()'),
    ...signatures('int', `count(any) index(any,${AREA}) pop(int?)`),
  ],
  tuple: signatures('int', `count(any) index(any,${AREA})`),
  dict: [
    ...signatures('none', 'clear() update(dict)'),
    ...signatures('dict', 'copy() fromkeys(iterable,any?)'),
    ...signatures('view', 'items() keys() values()'),
    ...signatures('int', 'get(any,int?) pop(any,int?) setdefault(any,int?)'),
    ...signatures('tuple', 'popitem()'),
  ],
  set: [
    ...signatures('none', 'add(any) discard(any) remove(any) update(iterable)'),
    ...signatures(
      'set',
      'copy() difference(iterable) intersection(iterable) symmetric_difference(iterable) union(iterable,iterable?)',
    ),
    ...signatures('bool', 'isdisjoint(iterable) issubset(iterable) issuperset(iterable)'),
  ],
  int: [...signatures('int', 'bit_length()'), ...signatures('bool', 'is_integer()')],
  pattern: [
    ...signatures('list', 'findall(text) finditer(text) split(text,int?)'),
    ...signatures('match', 'fullmatch(text) match(text) search(text)'),
    ...signatures('text', 'sub(replacement,text,int?)'),
    ...signatures('tuple', 'subn(replacement,text,int?)'),
  ],
  match: [
    ...signatures('int', 'end(small?) start(small?)'),
    ...signatures('text', 'expand(text) group(small?)'),
    ...signatures('dict', 'groupdict(any?)'),
    ...signatures('tuple', 'groups(any?) span(small?)'),
  ],
  hash: [
    ...signatures('text', 'hexdigest()'),
    ...signatures('bytes', 'digest()'),
    ...signatures('none', 'update(bytes)'),
  ],
  date: [
    ...signatures('text', 'ctime() isoformat() strftime(format)'),
    ...signatures('int', 'isoweekday() toordinal() weekday()'),
    ...signatures('tuple', 'isocalendar()'),
    ...signatures('clock', 'timetuple()'),
    ...signatures('date', 'replace(small?,small?,small?)'),
  ],
  datetime: [
    ...signatures('text', 'isoformat(text?) strftime(format)'),
    ...signatures('datetime', 'astimezone() replace(small?)'),
    ...signatures('date', 'date()'),
    ...signatures('text', 'time()'),
    ...signatures('float', 'timestamp()'),
  ],
  delta: signatures('float', 'total_seconds()'),
};

const HASHES = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** Builtins, and what the modules have. */
export const FUNCTIONS: Signature[] = [
  ...signatures('bool', 'bool(any) all(iterable) any(iterable)'),
  ...signatures(
    'int',
    'int(text) int(text,small) int(float) abs(int) len(any) pow(int,int) pow(int,int,int) round(float,small?)',
  ),
  ...signatures(
    'int',
    'max(iterable,key=key,default=any) min(iterable,key=key,default=any) max(any,any) min(any,any) sum(iterable,any?)',
  ),
  ...signatures('float', 'float(text) float(int)'),
  ...signatures('text', 'str(any) str(bytes,encoding,text?)'),
  ...signatures(
    'list',
    'list(iterable) sorted(iterable,key=key,reverse=bool) zip(iterable,iterable,strict=bool) enumerate(iterable,int?)',
  ),
  ...signatures('list', 'reversed(list)'),
  ...signatures('tuple', 'tuple(iterable)'),
  ...signatures('set', 'set(iterable)'),
  ...signatures('dict', 'dict(dict) dict.fromkeys(iterable,any?) str.maketrans(dict) str.maketrans(text,text,text?)'),
  ...signatures('range', 'range(int) range(int,int,int?)'),
  ...signatures(
    'text',
    `json.dumps(any,indent=small,sort_keys=bool,ensure_ascii=bool) os.path.basename(text) os.path.dirname(text)
     os.path.join(text,text,text?) os.path.normpath(text) re.escape(text) re.sub(source,replacement,text,int?)
     time.ctime(int?) time.strftime(format) random.choice(text)`,
  ),
  ...signatures('dict', 'json.loads(jsonText)'),
  ...signatures('bool', 'os.path.isabs(text)'),
  ...signatures('tuple', 'os.path.split(text) os.path.splitext(text) re.subn(source,replacement,text,int?)'),
  ...signatures('list', 're.findall(source,text) re.finditer(source,text) re.split(source,text,int?)'),
  ...signatures('match', 're.fullmatch(source,text) re.match(source,text) re.search(source,text)'),
  ...signatures('pattern', 're.compile(source)'),
  ...signatures('hash', HASHES.map((name) => `hashlib.${name}(bytes)`).join(' ')),
  ...signatures('list', 'random.choices(iterable,small?) random.sample(iterable,small)'),
  ...signatures('int', 'random.choice(iterable) random.randint(int,int) random.randrange(int,int?)'),
  ...signatures('float', 'random.random() random.uniform(int,int) time.time() time.mktime(clock)'),
  ...signatures('none', 'random.seed(int) random.shuffle(list)'),
  ...signatures('clock', 'time.gmtime(int?) time.localtime(int?) time.strptime(text,format)'),
  ...signatures('date', 'datetime.date.today() datetime.date(small,small,small) datetime.date.fromisoformat(text)'),
  ...signatures(
    'datetime',
    `datetime.datetime.now() datetime.datetime.strptime(text,format) datetime.datetime.fromisoformat(text)
     datetime.datetime.fromtimestamp(int)`,
  ),
  ...signatures('delta', 'datetime.timedelta(int,int?)'),
  ...signatures('text', 'datetime.time(small?,small?,small?)'),
];

/** What regexes can be compiled with. */
export const FLAGS = [
  're.A',
  're.ASCII',
  're.DOTALL',
  're.I',
  're.IGNORECASE',
  're.M',
  're.MULTILINE',
  're.NOFLAG',
  're.S',
  're.U',
  're.UNICODE',
  're.X',
  're.VERBOSE',
] as const;

/** What is called in other ways than by arguments of a type, or costs nothing. */
export const OTHERS = [...FLAGS, 'os.path.sep', 'datetime.timezone', 'slice'] as const;
