import { createHash } from 'node:crypto';
import { z } from 'zod';
import { GantryError } from '../base/error';
import { stringifyJson } from '../base/json';
import type { BundledTemplate, UncheckedTemplate } from './bundle';
import { fileText, given, unreadable } from './file-fields';
import { originOf } from './origin';
import { referencesIn } from './references';
import { DEFAULT_SETTINGS } from './settings';
import { PYTHON, sortedJson, UJSON } from './sorted-json';
import { readText } from './tree-text';

/** JSON text in JSON, as Django keeps it. */
const embedded = z.union([z.string().transform(parsedOrNull), z.unknown()]);
const recipients = z.array(z.string());
/** Older files have one list for both. */
const notifyType = embedded.pipe(
  z.union([
    z.object({ success: recipients.default([]), fail: recipients.default([]) }),
    recipients.transform((all) => ({ success: all, fail: all })),
    z.unknown().transform(() => DEFAULT_SETTINGS.notifyType),
  ]),
);
const notifyReceivers = embedded.pipe(
  z.record(z.string(), z.unknown()).or(z.unknown().transform(() => DEFAULT_SETTINGS.notifyReceivers)),
);

const BASE64 = /^[A-Za-z0-9+/=\s]*$/;

/** The salt that bk-sops fixes in its source, and the older one that it still reads. */
const KNOWN_SALTS = ['821a11587ea434eb85c2f5327a90ae54', 'e5483c1ccde63392bd439775bba6a7ae'];

/** `.dat` files of bk-sops: the settings of templates, and apart from them their trees (bk-sops §7.5). */
const content = z.object({
  gantry_source: fileText.optional(),
  template: z.record(
    z.string(),
    z.object({
      pipeline_template_str_id: z.string().optional(),
      pipeline_template_id: z.string().optional(),
      category: fileText.optional(),
      notify_type: notifyType.optional(),
      notify_receivers: notifyReceivers.optional(),
      time_out: z.int32().min(0).optional(),
      default_flow_type: fileText.optional(),
      executor_proxy: fileText.nullish(),
    }),
  ),
  pipeline_template_data: z.object({
    template: z.record(
      z.string(),
      z.object({
        name: fileText,
        description: fileText.nullish(),
        tree: z.record(z.string(), z.unknown()),
        schemes: z
          .array(z.object({ id: z.int().optional().catch(undefined), name: fileText, data: embedded.pipe(recipients) }))
          .default([]),
      }),
    ),
  }),
});
const file = z.object({ template_data: z.unknown(), digest: z.string() });

/** A bundle as a `.dat` file: base64 of `{template_data, digest}`. */
export function writeDat(bundle: readonly BundledTemplate[], { at, username }: { at: Date; username: string }): string {
  const source = bundle[0]?.origin?.source;
  const template_data = {
    ...(source === undefined ? {} : { gantry_source: source }),
    ...settingsOf(bundle),
    pipeline_template_data: treesOf(bundle, at, username),
  };
  const digest = digestOf(sortedJson(template_data, PYTHON), ownSalt());
  return Buffer.from(stringifyJson({ template_data, digest })).toString('base64');
}

function settingsOf(bundle: readonly BundledTemplate[]) {
  const template = bundle.map(({ key, settings }) => ({
    id: key,
    pipeline_template_id: key,
    pipeline_template_str_id: key,
    category: settings.category,
    notify_type: stringifyJson(settings.notifyType),
    notify_receivers: stringifyJson(settings.notifyReceivers),
    time_out: settings.timeout,
    default_flow_type: settings.defaultFlowType,
    executor_proxy: settings.executorProxy,
    is_deleted: false,
  }));
  return { template: Object.fromEntries(template.map((settings) => [settings.id, settings])) };
}

function treesOf(bundle: readonly BundledTemplate[], at: Date, username: string) {
  const time = `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const people = { creator: username, create_time: time, editor: username, edit_time: time };
  const template = bundle.map(({ key, settings, tree, schemes }) => ({
    ...people,
    template_id: key,
    name: settings.name,
    description: settings.description,
    is_deleted: false,
    tree,
    schemes: schemes.map(({ id, name, nodeIds }) => ({ id, name, data: stringifyJson(nodeIds) })),
  }));
  const refs: Record<string, Record<string, string[]>> = {};
  for (const { key, tree } of bundle) {
    for (const { id, template_id } of referencesIn(tree)) {
      refs[template_id] ??= {};
      refs[template_id][key] ??= [];
      refs[template_id][key].push(id);
    }
  }
  return { template: Object.fromEntries(template.map((tree) => [tree.template_id, tree])), refs };
}

/**
 * @throws GantryError `invalid` when the text is no such file, `validation` when it has been changed or was written with
 *   another salt
 */
export function readDat(text: string): UncheckedTemplate[] {
  const { template_data, digest } = parseFile(text);
  const texts = [PYTHON, UJSON].map((style) => sortedJson(template_data, style));
  const salts = [ownSalt(), ...KNOWN_SALTS];
  if (!texts.some((candidate) => salts.some((salt) => digestOf(candidate, salt) === digest))) {
    throw new GantryError(
      'validation',
      'template data is not valid: its digest does not fit; it was changed, or written with a salt that is not known here: ' +
        'set GANTRY_EXPORT_SALT to that of the installation that wrote it, or export it anew and send it unchanged',
    );
  }
  const { gantry_source: source, template, pipeline_template_data } = parse(content, template_data);
  const settings = new Map(
    Object.values(template).map((one) => [one.pipeline_template_str_id ?? one.pipeline_template_id, one]),
  );
  return Object.entries(pipeline_template_data.template).map(([key, { name, description, tree, schemes }]) => {
    const own = settings.get(key);
    return {
      key,
      origin: originOf(key, source),
      settings: given({
        name,
        description: description ?? undefined,
        category: own?.category,
        notifyType: own?.notify_type,
        notifyReceivers: own?.notify_receivers,
        timeout: own?.time_out,
        defaultFlowType: own?.default_flow_type,
        executorProxy: own?.executor_proxy ?? undefined,
      }),
      tree,
      schemes: schemes.map(({ id, name, data }) => ({ ...(id === undefined ? {} : { id }), name, nodeIds: data })),
    };
  });
}

/** What is wrong with a text that is no `.dat` file at all, and what to send. */
function parseFile(text: string): z.output<typeof file> {
  const other = 'send all that the file holds, unchanged, or say which other format it has (json, yaml, bk_sops_yaml)';
  if (!BASE64.test(text)) throw notDat(`template data is not base64, as .dat files of bk-sops are: ${other}`);
  let value: unknown;
  try {
    value = readText(Buffer.from(text, 'base64').toString(), 'json');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw notDat(
      `template data is no .dat file of bk-sops, or not all of it: its base64 holds ${reason}: ${other}`,
      cause,
    );
  }
  const parsed = file.safeParse(value);
  if (parsed.success && parsed.data.template_data !== undefined) return parsed.data;
  throw notDat(`template data is no .dat file of bk-sops: {"template_data": …, "digest": "…"} is not in it: ${other}`);
}

function notDat(message: string, cause?: unknown): GantryError {
  return new GantryError('invalid', message, { cause });
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(parsed.error);
  return parsed.data;
}

/** Files pass between installations that have the same salt; it is a seal against mistakes, not a signature. */
function ownSalt(): string {
  return process.env.GANTRY_EXPORT_SALT ?? 'gantry';
}

function digestOf(text: string, salt: string): string {
  return createHash('md5')
    .update(text + salt)
    .digest('hex');
}

function parsedOrNull(text: string): unknown {
  try {
    return readText(text, 'json');
  } catch {
    return null;
  }
}
