import { isJsonObject, type Json, type JsonObject } from '../json';
import { strftime } from '../language/python/modules/strftime';
import type { Ambient } from '../language/template';
import type { Beginning, Builtin, CallbackResult } from './builtin';

const APPROVED = '通过';
const REJECTED = '拒绝';
const DAY_MS = 24 * 3600 * 1000;

/** What is kept of the inputs until the answer comes. */
type Remembered = { sn: string; blocks: boolean };

/**
 * `bk_approve` without ITSM (bk-sops §8.1): waits for a callback `{approve_result: true | false}`. A rejection fails
 * the node unless `rejected_block` is false. Outputs `sn` and `approve_result`, `通过` or `拒绝`.
 */
export const waitApproval: Required<Builtin> = {
  begin,
  decisive: { rejected_block: true },
  refuseCallback,
  endByCallback,
};

function begin(inputs: JsonObject, ambient: Ambient): Beginning {
  const sn = serialNumber(ambient);
  const remember: Remembered = { sn, blocks: inputs.rejected_block !== false };
  const verifier = String(inputs.bk_verifier ?? '');
  const waitingFor = verifier === '' ? 'an approval' : `an approval by ${verifier}`;
  return { kind: 'callback', outputs: { sn }, remember, waitingFor };
}

/** An answer that is neither yes nor no decides nothing. */
function refuseCallback(data: Json): string | undefined {
  if (isJsonObject(data) && typeof data.approve_result === 'boolean') return undefined;
  return 'an approval is called back with {"approve_result": true} or {"approve_result": false}';
}

function endByCallback(data: Json, remembered: Json | undefined): CallbackResult {
  const { sn, blocks } = remembered as Remembered;
  const isApproved = isJsonObject(data) && data.approve_result === true;
  const outputs = { sn, approve_result: isApproved ? APPROVED : REJECTED };
  if (isApproved || !blocks) return { ok: true, outputs };
  return { ok: false, outputs, reason: `the approval ${sn} was rejected` };
}

/** In the form that ITSM gives its tickets: `REQ`, the time in UTC, four digits. */
function serialNumber({ now, random }: Ambient): string {
  const days = Math.floor(now / DAY_MS);
  const moment = { days, micros: (now - days * DAY_MS) * 1000 };
  const digits = String(Math.floor(random() * 10_000)).padStart(4, '0');
  return `REQ${strftime(moment, '%Y%m%d%H%M%S')}${digits}`;
}
