import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../../pipeline/json';
import { ConditionError, evaluateBoolrule } from '../../../pipeline/language/condition';
import { parseTemplate, renderTemplate, templateReferences } from '../../../pipeline/language/template';
import { fixedAmbient, scopeOf } from './support';

interface RuleCase {
  expr: string;
  context?: JsonObject;
  expected: boolean | 'error';
  error_kind?: string;
}

interface TemplateCase {
  template: Json;
  context: JsonObject;
  expected: Json;
  references: string[];
}

function load<T>(name: string): T[] {
  return JSON.parse(readFileSync(join(__dirname, '../../data/language', name), 'utf8')) as T[];
}

function outcome(rule: RuleCase): boolean | string {
  try {
    return evaluateBoolrule(rule.expr, rule.context);
  } catch (error) {
    if (error instanceof ConditionError) return error.kind;
    throw error;
  }
}

describe('the observed condition cases', () => {
  test.each(load<RuleCase>('boolrule.json').map((rule) => [rule.expr, rule] as const))('%j', (_, rule) => {
    expect(outcome(rule)).toBe(rule.expected === 'error' ? rule.error_kind : rule.expected);
  });
});

describe('the observed template cases', () => {
  test.each(load<TemplateCase>('template.json').map((item) => [item.template, item] as const))('%j', (_, item) => {
    const template = JSON.parse(JSON.stringify(parseTemplate(item.template)));

    expect(renderTemplate(template, scopeOf(item.context), fixedAmbient())).toEqual(item.expected);
    expect(
      templateReferences(template)
        .map((name) => `\${${name}}`)
        .sort(),
    ).toEqual([...item.references].sort());
  });
});
