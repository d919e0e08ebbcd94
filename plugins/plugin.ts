import type { z } from 'zod';
import type { PluginFacts } from '../pipeline/catalog';
import type { Json, JsonObject } from '../pipeline/json';
import type { NextRound } from '../pipeline/machine';
import type { EffectRule, Work } from '../pipeline/program';
import type { Hosts } from './hosts';
import type { Batches, RolloutSteps } from './rollouts';

/** Long enough for any deploy step; a plugin that knows better says so. */
const DEFAULT_TIMEOUT_MS = 24 * 3600 * 1000;
const DEFAULT_HEARTBEAT_MS = 10_000;

/** What a plugin may use while it runs. */
export interface PluginContext {
  /** (task, node, loop, attempt): a fence for every write and remote start. */
  run: { taskId: number; nodeId: string; loop: number; attempt: number };
  /** Attributes of `${_system}`. */
  system: JsonObject;
  /** The user whose name the work is done in. */
  executor: string;
  /**
   * What outlives a crash of this attempt, in Postgres: an `attachable` plugin saves here how it finds its run again.
   * A retry by an operator is another attempt and begins with null.
   */
  progress: {
    load(): Promise<Json>;
    /** @throws Error when the attempt is not the node's current one any more */
    save(progress: Json): Promise<void>;
  };
  /** Aborted when the work is to end: an operator's stop or forced fail, or a shutdown. */
  signal: AbortSignal;
  batches: Batches;
}

interface PluginBase {
  code: string;
  /** `legacy` where bk-sops has no version. */
  version: string;
  name: string;
  group: string;
  description: string;
  inputs: z.ZodObject;
  /** What `run` answers; every plugin also has `_result`, `_loop`, `_inner_loop` (bk-sops §4.3). */
  outputs: z.ZodObject;
}

/** A plugin that the machine runs itself: no activity, no outside world. */
export interface InlinePlugin extends PluginBase {
  inline: Extract<Work, { kind: 'inline' }>['builtin'];
}

/** A plugin that does something in the outside world, as an activity. */
export interface ActivityPlugin extends PluginBase {
  effect: EffectRule;
  timeoutMs?: number;
  heartbeatMs?: number;
  /**
   * Done within milliseconds, and repeating it does no harm (`none` or `idempotent`): it runs inside the workflow task,
   * without a round trip to the server, and may be repeated after a crash together with its neighbours.
   */
  quick?: true;
  /**
   * Does the work.
   *
   * @param inputs checked against `inputs`
   * @returns the outputs
   * @throws PluginFailure when the work failed; anything else thrown counts as a failure too
   */
  run(inputs: JsonObject, context: PluginContext): Promise<JsonObject>;
}

/** What a plugin that works in rounds may use. What it knows from one step to the next is in its own rows. */
export interface RoundContext<I = JsonObject> extends Omit<PluginContext, 'progress' | 'batches'> {
  /** From 1. */
  round: number;
  /** The node's inputs, checked against `inputs`. */
  inputs: I;
  hosts: Hosts;
  rollouts: RolloutSteps;
}

/** A question what follows, with what has happened since the last one. */
export interface QuestionContext<I = JsonObject> extends RoundContext<I> {
  /** What the node was called back with; undefined: it was not. */
  callback: Json | undefined;
  /** Why a part crashed. */
  crashed: string | undefined;
}

/** A share of what a round has to do. */
export interface PartContext<I = JsonObject> extends RoundContext<I> {
  /** From 0. */
  part: number;
  /** How many there are in this round: all that is to be done is for one of them. */
  of: number;
}

/** How an attempt goes on, or what came of it. */
export type RoundAnswer = NextRound | RoundsEnd;

/** What came of an attempt. */
export type RoundsEnd = { done: JsonObject } | { failed: PluginFailure };

/**
 * A plugin whose attempts are worked off in rounds that rows describe (docs/architecture.md, "Work in rounds"): it is
 * asked what follows, does that in several activities, and is asked again.
 */
export interface RoundsPlugin extends PluginBase {
  /** Names of the inputs that decide what is done on a host: a retry that changes them says for which hosts it is. */
  workInputs?: readonly string[];
  /** Of one part. */
  timeoutMs?: number;
  heartbeatMs?: number;
  rounds: {
    /**
     * Says what follows. It only reads and writes rows: it may be asked the same thing twice, and has a minute.
     *
     * @throws PluginFailure when the attempt has failed
     */
    next(context: QuestionContext): Promise<RoundAnswer>;
    /**
     * Does what it finds to do, until there is nothing left; several do so at once, and any of them may be run again.
     *
     * @returns what came of the attempt, when this part knows that nothing is left of it: nobody is asked then
     */
    part(context: PartContext): Promise<RoundsEnd | undefined>;
  };
}

export type Plugin = InlinePlugin | ActivityPlugin | RoundsPlugin;

/** Names and codes of errors, as programs have them. */
const KIND = /^[A-Z][A-Za-z0-9_]{0,40}$/;

/** How much of another system's answer a message has at most. */
const MAX_ANSWER_SHOWN = 1000;

export interface FailureOptions extends ErrorOptions {
  /**
   * The message without what it quotes of inputs or of what was made of them: all that is shown when there was a password
   * in the inputs. Without it, such a message is shown only if no piece of a password is in it.
   */
  plain?: string;
  /** What another system answered, as a whole: its beginning is shown after `plain`, without passwords. */
  answer?: string;
}

/** The work failed, with outputs that are there all the same. */
export class PluginFailure extends Error {
  override name = 'PluginFailure';
  readonly plain: string | undefined;
  readonly answer: string | undefined;

  constructor(
    message: string,
    readonly outputs: JsonObject = {},
    { plain, answer, ...options }: FailureOptions = {},
  ) {
    super(message, options);
    this.plain = plain;
    this.answer = answer;
  }

  /** The same failure with the outputs that are known where it is caught; of any other error, its message. */
  static of(error: unknown, outputs: JsonObject): PluginFailure {
    const { message, plain, answer } = error as Error & Partial<PluginFailure>;
    return new PluginFailure(message, outputs, {
      cause: error,
      ...(plain === undefined ? {} : { plain }),
      ...(answer === undefined ? {} : { answer }),
    });
  }
}

/** What kind of error it is, in words that quote nothing: `TypeError`, `ENOTFOUND`. */
export function errorKind(error: Error): string {
  const { code, name } = error as Error & { code?: unknown };
  return [code, name].find((word): word is string => typeof word === 'string' && KIND.test(word)) ?? 'Error';
}

/** A message with what another system answered, as much of it as people are shown. */
export function withAnswer(message: string, answer: string): string {
  return `${message}: ${answer.slice(0, MAX_ANSWER_SHOWN)}`;
}

/** Declares an inline plugin. */
export function defineInlinePlugin(plugin: InlinePlugin): InlinePlugin {
  return plugin;
}

/** Declares a plugin whose `run` gets its inputs as typed by their schema. */
export function definePlugin<I extends z.ZodObject>(
  plugin: Omit<ActivityPlugin, 'inputs' | 'run'> & {
    inputs: I;
    run(inputs: z.output<I>, context: PluginContext): Promise<JsonObject>;
  },
): ActivityPlugin {
  return { ...plugin, run: (inputs, context) => plugin.run(inputs as z.output<I>, context) };
}

/** Declares a plugin that works in rounds, whose steps get their inputs as typed by their schema. */
export function defineRoundsPlugin<I extends z.ZodObject>(
  plugin: Omit<RoundsPlugin, 'inputs' | 'rounds'> & {
    inputs: I;
    rounds: {
      next(context: QuestionContext<z.output<I>>): Promise<RoundAnswer>;
      part(context: PartContext<z.output<I>>): Promise<RoundsEnd | undefined>;
    };
  },
): RoundsPlugin {
  return plugin as unknown as RoundsPlugin;
}

/** What compilation copies of a plugin into a program. */
export function factsOf(plugin: Plugin): PluginFacts {
  const { code, version } = plugin;
  if ('inline' in plugin) return { code, version, work: { kind: 'inline', builtin: plugin.inline } };
  if ('rounds' in plugin) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, heartbeatMs = DEFAULT_HEARTBEAT_MS } = plugin;
    const work = { kind: 'plugin', code, version, effect: 'attachable', timeoutMs, heartbeatMs, rounds: true } as const;
    return { code, version, work };
  }
  const { effect, timeoutMs = DEFAULT_TIMEOUT_MS, heartbeatMs = DEFAULT_HEARTBEAT_MS, quick } = plugin;
  if (quick && effect !== 'none' && effect !== 'idempotent') {
    throw new Error(`plugin ${code} ${version} cannot be quick: repeating it is not harmless`);
  }
  const work = { kind: 'plugin' as const, code, version, effect, timeoutMs, heartbeatMs };
  return { code, version, work: quick ? { ...work, quick } : work };
}
