export { check, checkTask, MAX_CALLBACK_BYTES, type Refusal, type View } from './check';
export { type HostChoice, MAX_CHOSEN_HOSTS } from './host-choice';
export { describeMissing } from './inputs';
export type {
  Command,
  Event,
  LeftOut,
  NextRound,
  NodeRow,
  Outcome,
  RoundStep,
  RunPlugin,
  TaskRow,
} from './messages';
export { type Action, type Operation, wordOf } from './operation';
export { outputsOf } from './outputs';
export { shownState } from './shown';
export {
  createState,
  isEnded,
  type NodeStatus,
  type ShownState,
  type State,
  type TaskContext,
  type TaskStatus,
  taskStatus,
} from './state';
export { step } from './step';
export type { TakenNode, TakenOver } from './taken';
export { Work } from './work';
