import { stringifyJson } from '../../base/json';
import type { Json, JsonObject } from '../json';
import { ExpressionError, placed, within } from '../language/python/errors';
import type { Meter } from '../language/python/limits';
import { sizeOf } from '../language/python/measure';
import { AttributeObject, type ScopeValue } from '../language/python/values';
import { renderTemplate, type Template, templateReferences } from '../language/template';
import type { NodeInput, Variable } from '../program';
import { resolveTyped } from '../variable-types';
import type { Frame } from './frame';
import type { PipelineState } from './state';

/** More than any real chain of constants; a cycle through expressions ends here. */
const MAX_DEPTH = 100;

/** A variable that a node needs has no value. */
export class HydrateError extends Error {
  override name = 'HydrateError';
}

/**
 * Values of one pipeline's variables at one moment: resolved when first asked for, once each (bk-sops §4.2). Lives no
 * longer than the step.
 */
export class Variables {
  readonly #known = new Map<string, ScopeValue | undefined>();
  #depth = 0;
  #meter: Meter | undefined;

  /** @param meter pays for all that is rendered here; by default one of its own, which is made when it is needed */
  constructor(
    private readonly frame: Frame,
    private readonly pipeline: number,
    meter?: Meter,
  ) {
    this.#meter = meter;
  }

  get meter(): Meter {
    this.#meter ??= this.frame.newMeter();
    return this.#meter;
  }

  /**
   * @throws HydrateError when a reference of the template cannot be resolved
   * @throws ExpressionError `limit`, `sealed`, naming the variable and the fragment
   */
  render(template: Template): Json {
    for (const name of templateReferences(template)) this.value(name);
    return renderTemplate(template, (name) => this.value(name), this.frame.ambient, this.meter);
  }

  input(input: NodeInput): Json {
    return 'verbatim' in input ? input.verbatim : this.render(input.template);
  }

  /** As `input`, but an object that is handed on as a whole stays one. */
  argument(input: NodeInput): ScopeValue {
    const name = 'template' in input ? soleName(input.template) : undefined;
    return (name === undefined ? undefined : this.whole(name)) ?? this.input(input);
  }

  /** A value that is handed on as it is: all of it is paid for. */
  whole(name: string): ScopeValue | undefined {
    const value = this.value(name);
    if (value !== undefined) within(`\${${name}}`, () => this.meter.charge(sizeOf(value)));
    return value;
  }

  /** Value by bare name; undefined for unknown names and outputs that do not exist yet. */
  value(name: string): ScopeValue | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const value = this.#resolve(name);
    this.#known.set(name, value);
    return value;
  }

  #resolve(name: string): ScopeValue | undefined {
    const { context, pipelines } = this.frame.state;
    const set = loadValue(pipelines[this.pipeline]!, name);
    if (set !== undefined) return set;
    const { redefined = {} } = pipelines[this.pipeline]!;
    const variable =
      ownValue(redefined, name) ?? ownValue(this.frame.program.pipelines[this.pipeline]!.variables, name);
    if (variable) return this.#define(name, variable);
    if (name === '_system') return new AttributeObject(new Map(Object.entries(context.system)), '_system');
    return ownValue(context.env, name);
  }

  #define(name: string, variable: Variable): ScopeValue | undefined {
    switch (variable.kind) {
      case 'plain':
        return variable.value;
      case 'output':
        return undefined;
      case 'template':
        return this.#nested(name, () => this.render(variable.template));
      case 'typed':
        return this.#nested(name, () =>
          resolveTyped(variable.type, this.render(variable.template), this.frame.ambient, this.meter),
        );
      default:
        return variable satisfies never;
    }
  }

  #nested<T>(name: string, resolve: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw new HydrateError(`\${${name}} refers to itself`);
    this.#depth += 1;
    try {
      return resolve();
    } catch (error) {
      // In a chain of variables the one where it happened says enough.
      const isNamed = error instanceof ExpressionError && error.places > 1;
      throw isNamed ? error : placed(`\${${name}}`, error);
    } finally {
      this.#depth -= 1;
    }
  }
}

/** Characters of a value that a message shows. */
const MAX_SHOWN = 2000;

/** Values as a JSON text for messages, under their keys with `${}`; long ones by their length. */
export function describeValues(variables: Variables, names: string[]): string {
  const values: JsonObject = {};
  for (const name of names) {
    const value = variables.value(name);
    if (value === undefined) continue;
    values[`\${${name}}`] = shownValue(value);
  }
  return stringifyJson(values);
}

function shownValue(value: ScopeValue): Json {
  try {
    const size = sizeOf(value);
    if (size > MAX_SHOWN) return `(${size} characters)`;
    return value instanceof AttributeObject ? value.text : value;
  } catch {
    return '(too large to be shown)';
  }
}

/** Keeps a value in the state: of an object its text, and its attributes beside it. Returns what people are shown. */
export function storeValue(pipeline: PipelineState, name: string, value: ScopeValue): Json {
  const { [name]: _old, ...others } = pipeline.objects ?? {};
  if (!(value instanceof AttributeObject)) {
    if (pipeline.objects) pipeline.objects = others;
    pipeline.values[name] = value;
    return value;
  }
  const { attributes, text } = value;
  pipeline.objects = { ...others, [name]: { attributes: Object.fromEntries(attributes), text } };
  pipeline.values[name] = text;
  return text;
}

function loadValue({ values, objects = {} }: PipelineState, name: string): ScopeValue | undefined {
  const value = ownValue(values, name);
  const object = ownValue(objects, name);
  // Whatever else was set under this name later has another text.
  if (!object || object.text !== value) return value;
  return new AttributeObject(new Map(Object.entries(object.attributes)), object.text);
}

/** The name that is all of a template; undefined when there is more. */
function soleName(template: Template): string | undefined {
  if (template === null || typeof template !== 'object' || template.kind !== 'text') return undefined;
  const [part, ...others] = template.parts;
  return others.length === 0 && typeof part === 'object' && part.kind === 'name' ? part.name : undefined;
}

function ownValue<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
