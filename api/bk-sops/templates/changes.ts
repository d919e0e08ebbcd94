import { z } from '@hono/zod-openapi';

const element = z.object({ id: z.string(), name: z.string() });

const elementChanges = z.object({
  added: z.array(element),
  removed: z.array(element),
  changed: z.array(element.extend({ fields: z.array(z.string()) })),
});

/** What a version of a template changed against the one before; null when there is nothing before or nothing new. */
export const treeChanges = z
  .object({
    activities: elementChanges,
    gateways: elementChanges,
    flows: elementChanges,
    constants: elementChanges,
    outputs: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
    fields: z.array(z.string()),
  })
  .nullable();
