import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { md5, sha1, sha224, sha256, sha384, sha512 } from '../../../pipeline/language/modules/digest';

test.each(Object.entries({ md5, sha1, sha224, sha256, sha384, sha512 }))(
  '%s agrees with the reference implementation for any bytes',
  (name, digest) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(Buffer.from(digest(bytes)).toString('hex')).toBe(createHash(name).update(bytes).digest('hex'));
      }),
    );
  },
);
