import { defineSearchAttributeKey } from '@temporalio/common';
import { STATE_ATTRIBUTE } from '../workflows/contract';

/** What keeps installations apart that share a namespace: `name` is the database's random word. */
export interface Installation {
  name: string;
}

export function taskQueueOf({ name }: Installation): string {
  return `${name}-tasks`;
}

export function workflowIdOf({ name }: Installation, taskId: number): string {
  return `${name}-task-${taskId}`;
}

/** `schedule` is `periodic-<id>` or `clocked-<id>`; the workflows that it starts have its id in front of theirs. */
export function scheduleIdOf({ name }: Installation, schedule: string): string {
  return `${name}-${schedule}`;
}

/** `probeId` is drawn: probes have no row that would count them. */
export function probeIdOf(
  { name }: Installation,
  { projectId, probeId }: { projectId: number; probeId: number },
): string {
  return `${name}-probe-${projectId}-${probeId}`;
}

/** By these the Temporal Web UI finds tasks; registered at boot. */
export const searchAttributes = {
  taskId: defineSearchAttributeKey('GantryTaskId', 'INT'),
  projectId: defineSearchAttributeKey('GantryProjectId', 'INT'),
  templateId: defineSearchAttributeKey('GantryTemplateId', 'KEYWORD'),
  state: defineSearchAttributeKey(STATE_ATTRIBUTE, 'KEYWORD'),
};
