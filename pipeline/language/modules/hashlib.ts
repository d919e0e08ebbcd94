import { typeError } from '../errors';
import { type Implementation, moduleOf, PyFunction } from '../functions';
import { hexText, joinBytes } from '../methods/bytes';
import { PyBytes, PyObject, type PyValue, typeName } from '../values';
import { md5, sha1, sha224, sha256, sha384, sha512 } from './digest';

interface Algorithm {
  digest: (bytes: Uint8Array) => Uint8Array;
  /** Units of work a byte: big-integer hashes are slow. */
  cost: number;
}

const ALGORITHMS: Record<string, Algorithm> = {
  md5: { digest: md5, cost: 12 },
  sha1: { digest: sha1, cost: 12 },
  sha224: { digest: sha224, cost: 12 },
  sha256: { digest: sha256, cost: 12 },
  sha384: { digest: sha384, cost: 250 },
  sha512: { digest: sha512, cost: 250 },
};

/** Every digest fills up at least one block. */
const BLOCK = 128;

class PyHash extends PyObject {
  readonly typeName = '_hashlib.HASH';

  constructor(
    readonly name: string,
    readonly algorithm: Algorithm,
    public bytes: Uint8Array,
  ) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    switch (name) {
      case 'hexdigest':
        return new PyFunction(name, (_args, run) => {
          run.meter.charge((this.bytes.length + BLOCK) * this.algorithm.cost);
          return hexText(this.algorithm.digest(this.bytes), run.meter);
        });
      case 'digest':
        return new PyFunction(name, (_args, run) => {
          run.meter.charge((this.bytes.length + BLOCK) * this.algorithm.cost);
          return new PyBytes(this.algorithm.digest(this.bytes));
        });
      case 'update':
        return new PyFunction(name, (args, run) => {
          const added = requireBytes(args.bind('data')[0]);
          run.meter.produce(this.bytes.length + added.length);
          this.bytes = joinBytes(this.bytes, added);
          return null;
        });
      case 'name':
        return this.name;
      case 'digest_size':
        return this.algorithm.digest(new Uint8Array()).length;
      default:
        return undefined;
    }
  }
}

function requireBytes(value: PyValue | undefined): Uint8Array {
  if (value instanceof PyBytes) return value.bytes;
  throw typeError(`Strings must be encoded before hashing, not ${value === undefined ? '' : typeName(value)}`);
}

function constructorOf(name: string, algorithm: Algorithm): Implementation {
  return (args) => {
    const [data = new PyBytes(new Uint8Array())] = args.bind('string?');
    return new PyHash(name, algorithm, requireBytes(data));
  };
}

/** The module `hashlib`: MD5, SHA-1 and SHA-2. */
export const HASHLIB_MODULE = moduleOf(
  'hashlib',
  Object.fromEntries(Object.entries(ALGORITHMS).map(([name, algorithm]) => [name, constructorOf(name, algorithm)])),
);
