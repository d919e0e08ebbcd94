// Plain JavaScript: a workflow sandbox has no crypto module, and a replay must find the same bytes.
import { md5, sha1 } from '@noble/hashes/legacy';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2';
import { typeError } from '../errors';
import { type Implementation, moduleOf, PyFunction } from '../functions';
import { hexText, joinBytes } from '../methods/bytes';
import { PyBytes, PyObject, type PyValue, typeName } from '../values';

type Digest = (bytes: Uint8Array) => Uint8Array;

const ALGORITHMS: Record<string, Digest> = { md5, sha1, sha224, sha256, sha384, sha512 };

/** Units of work a byte; a digest of nothing is that of some bytes. */
const COST = 12;
const LEAST_BYTES = 128;

class PyHash extends PyObject {
  readonly typeName = '_hashlib.HASH';

  constructor(
    readonly name: string,
    readonly digestOf: Digest,
    public bytes: Uint8Array,
  ) {
    super();
  }

  override attribute(name: string): PyValue | undefined {
    switch (name) {
      case 'hexdigest':
        return new PyFunction(name, (_args, run) => {
          run.meter.charge((this.bytes.length + LEAST_BYTES) * COST);
          return hexText(this.digestOf(this.bytes), run.meter);
        });
      case 'digest':
        return new PyFunction(name, (_args, run) => {
          run.meter.charge((this.bytes.length + LEAST_BYTES) * COST);
          return new PyBytes(this.digestOf(this.bytes));
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
        return this.digestOf(new Uint8Array()).length;
      default:
        return undefined;
    }
  }
}

function requireBytes(value: PyValue | undefined): Uint8Array {
  if (value instanceof PyBytes) return value.bytes;
  throw typeError(`Strings must be encoded before hashing, not ${value === undefined ? '' : typeName(value)}`);
}

function constructorOf(name: string, digestOf: Digest): Implementation {
  return (args) => {
    const [data = new PyBytes(new Uint8Array())] = args.bind('string?');
    return new PyHash(name, digestOf, requireBytes(data));
  };
}

/** The module `hashlib`: MD5, SHA-1 and SHA-2. */
export const HASHLIB_MODULE = moduleOf(
  'hashlib',
  Object.fromEntries(Object.entries(ALGORITHMS).map(([name, digestOf]) => [name, constructorOf(name, digestOf)])),
);
