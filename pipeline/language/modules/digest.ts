/** MD5, SHA-1 and SHA-2 in plain TypeScript: a workflow sandbox has no crypto module (RFC 1321, FIPS 180-4). */

const BLOCK = 64;

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function rotateRight(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** The message, a one bit, zeros, and its length in bits in the last bytes of a block. */
function padded(bytes: Uint8Array, block: number, byteOrder: 'little' | 'big'): DataView {
  const tail = block / 8;
  const size = Math.ceil((bytes.length + 1 + tail) / block) * block;
  const out = new Uint8Array(size);
  out.set(bytes);
  out[bytes.length] = 0x80;
  const view = new DataView(out.buffer);
  const bits = BigInt(bytes.length) * 8n;
  view.setBigUint64(size - 8, bits, byteOrder === 'little');
  return view;
}

function wordsToBytes(words: Uint32Array, byteOrder: 'little' | 'big'): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, byteOrder === 'little');
  });
  return new Uint8Array(view.buffer);
}

const MD5_SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** floor(2^32 * |sin(i + 1)|): written out, as Math.sin may differ between engines. */
const MD5_CONSTANTS = hexWords(
  'd76aa478e8c7b756242070dbc1bdceeef57c0faf4787c62aa8304613fd469501698098d88b44f7afffff5bb1895cd7be6b901122fd987193' +
    'a679438e49b40821f61e2562c040b340265e5a51e9b6c7aad62f105d02441453d8a1e681e7d3fbc821e1cde6c33707d6f4d50d87455a14ed' +
    'a9e3e905fcefa3f8676f02d98d2a4c8afffa39428771f6816d9d6122fde5380ca4beea444bdecfa9f6bb4b60bebfbc70289b7ec6eaa127fa' +
    'd4ef308504881d05d9d4d039e6db99e51fa27cf8c4ac5665f4292244432aff97ab9423a7fc93a039655b59c38f0ccc92ffeff47d85845dd1' +
    '6fa87e4ffe2ce6e0a30143144e0811a1f7537e82bd3af2352ad7d2bbeb86d391',
);

function hexWords(hex: string): Uint32Array {
  return Uint32Array.from(hex.match(/.{8}/g)!, (word) => Number.parseInt(word, 16));
}

export function md5(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, BLOCK, 'little');
  const state = hexWords('67452301efcdab8998badcfe10325476');
  for (let at = 0; at < view.byteLength; at += BLOCK) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let round = 0; round < 64; round++) {
      const [mixed, word] = md5Round(round, b, c, d);
      const sum = (a + mixed + MD5_CONSTANTS[round]! + view.getUint32(at + word * 4, true)) | 0;
      [a, d, c] = [d, c, b];
      b = (b + rotateLeft(sum, MD5_SHIFTS[(round >> 4) * 4 + (round & 3)]!)) | 0;
    }
    addTo(state, [a, b, c, d]);
  }
  return wordsToBytes(state, 'little');
}

function md5Round(round: number, b: number, c: number, d: number): [mixed: number, word: number] {
  if (round < 16) return [(b & c) | (~b & d), round];
  if (round < 32) return [(d & b) | (~d & c), (5 * round + 1) % 16];
  if (round < 48) return [b ^ c ^ d, (3 * round + 5) % 16];
  return [c ^ (b | ~d), (7 * round) % 16];
}

function addTo(state: Uint32Array, values: readonly number[]): void {
  values.forEach((value, index) => {
    state[index] = state[index]! + value;
  });
}

export function sha1(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, BLOCK, 'big');
  const state = hexWords('67452301efcdab8998badcfe10325476c3d2e1f0');
  const words = new Int32Array(80);
  for (let at = 0; at < view.byteLength; at += BLOCK) {
    for (let index = 0; index < 80; index++) {
      words[index] =
        index < 16
          ? view.getInt32(at + index * 4)
          : rotateLeft(words[index - 3]! ^ words[index - 8]! ^ words[index - 14]! ^ words[index - 16]!, 1);
    }
    let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
    for (let round = 0; round < 80; round++) {
      const sum = (rotateLeft(a, 5) + sha1Mix(round, b, c, d) + e + words[round]!) | 0;
      [e, d, c, b, a] = [d, c, rotateLeft(b, 30), a, sum];
    }
    addTo(state, [a, b, c, d, e]);
  }
  return wordsToBytes(state, 'big');
}

function sha1Mix(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

/** First 64 bits of the fractional parts of the cube roots of the first 80 primes; SHA-256 uses the upper halves. */
const SHA2_CONSTANTS: readonly bigint[] = (
  '428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b53859f111f1b605d019923f82a4af194f9b' +
  'ab1c5ed5da6d8118d807aa98a303024212835b0145706fbe243185be4ee4b28c550c7dc3d5ffb4e272be5d74f27b896f80deb1fe3b1696b1' +
  '9bdc06a725c71235c19bf174cf692694e49b69c19ef14ad2efbe4786384f25e30fc19dc68b8cd5b5240ca1cc77ac9c652de92c6f592b0275' +
  '4a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4' +
  'c6e00bf33da88fc2d5a79147930aa72506ca6351e003826f142929670a0e6e7027b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed' +
  '53380d139d95b3df650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353ba2bfe8a14cf10364a81a664bbc423001' +
  'c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b819a4c116b8d2d0c8' +
  '1e376c085141ab532748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb5b9cca4f7763e373682e6ff3d6b2b8a3' +
  '748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915' +
  'c67178f2e372532bca273eceea26619cd186b8c721c0c207eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6' +
  '113f9804bef90dae1b710b35131c471b28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c4cc5d4becb3e42b6' +
  '597f299cfc657e2a5fcb6fab3ad6faec6c44198c4a475817'
)
  .match(/.{16}/g)!
  .map((word) => BigInt(`0x${word}`));

const SHA256_CONSTANTS = Uint32Array.from(SHA2_CONSTANTS.slice(0, 64), (word) => Number(word >> 32n));
const SHA256_START = '6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19';
const SHA224_START = 'c1059ed8367cd5073070dd17f70e5939ffc00b3168581511' + '64f98fa7befa4fa4';

function sha256With(bytes: Uint8Array, start: Uint32Array): Uint8Array {
  const view = padded(bytes, BLOCK, 'big');
  const state = Uint32Array.from(start);
  const words = new Int32Array(64);
  for (let at = 0; at < view.byteLength; at += BLOCK) {
    for (let index = 0; index < 64; index++) words[index] = sha256Word(view, at, words, index);
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let round = 0; round < 64; round++) {
      const big1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
      const first = (h + big1 + ((e & f) ^ (~e & g)) + SHA256_CONSTANTS[round]! + words[round]!) | 0;
      const big0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
      const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    addTo(state, [a, b, c, d, e, f, g, h]);
  }
  return wordsToBytes(state, 'big');
}

function sha256Word(view: DataView, at: number, words: Int32Array, index: number): number {
  if (index < 16) return view.getInt32(at + index * 4);
  const before = words[index - 15]!;
  const near = words[index - 2]!;
  const small0 = rotateRight(before, 7) ^ rotateRight(before, 18) ^ (before >>> 3);
  const small1 = rotateRight(near, 17) ^ rotateRight(near, 19) ^ (near >>> 10);
  return (words[index - 16]! + small0 + words[index - 7]! + small1) | 0;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256With(bytes, hexWords(SHA256_START));
}

export function sha224(bytes: Uint8Array): Uint8Array {
  return sha256With(bytes, hexWords(SHA224_START)).slice(0, 28);
}

const SHA512_START = (
  '6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b' +
  '5be0cd19137e2179'
).match(/.{16}/g)!;
const SHA384_START = (
  'cbbb9d5dc1059ed8629a292a367cd5079159015a3070dd17152fecd8f70e593967332667ffc00b318eb44a8768581511db0c2e0d64f98fa7' +
  '47b5481dbefa4fa4'
).match(/.{16}/g)!;

const WORD = 64;

function trim64(value: bigint): bigint {
  return BigInt.asUintN(WORD, value);
}

function rotate64(value: bigint, bits: bigint): bigint {
  return trim64((value >> bits) | (value << (64n - bits)));
}

function sha512With(bytes: Uint8Array, start: readonly string[]): Uint8Array {
  const view = padded(bytes, BLOCK * 2, 'big');
  const state = start.map((word) => BigInt(`0x${word}`));
  const words: bigint[] = [];
  for (let at = 0; at < view.byteLength; at += BLOCK * 2) {
    for (let index = 0; index < 80; index++) words[index] = sha512Word(view, at, words, index);
    let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let round = 0; round < 80; round++) {
      const big1 = rotate64(e, 14n) ^ rotate64(e, 18n) ^ rotate64(e, 41n);
      const first = trim64(h + big1 + ((e & f) ^ (trim64(~e) & g)) + SHA2_CONSTANTS[round]! + words[round]!);
      const big0 = rotate64(a, 28n) ^ rotate64(a, 34n) ^ rotate64(a, 39n);
      const second = trim64(big0 + ((a & b) ^ (a & c) ^ (b & c)));
      [h, g, f, e, d, c, b, a] = [g, f, e, trim64(d + first), c, b, a, trim64(first + second)];
    }
    [a, b, c, d, e, f, g, h].forEach((value, index) => {
      state[index] = trim64(state[index]! + value);
    });
  }
  const out = new DataView(new ArrayBuffer(BLOCK));
  state.forEach((word, index) => {
    out.setBigUint64(index * 8, word);
  });
  return new Uint8Array(out.buffer);
}

function sha512Word(view: DataView, at: number, words: readonly bigint[], index: number): bigint {
  if (index < 16) return view.getBigUint64(at + index * 8);
  const before = words[index - 15]!;
  const near = words[index - 2]!;
  const small0 = rotate64(before, 1n) ^ rotate64(before, 8n) ^ (before >> 7n);
  const small1 = rotate64(near, 19n) ^ rotate64(near, 61n) ^ (near >> 6n);
  return trim64(words[index - 16]! + small0 + words[index - 7]! + small1);
}

export function sha512(bytes: Uint8Array): Uint8Array {
  return sha512With(bytes, SHA512_START);
}

export function sha384(bytes: Uint8Array): Uint8Array {
  return sha512With(bytes, SHA384_START).slice(0, 48);
}
