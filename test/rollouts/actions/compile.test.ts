import { execFileSync } from 'node:child_process';
import { GantryError } from '../../../base/error';
import { compile } from '../../../rollouts/actions/compile';
import { MAX_SCRIPT_BYTES } from '../../../rollouts/limits';
import type { Parameters } from '../../../rollouts/parameters/types';

const shell = (args: unknown) => ({ action: { module: 'shell', args } });
const long = (content: unknown) => ({ action: { content, module: 'longscript' } });

function refusal(template: unknown, parameters: Parameters = {}): GantryError {
  try {
    compile(template, parameters);
  } catch (error) {
    if (error instanceof GantryError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the template of an action', () => {
  it('becomes a script in which parameters are variables, for the shell that its module means', () => {
    expect(compile(shell('which {{exec}}'), { exec: 'string' })).toEqual({
      interpreter: 'sh',
      script: 'which "${GANTRY_P_exec}"',
    });
    const content = 'docker run -d --net="{{host}}" --name {{name}} {{ tag }} ';
    expect(compile(long(content), { host: 'string', name: 'string', tag: 'string' })).toEqual({
      interpreter: 'bash',
      script: 'docker run -d --net="${GANTRY_P_host}" --name "${GANTRY_P_name}" "${GANTRY_P_tag}" ',
    });
  });

  it('never makes a value a part of the script', () => {
    const { script } = compile(shell(`printf '%s|' {{word}} "<{{word}}>" '<{{word}}>'`), { word: 'string' });
    const word = `a b"; echo no; $(echo no) \`echo no\` '`;

    const said = execFileSync('sh', ['-c', script], { env: { ...process.env, GANTRY_P_word: word } }).toString();

    expect(said).toBe(`${word}|<${word}>|<${word}>|`);
  });

  it('lets a shell reckon with integers alone', () => {
    expect(compile(long('echo $(({{n}} + 1))'), { n: 'integer' }).script).toBe('echo $((${GANTRY_P_n} + 1))');
    expect(refusal(long('echo $(({{n}} + 1))'), { n: 'string' }).message).toContain('declare it as an integer');
  });

  it('has lines that end as those of a script do, however it was written', () => {
    expect(compile(long('echo a\r\necho {{b}}\r\n'), { b: 'string' }).script).toBe('echo a\necho "${GANTRY_P_b}"\n');
  });

  it('keeps braces that are no parameters', () => {
    const script = "docker ps --format '{{.Names}}' --filter x={{json .}}";
    expect(compile(shell(script), {}).script).toBe(script);
  });

  it('is refused with line and advice where a parameter cannot stand', () => {
    const { kind, message, reason, details } = refusal(long('echo one\neval {{word}}\necho `x {{word}}`'), {
      word: 'string',
    });

    expect(kind).toBe('invalid');
    expect(message).toContain('line 2:6: {{word}} would be run or reckoned by eval; give it as an argument of its own');
    expect(message).toContain('line 3:9: {{word}} cannot be replaced safely inside `…`; write $(…) instead of `…`');
    expect(reason).toMatchObject({ code: 'malformed', args: { field: 'template.action.content' } });
    expect(details).toEqual([{ field: 'template.action.content', message }]);
  });

  it('is refused with a parameter that the action does not declare', () => {
    expect(refusal(shell('echo {{word}}'), { other: 'string' }).message).toMatch(
      /^line 1:6: there is no parameter word;/,
    );
  });

  it.each(['{{ word | upper }}', '{{word.x}}', '{{word[0]}}', '{{ word + 1 }}', '{% if word %}a{% endif %}'])(
    'is refused where more than a name would have to be worked out: %s',
    (text) => {
      const { message } = refusal(shell(`echo a\necho b ${text}`), { word: 'string' });
      expect(message).toMatch(/^line 2:8: .* is not worked out: a parameter alone is put in; write \{\{name\}\}/);
    },
  );

  it.each(['command', 'copy', 'yum', 'constructor', '__proto__', '', null, 7])('has no other module: %j', (module) => {
    const { message, reason } = refusal({ action: { module, args: 'true', content: 'true' } });
    expect(message).toContain('write shell (with args) or longscript (with content)');
    expect(reason).toMatchObject({ args: { field: 'template.action.module' } });
  });

  it.each([
    [undefined, 'template'],
    ['text', 'template'],
    [[], 'template'],
    [{}, 'template.action'],
    [{ action: 'true' }, 'template.action'],
    [{ action: {} }, 'template.action.module'],
    [{ action: { module: 'shell', content: 'true' } }, 'template.action.args'],
    [shell(''), 'template.action.args'],
    [shell(' \n'), 'template.action.args'],
    [shell(['true']), 'template.action.args'],
    [shell('a\0'), 'template.action.args'],
    [long('x'.repeat(MAX_SCRIPT_BYTES + 1)), 'template.action.content'],
    [{ ...shell('true'), more: 'x'.repeat(8 * MAX_SCRIPT_BYTES) }, 'template'],
  ])('is refused naming the field: %#', (template, field) => {
    expect(refusal(template).reason).toMatchObject({ args: { field } });
  });

  it('says the first of many problems', () => {
    const message = refusal(shell('echo {{a}}\n'.repeat(100))).message;
    expect(message.split('; line ')).toHaveLength(20);
    expect(message).toMatch(/; and 80 more$/);
  });
});
