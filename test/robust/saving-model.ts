import { createDestination, type UnansweredCreations } from '../../src/core/destinations/create-destination.ts';
import {
  type UpdateOptions,
  type UpdateProgress,
  updateDestination,
} from '../../src/core/destinations/update-destination.ts';
import type { Destination, Draft } from '../../src/core/model/destination.ts';
import { isSameAddress } from '../../src/core/model/web-address.ts';
import type { Verdict } from './prove.ts';
import { type Chaos, openStage, type Stage } from './stage.ts';
import type { Call, WorldDestination } from './world.ts';
import { unexpected } from './expected-errors.ts';

const ACCOUNT = 'a';
const WHOLE = 'https://hooks.slack.com/services/T/B/secret';
const PLAIN = 'https://e.com/hook';
const NEW_URL = 'https://e.com/new';
const THEIR_URL = 'https://e.com/theirs';

export type UpdateScenario = {
  readonly chaos: Chaos;
  /** Whether the user renames the destination right after. */
  readonly renames: boolean;
  readonly isSlack: boolean;
  readonly change: { readonly name: boolean; readonly url: boolean; readonly secret: boolean };
};

export type CreateScenario = {
  readonly chaos: Chaos;
  readonly isSlack: boolean;
  readonly saves: number;
  /** Whether the user waits for 30 seconds before saving again. */
  readonly isPatient: boolean;
  /** Whether the user corrects the secret before saving again. */
  readonly changesSecret: boolean;
};

function changeFirst({ world }: Stage, changes: Partial<WorldDestination>): void {
  world.destinations = world.destinations.map((each) => (each.id === 'd' ? { ...each, ...changes } : each));
}

/** Edits one destination while a colleague edits it too. The whole URL is remembered. */
export async function playUpdate({ chaos, isSlack, change, renames }: UpdateScenario): Promise<Verdict> {
  const ends: string[] = [];
  const theirs = new Map<'name' | 'url', number>();
  /** What a colleague wrote while an update was being sent, which the API cannot prevent from being lost. */
  const overwritten = new Set<'name' | 'url'>();
  const url = isSlack ? WHOLE : PLAIN;
  let before: WorldDestination = { id: 'd', name: 'Ops', url, secret: 'good' };
  let acceptedCount = 0;
  let isRenaming = false;

  const act = (field: 'name' | 'url', value: string) => (stage: Stage) => {
    changeFirst(stage, { [field]: `${value}${stage.tick()}` });
    theirs.set(field, stage.tick());
    overwritten.delete(field);
    before = stage.world.destinations[0] ?? before;
  };
  const stage = openStage(chaos, {
    destinations: [before],
    policies: [],
    outsiders: [
      act('name', 'Theirs'),
      act('url', THEIR_URL),
      ({ world }) => void (world.destinations = []),
      ({ world }) => void (world.destinations = [...world.destinations, { id: 'n', name: 'Now', url: NEW_URL }]),
    ],
    onEffect(call, { world, violations, readBefore }) {
      const after = world.destinations.find(({ id }) => id === call.target);
      for (const field of ['name', 'url'] as const) {
        const wasSeen = (theirs.get(field) ?? Infinity) < readBefore(call);
        if (after && after[field] !== before[field]) {
          if (wasSeen && !overwritten.has(field)) {
            violations.push(`I6: the ${field} that a colleague wrote is overwritten`);
          }
          overwritten.add(field);
        }
      }
      if (after && !isRenaming && isSlack && !change.url && !theirs.has('url') && after.url !== WHOLE) {
        violations.push('the whole URL is lost');
      }
      if (after && !isRenaming && !change.secret && after.secret !== 'good') {
        violations.push('the secret is lost');
      }
      before = after ?? before;
    },
  });
  const { simulation, violations, world } = stage;
  const seenUrl = isSlack && chaos.cutsUrls ? WHOLE.replace(/\/secret$/, '') : url;
  const seen: Destination = { id: 'd', name: 'Ops', url: seenUrl, type: isSlack ? 'slack' : 'generic' };
  const draft: Draft = {
    name: change.name ? ' Now ' : 'Ops',
    url: change.url ? NEW_URL : seenUrl,
    ...(change.secret ? { secret: 'typed' } : {}),
  };

  const host = { now: simulation.now, sleep: simulation.sleepOf('A') };
  const unanswered: UpdateOptions['unanswered'] = new Map();
  const countPuts = (): number => stage.sent.filter(({ name }) => name === 'updateDestination').length;

  async function save(): Promise<void> {
    try {
      const outcome = await updateDestination(
        stage.withApi('A', {
          host,
          unanswered,
          accountId: ACCOUNT,
          seen,
          draft,
          remembered: { secret: 'good', ...(isSlack ? { url: WHOLE } : {}) },
          onProgress: async (progress: UpdateProgress) => void (acceptedCount += Number(progress === 'accepted')),
        }),
      );
      ends.push(outcome.isVerified ? 'verified' : 'unverified');
      const now = world.destinations.find(({ id }) => id === 'd');
      if (!now || stage.outsiderActs() > 0) {
        return;
      }
      const isNew = {
        name: now.name === draft.name.trim(),
        url: isSameAddress(now.url, draft.url),
        secret: now.secret === draft.secret,
        type: true,
      };
      if (outcome.applied.some((each) => !isNew[each])) {
        violations.push(`I4: ${outcome.applied.join()} is said to be applied and is not`);
      }
      if (outcome.ignored.some((each) => isNew[each])) {
        violations.push(`I4: ${outcome.ignored.join()} is said to be ignored and is applied`);
      }
      if (acceptedCount === 0 && outcome.isVerified) {
        violations.push('the remembered secret stays the old one after an update that was applied');
      }
    } catch (error) {
      violations.push(...unexpected(error));
      ends.push(error instanceof Error ? error.name : 'failed');
    }
  }

  /** The user renames the destination as it is shown then; nothing may undo that. */
  async function rename(): Promise<void> {
    const puts = countPuts();
    try {
      const shown = await simulation.apiOf('view').getDestination(ACCOUNT, 'd');
      // The user has seen what the colleague wrote.
      theirs.clear();
      isRenaming = true;
      const { applied } = await updateDestination(
        stage.withApi('A', {
          host,
          unanswered,
          accountId: ACCOUNT,
          seen: shown,
          draft: { name: 'Later', url: shown.url },
          remembered: undefined,
        }),
      );
      ends.push('renamed');
      await host.sleep(60_000);
      const now = world.destinations.find(({ id }) => id === 'd');
      if (now && applied.includes('name') && stage.outsiderActs() === 0 && now.name !== 'Later') {
        violations.push(`reverted: the name is ${now.name}`);
      }
    } catch (error) {
      violations.push(...unexpected(error));
    }
    if (countPuts() > puts + 1) {
      violations.push('I3: the rename was sent twice');
    }
  }

  await stage.run({
    async A() {
      await save();
      const puts = countPuts();
      if (puts > 1) {
        violations.push(`I3: the update was sent ${puts} times`);
      }
      if (ends.includes('DestinationConflictError') && (puts > 0 || acceptedCount > 0)) {
        violations.push('I4: a conflict is reported after the update was sent');
      }
      if (renames) {
        await rename();
      }
    },
  });
  return { violations, ends };
}

/** Creates one destination, and saves again where that failed. */
export async function playCreate({
  chaos,
  isSlack,
  saves,
  isPatient,
  changesSecret,
}: CreateScenario): Promise<Verdict> {
  const ends: string[] = [];
  const created: string[] = [];
  const url = isSlack ? WHOLE : PLAIN;
  const twins = new Set(['t1', 't2', 't3']);
  const add = (id: string, other: Partial<WorldDestination>) => (stage: Stage) => {
    stage.world.destinations = [...stage.world.destinations, { id, name: 'New', url, ...other }];
  };
  const stage = openStage(chaos, {
    destinations: [{ id: 'd', name: 'Ops', url: 'https://e.com/ops' }],
    policies: [],
    outsiders: [
      add('t1', {}),
      add('t2', { name: 'Other' }),
      add('t3', { url: THEIR_URL }),
      ({ world }) => void (world.destinations = world.destinations.filter(({ id }) => id === 'd')),
    ],
    onEffect(call: Call, { world }) {
      if (call.name === 'createDestination') {
        created.push(world.destinations.at(-1)?.id ?? '');
      }
    },
  });
  const { simulation, violations } = stage;
  const unanswered: UnansweredCreations = new Map();
  let wasAsked = false;
  await stage.run({
    async A() {
      for (let save = 0; save < saves; save += 1) {
        const postsBefore = stage.sent.length;
        const draft: Draft = { name: 'New', url, ...(changesSecret ? { secret: `secret ${save}` } : {}) };
        try {
          const id = await createDestination(
            stage.withApi('A', {
              host: {
                now: simulation.now,
                sleep: simulation.sleepOf('A'),
                digest: async (text: string) => `of ${text}`,
                makeSalt: () => 'salt',
              },
              accountId: ACCOUNT,
              draft,
              unanswered,
            }),
          );
          // The same name and URL cannot be told apart from what was created.
          if (!created.includes(id) && id !== 't1') {
            violations.push(`I2: ${id} is taken for what was created`);
          }
          if (stage.outsiderActs() === 0 && !stage.exists(id)) {
            violations.push(`I4: ${id} is said to be created and does not exist`);
          }
          const now = stage.world.destinations.find((each) => each.id === id);
          if (created.includes(id) && now && now.secret !== draft.secret) {
            violations.push(`I4: ${id} is said to be created, and has another secret`);
          }
          ends.push('created');
          return;
        } catch (error) {
          violations.push(...unexpected(error));
          wasAsked ||= error instanceof Error && error.name === 'UncertainCreationError';
          ends.push(error instanceof Error ? error.name : 'failed');
        }
        if (stage.sent.length > postsBefore + 1) {
          violations.push('I3: a creation was sent twice after one Save');
        }
        // The user saves again at once, or long after.
        if (isPatient) {
          await simulation.sleepOf('A')(30_000);
        }
      }
    },
  });
  const mine = created.filter((id) => !twins.has(id));
  if (mine.length > 1 && !wasAsked && stage.outsiderActs() === 0) {
    violations.push(`doubled: ${mine.join(' ')} were created`);
  }
  return { violations, ends };
}
