export { canonicalAddress, isIpAddress } from './address';
export { type IpText, parseIpText } from './parse';
export type { IpProblem, IpProblemKind } from './problem';
export {
  addressesToFind,
  type HostCandidate,
  type ResolvedTargets,
  resolveTargets,
  type TargetViewer,
} from './resolve';
export type { IpTarget } from './target';
