// Approvals. What one person alone may not do.

import { limit, object, type JsonReader } from './json-reader.ts';
import { refuse, type Refused } from './order-base.ts';

/** Minor units above which a second person has to agree; 0 asks one for everything. */
export type ApprovalRule = { readonly refundAbove: number; readonly withdrawalAbove: number };

export const approvalRule: JsonReader<ApprovalRule> = object<ApprovalRule>({
  refundAbove: limit,
  withdrawalAbove: limit,
});

/** Whether a second person is needed. `above`: the limit of the rule. */
export function needsApproval(above: number, amount: number): boolean {
  return amount > above;
}

/** Null when somebody else asked: ids of keys. Where nobody is known by a key, nobody is a second person. */
export function judgeSecondPerson(requestedBy: string, approver: string): Refused | null {
  return approver === '' || approver === requestedBy ? refuse('same_person_approval') : null;
}
