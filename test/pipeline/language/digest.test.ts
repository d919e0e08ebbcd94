import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Meter } from '../../../pipeline/language/python/limits';
import { limitsOf } from '../../../pipeline/language/python/rules';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';
import { fixedAmbient, scopeOf } from './support';

test.each(['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])(
  '%s agrees with the reference implementation for any text',
  (name) => {
    const template = parseTemplate(`\${hashlib.${name}(text.encode('utf-8')).hexdigest()}`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const rendered = renderTemplate(template, scopeOf({ text }), fixedAmbient(2), new Meter(limitsOf(2)));
        expect(rendered).toBe(createHash(name).update(text, 'utf8').digest('hex'));
      }),
    );
  },
);
