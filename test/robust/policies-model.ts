import assert from 'node:assert/strict';
import { formatPolicy } from '../../src/core/formats/policy-document.ts';
import type { Policy } from '../../src/core/model/policy.ts';
import { assignPolicies } from '../../src/core/policies/assign-policies.ts';
import { savePolicy } from '../../src/core/policies/save-policy.ts';
import { createTurns } from '../../src/core/policies/turns.ts';
import { unexpected } from './expected-errors.ts';
import type { Verdict } from './prove.ts';
import { type Chaos, openStage, type Stage } from './stage.ts';
import type { WorldPolicy } from './world.ts';

const ACCOUNT = 'a';
const POLICY = 'p';

/** What can be changed of the policy: its description, or whether it delivers to a destination. */
const ASPECTS = ['note', 'd1', 'd2', 'd3'] as const;
type Aspect = (typeof ASPECTS)[number];

/** A command of the user. `overlaps`: the next one begins before this one has ended. */
export type PolicyStep = {
  readonly aspect: number;
  readonly adds: boolean;
  readonly overlaps: boolean;
};

export type PolicyScenario = { readonly chaos: Chaos; readonly steps: readonly PolicyStep[] };

const valueOf = ({ note, webhooks }: WorldPolicy, aspect: Aspect): string =>
  aspect === 'note' ? note : String(webhooks.includes(aspect));

/** Changes one policy several times in a window, while a colleague changes it too. */
export async function playPolicies({ chaos, steps }: PolicyScenario): Promise<Verdict> {
  const ends: string[] = [];
  /** What the user was told, and no change has followed. */
  const told = new Map<Aspect, string>();
  /** What commands of this window have asked for, such as `d1 false`. */
  const asked = new Set<string>();
  /** A colleague made the very change that an update without an answer may still make: nothing tells the two apart. */
  let isCoincidence = false;
  /** What a colleague wrote, and when. */
  const theirs = new Map<Aspect, { readonly value: string; readonly at: number }>();
  const writtenAt = new Map<Aspect, number>();
  const policy = ({ world }: Stage): WorldPolicy | undefined => world.policies[0];

  function write(stage: Stage, aspect: Aspect, to: (before: WorldPolicy) => WorldPolicy): void {
    stage.changePolicy(POLICY, to);
    const now = policy(stage);
    told.delete(aspect);
    if (now) {
      const value = valueOf(now, aspect);
      isCoincidence ||= asked.has(`${aspect} ${value}`);
      writtenAt.set(aspect, stage.tick());
      theirs.set(aspect, { value, at: stage.tick() });
    }
  }
  const stage = openStage(chaos, {
    destinations: ['d1', 'd2', 'd3'].map((id) => ({ id, name: id, url: `https://e.com/${id}` })),
    policies: [{ id: POLICY, name: 'P', webhooks: ['d1'], email: ['ops@e.com'], note: 'first' }],
    outsiders: [
      (each) => write(each, 'note', (before) => ({ ...before, note: `colleague ${each.tick()}` })),
      (each) => write(each, 'd3', (before) => ({ ...before, webhooks: [...new Set([...before.webhooks, 'd3'])] })),
      (each) => write(each, 'd1', (before) => ({ ...before, webhooks: before.webhooks.filter((id) => id !== 'd1') })),
      ({ world }) => {
        told.clear();
        world.policies = [];
      },
    ],
    onEffect(call, { violations, readBefore }) {
      const now = policy(stage);
      for (const [aspect, { value, at }] of theirs) {
        // The API has no conditional update: a change between the fetch and the effect is lost.
        const isLost = now !== undefined && valueOf(now, aspect) !== value;
        const isOurs = now !== undefined && asked.has(`${aspect} ${valueOf(now, aspect)}`);
        if (isLost && at < readBefore(call) && !isOurs) {
          violations.push(`I6: the ${aspect} that a colleague wrote is overwritten`);
        }
        if (isLost) {
          theirs.delete(aspect);
        }
      }
    },
  });
  const { simulation, violations } = stage;
  /** What the user sees is not what a change begins with. */
  const view = simulation.apiOf('view');
  const host = { now: simulation.now, sleep: simulation.sleepOf('A'), ...createTurns() };

  async function changeNote(seen: Policy, note: string): Promise<string> {
    const edited = { ...seen.whole, description: note };
    const outcome = await savePolicy(
      stage.withApi('A', {
        host,
        accountId: ACCOUNT,
        policyId: POLICY,
        edited,
        seen: formatPolicy(seen.whole),
      }),
    );
    return outcome.kind;
  }

  async function changeDestination(seen: Policy, id: string, adds: boolean): Promise<string> {
    const assignment = { policy: seen, kind: adds ? 'add' : 'remove', destinationIds: [id] } as const;
    const [assigned] = await assignPolicies([assignment], stage.withApi('A', { host, accountId: ACCOUNT }));
    assert.ok(assigned);
    if (assigned.outcome === 'failed') {
      throw assigned.error;
    }
    return assigned.outcome;
  }

  async function take({ aspect: which, adds }: PolicyStep, index: number): Promise<void> {
    const aspect = ASPECTS[which % ASPECTS.length] ?? 'note';
    const wanted = aspect === 'note' ? `note ${index}` : String(adds);
    // Until the command has ended, and after it has failed, either value is right.
    told.delete(aspect);
    asked.add(`${aspect} ${wanted}`);
    const startedAt = stage.tick();
    try {
      const seen = await view.getPolicy(ACCOUNT, POLICY);
      const outcome = await (aspect === 'note' ? changeNote(seen, wanted) : changeDestination(seen, aspect, adds));
      ends.push(outcome);
      // Of an overlapping command, which this one came after.
      told.delete(aspect);
      const isTheirs = (writtenAt.get(aspect) ?? 0) > startedAt;
      if ((outcome === 'changed' || outcome === 'unchanged') && !isTheirs) {
        told.set(aspect, wanted);
      }
    } catch (error) {
      told.delete(aspect);
      violations.push(...unexpected(error));
      ends.push(error instanceof Error ? error.name : 'failed');
    }
  }

  await stage.run({
    async A() {
      const running: Promise<void>[] = [];
      for (const [index, step] of steps.entries()) {
        const taken = take(step, index);
        running.push(taken);
        if (!step.overlaps) {
          await Promise.all(running);
        }
      }
      await Promise.all(running);
      // Late effects of all updates.
      await host.sleep(60_000);
    },
  });
  const now = policy(stage);
  for (const [aspect, value] of now && !isCoincidence ? told : []) {
    if (now && valueOf(now, aspect) !== value) {
      violations.push(`reverted: ${aspect} was told as ${value} and is ${valueOf(now, aspect)}`);
    }
  }
  const puts = stage.sent.filter(({ name }) => name === 'updatePolicy').length;
  if (puts > steps.length) {
    violations.push(`doubled: ${puts} updates for ${steps.length} commands`);
  }
  return { violations, ends };
}
