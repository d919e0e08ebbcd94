import fc from 'fast-check';
import { compileCondition, conditionFault, evaluateBoolrule } from '../../../pipeline/language/condition';
import { load } from './support';

const fault = (source: string): string | undefined => conditionFault(compileCondition(source));

function isRead(rule: string): boolean {
  try {
    evaluateBoolrule(rule);
    return true;
  } catch (error) {
    return (error as { kind: string }).kind !== 'parse';
  }
}

describe('a condition without fragments', () => {
  const rules = load<{ expr: string }[]>('boolrule.json').map(({ expr }) => expr);
  const literal = rules.filter((rule) => !rule.includes('${'));

  test.each(literal.map((rule) => [rule]))('is read before it is reached as it is then: %j', (rule) => {
    expect(fault(rule) === undefined).toBe(isRead(rule));
  });

  const words =
    '== != <= < in notin issuperset and or ( ) , 1 -2.5 "a b" \'c\' abc a.b true falsehood " = is && not'.split(' ');

  test('is read as it is later, whatever its words', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 9 }), fc.constantFrom('', ' '), (picked, glue) => {
        const rule = picked.join(glue);
        if (isRead(rule)) read++;
        expect([rule, fault(rule) === undefined]).toEqual([rule, isRead(rule)]);
      }),
      { numRuns: 4000, seed: 14 },
    );
    expect(read).toBeGreaterThan(20);
  });
});

describe('a condition with fragments', () => {
  test.each([
    ['${a} == 1'],
    ['"${a}" == "${b}"'],
    ['${rule}'],
    ['${a} ${operator} ${b}'],
    ['${a}${b} == 1'],
    ['a${a}b == "x"'],
    ['${a} in (${items})'],
    ['${a} in (1, ${b}, "${c}")'],
    ['(${a} == 1 or ${rule}) and ${b} notin (1,2)'],
    ['${rule} and ${other_rule}'],
    ['${int(n) + 1 > 3} == True'],
    ["${d['k']} == 1"],
    ['${s} == "x y"'],
    ['${left} "x y"'],
    ['1 == 1 ${and_more}'],
    ['${ghost} > 1'],
    ['-${n} == -1'],
    ['${n} > -${n} and +${n} in (-${n}, 1)'],
    ['${object}.b == a.${name}'],
    ['1 =${rest} 1'],
    ['1 ${rest}= 1'],
    // With nothing in it, `not` is a word like any other.
    ['not ${a} == 1'],
    ['*'],
  ])('may hold once it is rendered: %s', (source) => {
    expect(fault(source)).toBeUndefined();
  });

  test.each([
    ['${a} = 3', "unexpected '= 3' at 5: expected an operator"],
    ['${a} is 1', "unexpected 'is 1' at 5: expected an operator"],
    ['${a} ==', "unexpected 'end of text' at 7: expected a value"],
    ['== ${a}', "unexpected '== ${a}' at 0: expected a value or an opening bracket"],
    ['${a} == 1 && ${b} == 2', 'unexpected \'&& ${b} == 2\' at 10: expected "and", "or" or the end'],
    ['(${a} == 1', 'unexpected \'end of text\' at 10: expected "and", "or" or a closing bracket'],
    ['${a} == 1)', 'unexpected \')\' at 9: expected "and", "or" or the end'],
    ['${a} in (1, 2', "unexpected 'end of text' at 13: expected a comma or a closing bracket"],
    ['${a} == "x', "unexpected '\"x' at 8: expected a text that ends with the same quotation mark"],
    ['${a} == b c', 'unexpected \'c\' at 10: expected "and", "or" or the end'],
    ['${a}${b} == 1 2', 'unexpected \'2\' at 14: expected "and", "or" or the end'],
    ['${a} == 1 and', "unexpected 'end of text' at 13: expected a value or an opening bracket"],
    ['${a} == 1 || ${b} == 2', "unexpected '|| ${b} == 2' at 10"],
    ['!${a} == 1', "unexpected '!${a} == 1' at 0"],
    ['${a} == 1 and 2', "unexpected 'end of text' at 15: expected an operator"],
    ['${a} === 1', "unexpected '= 1' at 7: expected a value"],
    ['123', "unexpected 'end of text' at 3: expected an operator"],
    ['', "unexpected 'end of text' at 0"],
    // A fragment that is none stays as it is.
    ['${1 +} == 1', "unexpected '${1 +} == 1' at 0"],
    ["${__import__('os')} == 1", "unexpected '${__import__('os')} ' at 0"],
  ])('can never be read: %s', (source, message) => {
    expect(fault(source)).toContain(message);
  });

  test('is looked at in a time that grows with its length', () => {
    const deep = `${'('.repeat(90)}\${a} == 1${' or ${b} == 2)'.repeat(90)}`;

    expect(fault(deep)).toBeUndefined();
    expect(fault(`${deep})`)).toContain("unexpected ')'");
    expect(fault('${a} '.repeat(800))).toBeUndefined();
    expect(fault(`${'('.repeat(2000)}\${a}${')'.repeat(2000)}`)).toContain('unexpected');
  });
});
