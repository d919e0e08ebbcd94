import { stringifyJson } from '../../base/json';
import type { Json } from '../../pipeline/json';
import type { Constant, PipelineTree } from '../../pipeline/tree/types';
import type { BundledTemplate } from '../bundle';
import { DEFAULT_SETTINGS } from '../settings';

/** A template to be written, in which every subprocess names another one. */
export type Expanded = BundledTemplate;

/**
 * The templates of a bundle, and after them the trees that subprocesses bring along: the format has no trees within trees,
 * so each becomes a template, whose parameters get from its subprocess what they had.
 *
 * @param note hears of each
 */
export function expand(bundle: readonly BundledTemplate[], note: (text: string) => void): Expanded[] {
  const queue = bundle.map((template) => ({ ...template }));
  const keys = new Set(queue.map(({ key }) => key));
  for (const template of queue) {
    const activities = Object.entries(template.tree.activities).map(([id, activity]) => {
      if (activity.type !== 'SubProcess' || !activity.pipeline) return [id, activity] as const;
      let key = `${template.key}.${id}`;
      while (keys.has(key)) key += '.';
      keys.add(key);
      const { origin } = template;
      queue.push({
        key,
        ...(origin ? { origin: { ...origin, key } } : {}),
        settings: { ...DEFAULT_SETTINGS, name: activity.name },
        tree: asTemplate(activity.pipeline),
        schemes: [],
      });
      note(`template ${template.key}, node ${id}: its own tree is written as template ${key}`);
      const { pipeline, original_template_id: _, original_template_version: _v, ...rest } = activity;
      const constants = Object.fromEntries(
        Object.entries(pipeline.constants).flatMap(([key, { value }]) =>
          isGiven(pipeline.constants[key]!) ? [[key, { value }]] : [],
        ),
      );
      return [id, { ...rest, template_id: key, constants: constants as unknown as Json }] as const;
    });
    template.tree = { ...template.tree, activities: Object.fromEntries(activities) as PipelineTree['activities'] };
  }
  return queue;
}

/** What a subprocess gives to its template: the values that are rendered around it. */
function isGiven({ show_type, source_type }: Constant): boolean {
  return show_type === 'show' && source_type !== 'component_outputs';
}

/** Its parameters without the references that only mean something around it. */
function asTemplate(tree: PipelineTree): PipelineTree {
  const constants = Object.entries(tree.constants).map(([key, constant]): [string, Constant] => {
    const refers = isGiven(constant) && stringifyJson(constant.value ?? '').includes('${');
    return [key, refers ? { ...constant, value: '' } : constant];
  });
  const { id: _, ...rest } = tree;
  return { ...rest, constants: Object.fromEntries(constants) };
}
