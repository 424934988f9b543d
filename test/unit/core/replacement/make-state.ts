import type { Policy } from '../../../../src/core/model/policy.ts';
import type { Replacement, Stage } from '../../../../src/core/replacement/state.ts';

/** The state of a replacement of the destination "old". */
export function makeState(stage: Stage, changes: Partial<Replacement> = {}): Replacement {
  return {
    version: 2,
    accountId: 'a',
    oldId: 'old',
    oldName: 'Ops',
    name: 'Ops',
    host: 'example.com',
    fingerprint: { salt: 's', url: 'u', isCut: false },
    knownIds: ['old'],
    stage,
    policies: [],
    ...changes,
  };
}

/** A policy "p" that delivers to some destinations. */
export function makePolicy(...webhooks: readonly string[]): Policy {
  return {
    id: 'p',
    name: 'P',
    enabled: true,
    alertType: 'x',
    mechanisms: { webhooks },
    whole: { id: 'p', name: 'P', mechanisms: { webhooks: webhooks.map((id) => ({ id })) } },
  };
}
