import type { UnansweredCreations } from '../../src/core/destinations/create-destination.ts';
import { createTurns } from '../../src/core/policies/turns.ts';
import { deleteDestinations, type Deletion } from '../../src/core/destinations/delete-destinations.ts';
import { restoreDestination } from '../../src/core/destinations/restore-destination.ts';
import { createIdSet } from '../../src/core/model/id.ts';
import { type Policy, policiesOf, withoutDestinations } from '../../src/core/model/policy.ts';
import { impactOf } from '../../src/core/policies/delete-impact.ts';
import { createReplacementController, type ReplacementController } from '../../src/core/replacement/controller.ts';
import { createReplacementRecords } from '../../src/core/replacement/records.ts';
import { makeConnection } from '../unit/core/api/fake-api.ts';
import type { Verdict } from './prove.ts';
import { type Chaos, openStage, type Stage } from './stage.ts';
import type { Call, WorldPolicy } from './world.ts';
import { unexpected } from './expected-errors.ts';

const ACCOUNT = 'a';
const TARGETS = ['t-0', 't-1'] as const;
const WEBHOOKS = [...TARGETS, 'other', 'dangling'];

export type DeletionScenario = {
  readonly chaos: Chaos;
  /** For each policy: which of the webhooks it has, as bits, and whether it has an email address. */
  readonly policies: readonly { readonly webhooks: number; readonly mail: boolean }[];
  readonly detach: boolean;
  /** Cancels after so many deletions. */
  readonly cancelAfter?: number | undefined;
  /** Kills the window at this gate. */
  readonly kill?: number | undefined;
  /** How often Undo is pressed. */
  readonly undos: number;
  /** Whether the user waits for 30 seconds before pressing Undo again. */
  readonly isPatient: boolean;
  /** A second window replaces the first destination at the same time. */
  readonly replaces: boolean;
};

const outsiders: readonly ((stage: Stage) => void)[] = [
  ({ world }) => void (world.destinations = world.destinations.filter(({ id }) => id !== TARGETS[0])),
  ({ world }) => void (world.destinations = world.destinations.filter(({ id }) => id !== 'other')),
  ({ world }) => void (world.policies = world.policies.slice(1)),
  ({ changePolicy }) => changePolicy('p0', (policy) => ({ ...policy, email: [] })),
  ({ changePolicy }) => changePolicy('p0', (policy) => ({ ...policy, note: 'colleague', name: `${policy.name}!` })),
  ({ changePolicy }) => changePolicy('p1', (policy) => ({ ...policy, webhooks: [...policy.webhooks, TARGETS[0]] })),
  ({ changePolicy }) => changePolicy('p0', (policy) => ({ ...policy, webhooks: ['other'] })),
  ({ world }) =>
    void (world.destinations = [...world.destinations, { id: 'namesake', name: 'D0', url: 'https://e.com/0' }]),
];

/** Deletes two destinations, with their policies or without, and undoes it. */
export async function playDeletion(scenario: DeletionScenario): Promise<Verdict> {
  const ends: string[] = [];
  /** What is known when the user confirms: the policies that are to be changed, and those that may fall silent. */
  let asked: readonly Policy[] = [];
  let silenced: readonly string[] = [];
  /** When a policy was last changed by a colleague, and when it last had a mechanism that exists. */
  const touchedAt = new Map<string, number>();
  const changedByB = new Map<string, number>();
  let reached = new Set<string>();
  /** When the colleague's note was written; 0 for never. */
  let editedAt = 0;
  const deletionsSent: string[] = [];
  /** The names of what Undo created. */
  const creations: string[] = [];
  /** Whether A has begun, and ended, with the first destination, and whether B is replacing it. */
  let [isChangingFirst, isDoneWithFirst, isReplacing] = [false, false, false];
  /** For each target of a mutation of A: whether B was replacing when it was sent. */
  const wasReplacing = new Map<string, boolean>();
  let onFirst: readonly string[] = [];
  let noted: readonly string[] = [];
  let isUndoing = false;
  /** Whether a colleague deleted the first destination. */
  let isFirstGone = false;

  /**
   * Whether A had read the last change of a colleague or of B when it sent this update of a policy, or the last one. The API
   * has no conditional update, so an update that takes effect late overwrites what others changed since.
   */
  const isFresh = (id: string, call: Call): boolean => {
    const isUpdate = call.name === 'updatePolicy' && call.target === id;
    return changedAt(id) <= (isUpdate ? stage.readBefore(call) : stage.readBeforeSent(`A/updatePolicy/${id}`));
  };
  const changedAt = (id: string): number => Math.max(touchedAt.get(id) ?? 0, changedByB.get(id) ?? 0);
  const reaches = (on: Stage, policy: WorldPolicy): boolean =>
    policy.email.length > 0 || policy.webhooks.some(on.exists);
  const takeStock = (on: Stage): void => {
    noted = on.world.policies.filter(({ note }) => note === 'colleague').map(({ id }) => id);
    onFirst = on.world.policies.filter((each) => on.isOn(each, TARGETS[0])).map(({ id }) => id);
    reached = new Set(on.world.policies.filter((each) => reaches(on, each)).map(({ id }) => id));
  };

  function onEffect(call: Call): void {
    if (call.by === 'A' && call.name === 'deleteDestination') {
      if (!TARGETS.some((id) => id === call.target)) {
        violations.push(`I2: deleted ${call.target}, which the user did not name`);
      }
    }
    if (call.by === 'B' && call.name === 'updatePolicy') {
      changedByB.set(call.target, stage.tick());
    }
    const wasOnFirst = onFirst.includes(call.target);
    const isOffFirst = world.policies.some((each) => each.id === call.target && !stage.isOn(each, TARGETS[0]));
    if (
      call.by === 'A' &&
      call.name === 'updatePolicy' &&
      !isUndoing &&
      wasOnFirst &&
      isOffFirst &&
      isFresh(call.target, call)
    ) {
      startOnFirst(call);
    }
    const edited = world.policies.find(({ id }) => id === call.target);
    if (call.by === 'A' && call.name === 'updatePolicy' && edited && editedAt > 0) {
      const wasSeen = editedAt < stage.readBefore(call);
      if (noted.includes(edited.id) && wasSeen && edited.note !== 'colleague') {
        violations.push(`I6: the change of ${edited.id} is lost`);
      }
    }
    if (call.by === 'A' && call.name === 'createDestination') {
      creations.push(call.target);
    }
    for (const policy of world.policies) {
      const mayFallSilent =
        call.by !== 'A' ||
        // The modal said so, or a colleague changed the policy since.
        (call.name === 'deleteDestination' && (silenced.includes(policy.id) || touchedAt.has(policy.id))) ||
        !isFresh(policy.id, call) ||
        // A destination that was to be left was deleted by a colleague after the user was asked.
        !stage.exists('other') ||
        isFirstGone;
      if (reached.has(policy.id) && !reaches(stage, policy) && !mayFallSilent) {
        violations.push(`I1: ${policy.id} reaches nothing after ${call.name} ${call.target}`);
      }
    }
    takeStock(stage);
  }

  function onSent(call: Call): void {
    if (call.by === 'A' && call.name === 'deleteDestination') {
      deletionsSent.push(call.target);
      for (const { id } of policiesOf(asked, call.target)) {
        const policy = world.policies.find((each) => each.id === id);
        const wasRead = changedAt(id) < stage.readAt(`A/getPolicy/${id}`);
        if (policy && wasRead && stage.isOn(policy, call.target)) {
          violations.push(`deletes ${call.target} although ${id} could not be changed as asked`);
        }
      }
    }
    if (call.by === 'B') {
      isReplacing = true;
      if (isChangingFirst && simulation.isAlive('A')) {
        violations.push(`I5: B sends ${call.name} while A deletes ${TARGETS[0]}`);
      }
    } else if (!isUndoing) {
      wasReplacing.set(call.target, isReplacing);
      if (call.target === TARGETS[0]) {
        startOnFirst(call);
      }
    }
  }

  /** A deletes the first destination, or has removed it from a policy. */
  function startOnFirst(call: Call): void {
    if (wasReplacing.get(call.target)) {
      violations.push(`I5: A sends ${call.name} ${call.target} while B replaces ${TARGETS[0]}`);
    }
    isChangingFirst = !isDoneWithFirst;
  }

  const stage: Stage = openStage(scenario.chaos, {
    destinations: [
      { id: TARGETS[0], name: 'D0', url: 'https://e.com/0' },
      { id: TARGETS[1], name: 'D1', url: 'https://e.com/1' },
      { id: 'other', name: 'Other', url: 'https://e.com/other' },
    ],
    policies: scenario.policies.map(({ webhooks, mail }, index) => ({
      id: `p${index}`,
      name: `P${index}`,
      webhooks: WEBHOOKS.filter((_, bit) => (webhooks & (1 << bit)) !== 0),
      email: mail ? ['ops@e.com'] : [],
      note: '',
    })),
    outsiders: outsiders.map((act) => (on) => {
      const before = on.world.policies;
      const wasThere = on.exists(TARGETS[0]);
      act(on);
      isFirstGone ||= wasThere && !on.exists(TARGETS[0]);
      for (const policy of on.world.policies) {
        if (!before.includes(policy)) {
          const at = on.tick();
          touchedAt.set(policy.id, at);
          editedAt = policy.note === 'colleague' && editedAt === 0 ? at : editedAt;
        }
      }
      takeStock(on);
    }),
    onEffect,
    onSent,
    kill: scenario.kill,
  });
  takeStock(stage);
  const { world, simulation, violations } = stage;
  const api = simulation.apiOf('A');
  const { account, token } = makeConnection(ACCOUNT, api);
  const connection = stage.withApi('A', { account, token });
  const targets = TARGETS.map((id) => ({
    connection,
    destination: { id, name: id === 't-0' ? 'D0' : 'D1', url: `https://e.com/${id.at(-1)}`, type: 'generic' },
  }));
  const host = {
    ...createTurns(),
    now: simulation.now,
    sleep: simulation.sleepOf('A'),
    digest: async (text: string) => `of ${text}`,
    makeSalt: () => 'salt',
  };

  const openReplacements = (window: string): ReplacementController =>
    createReplacementController({
      records: createReplacementRecords(stage.openFiles(window)),
      leases: stage.openLeases(window),
      host: { ...host, sleep: simulation.sleepOf(window), ...createTurns() },
      makeSalt: () => 'salt',
    });

  async function deleteAll(): Promise<readonly Deletion[]> {
    const policies = await api.listPolicies(ACCOUNT).catch(() => undefined);
    if (!policies) {
      return [];
    }
    const [deleted, existing] = [createIdSet(TARGETS), createIdSet([...TARGETS, 'other'])];
    const impacts = impactOf(policies, deleted, existing);
    const left = { has: (id: string) => existing.has(id) && !deleted.has(id) };
    const possible = scenario.detach ? impacts.filter(({ policy }) => withoutDestinations(policy, deleted, left)) : [];
    asked = possible.map(({ policy }) => policy);
    silenced = impacts.filter((each) => each.silenced).map(({ policy }) => policy.id);
    const leases = stage.openLeases('A');
    const endOnFirst = (): void => {
      [isChangingFirst, isDoneWithFirst] = [false, true];
    };
    const cancel = new AbortController();
    let done = 0;
    const deletions = await deleteDestinations(targets, {
      host,
      leases: {
        ...leases,
        async acquire(name) {
          const lease = await leases.acquire(name);
          return {
            ...lease,
            async release() {
              if (name.endsWith(TARGETS[0])) {
                endOnFirst();
              }
              await lease.release();
            },
          };
        },
      },
      check: async ({ destination }) => openReplacements('A').checkFree(api, ACCOUNT, destination.id),
      detach: possible.length > 0 ? [stage.withApi('A', { accountId: ACCOUNT, impacts: possible, existing })] : [],
      signal: cancel.signal,
      onDone({ target }) {
        if (target.destination.id === TARGETS[0]) {
          endOnFirst();
        }
        done += 1;
        if (done === scenario.cancelAfter) {
          cancel.abort();
        }
      },
    });
    checkDeletions(deletions);
    return deletions;
  }

  function checkDeletions(deletions: readonly Deletion[]): void {
    for (const { target, outcome, removedFrom } of deletions) {
      const { id } = target.destination;
      const count = deletionsSent.filter((each) => each === id).length;
      ends.push(outcome);
      if (count > 1) {
        violations.push(`I3: the deletion of ${id} was sent ${count} times`);
      }
      if ((outcome === 'deleted' || outcome === 'alreadyGone') && stage.exists(id)) {
        violations.push(`I4: ${id} is said to be ${outcome} and exists`);
      }
      if (outcome === 'skipped' && count > 0) {
        violations.push(`I4: ${id} is said to be skipped and was deleted`);
      }
      for (const { id: policyId } of removedFrom) {
        const policy = world.policies.find((each) => each.id === policyId);
        // The API has no conditional update: the other window may write a policy that it read before.
        if (policy && changedAt(policyId) === 0 && stage.isOn(policy, id)) {
          violations.push(`I4: ${policyId} is said to be without ${id} and uses it`);
        }
      }
    }
  }

  async function undo(deletions: readonly Deletion[]): Promise<void> {
    const unanswered: UnansweredCreations = new Map();
    isUndoing = true;
    for (const { target, outcome } of deletions) {
      if (outcome !== 'deleted' && outcome !== 'alreadyGone') {
        continue;
      }
      const { id, name, url } = target.destination;
      const policies = policiesOf(asked, id);
      let newId: string | undefined;
      let wasAsked = false;
      for (let press = 0; press < scenario.undos; press += 1) {
        const posts = stage.sent.filter((call) => call.name === 'createDestination' && call.by === 'A').length;
        try {
          const restored = await restoreDestination(
            stage.withApi('A', {
              host,
              accountId: ACCOUNT,
              oldId: id,
              draft: { name, url },
              policies,
              unanswered,
              newId,
              onCreated: (each: string) => void (newId = each),
            }),
          );
          ends.push(restored.failed.length > 0 ? 'restored in part' : 'restored');
          checkRestored(restored.newId, restored.restored);
          if (restored.failed.length === 0) {
            break;
          }
        } catch (error) {
          violations.push(...unexpected(error));
          wasAsked ||= error instanceof Error && error.name === 'UncertainCreationError';
          ends.push('not restored');
        }
        const now = stage.sent.filter((call) => call.name === 'createDestination' && call.by === 'A').length;
        if (now > posts + 1) {
          violations.push('I3: a creation was sent twice after one Undo');
        }
        // The user presses again at once, or long after.
        if (scenario.isPatient) {
          await host.sleep(30_000);
        }
      }
      const made = creations.filter((each) => each === name).length;
      if (made > 1 && !wasAsked) {
        violations.push(`doubled: Undo created ${made} destinations for ${id}`);
      }
    }
  }

  function checkRestored(newId: string, restored: readonly Policy[]): void {
    // The API has no conditional update: the replacement may write a policy that it read before the Undo.
    if (stage.outsiderActs() > 0 || scenario.replaces) {
      return;
    }
    if (!stage.exists(newId)) {
      violations.push(`I4: ${newId} is said to exist again and does not`);
    }
    for (const { id } of restored) {
      const policy = world.policies.find((each) => each.id === id);
      if (policy && !stage.isOn(policy, newId)) {
        violations.push(`I4: ${id} is said to deliver to ${newId} and does not`);
      }
    }
  }

  async function replace(): Promise<void> {
    const old = { id: TARGETS[0], name: 'D0', url: 'https://e.com/0', type: 'generic' };
    const draft = { name: 'D0', url: 'https://e.com/new' };
    const end = await openReplacements('B')
      .start({ api: simulation.apiOf('B'), accountId: ACCOUNT, old, draft })
      .catch((error: unknown) => error);
    isReplacing = false;
    if (end instanceof Error) {
      violations.push(...unexpected(end));
    }
    ends.push(end instanceof Error ? 'replacement stopped' : 'replaced');
  }

  await stage.run({
    A: async () => undo(await deleteAll()),
    ...(scenario.replaces ? { B: replace } : {}),
  });
  return { violations, ends };
}
