import { ApiError, type ApiErrorKind } from '../../src/core/api/api-error.ts';
import type { Api } from '../../src/core/api/client.ts';
import { noteSkipped } from '../../src/core/api/skipped.ts';
import { isSameId } from '../../src/core/model/id.ts';
import type { Policy } from '../../src/core/model/policy.ts';
import { makeApi } from '../unit/core/api/fake-api.ts';

export type WorldDestination = { id: string; name: string; url: string; secret?: string | undefined };
export type WorldPolicy = { id: string; name: string; webhooks: string[]; email: string[]; note: string };

/** Everything Cloudflare holds of one account, and how it answers. */
export type World = {
  destinations: WorldDestination[];
  policies: WorldPolicy[];
  /** Whether deleting a destination removes its ID from policies: both are seen in the field. */
  readonly cleansPolicies: boolean;
  /** Whether the secret part of a Slack URL is missing in answers. */
  readonly cutsUrls: boolean;
  readonly putMode: 'as-documented' | 'rename-only';
  nextId: number;
};

/**
 * What happens to one call. `late`: the effect comes after so many milliseconds, and the answer never. `html` and `broken` (500):
 * `after` the effect, or without one. `partial`: the newest entry of a list cannot be read; other calls are not affected.
 */
export type Fault =
  | { readonly kind: 'lostBefore' | 'lostAfter' }
  | { readonly kind: 'html' | 'broken'; readonly after: boolean }
  | { readonly kind: 'refused'; readonly status: 403 | 422 | 429 }
  | { readonly kind: 'partial' }
  | { readonly kind: 'late'; readonly after: number };

/** Who called what. */
export type Call = { readonly by: string; readonly name: keyof Api; readonly target: string };

export type Surroundings = {
  /** Awaited before and after the effect of each call: here the scheduler decides who goes on. */
  readonly gate: (call: Call, moment: 'before' | 'after') => Promise<void>;
  readonly faultOf: (call: Call) => Fault | undefined;
  /** Told of every change that a call makes, right after it. */
  readonly onEffect: (call: Call, world: World) => void;
  readonly onSent: (call: Call) => void;
  /** Told of every answer that was read, at the moment it was true. */
  readonly onRead: (call: Call) => void;
  /** Runs work after so many milliseconds of the simulated clock. */
  readonly after: (milliseconds: number, work: () => void) => void;
};

const errorOf = (kind: ApiErrorKind, status?: number): ApiError =>
  new ApiError({ kind, ...(status === undefined ? {} : { status }) });

const REFUSALS = { 403: 'forbidden', 422: 'rejected', 429: 'rateLimited' } as const;

export function wholePolicy({ id, name, webhooks, email, note }: WorldPolicy): Policy {
  const whole = {
    id,
    name,
    enabled: true,
    alert_type: 'x',
    description: note,
    mechanisms: {
      webhooks: webhooks.map((each) => ({ id: each })),
      ...(email.length > 0 ? { email: email.map((each) => ({ id: each })) } : {}),
    },
  };
  return { id, name, enabled: true, alertType: 'x', mechanisms: { webhooks, email }, whole };
}

/** An API client of one window on the world. */
export function connect(world: World, by: string, around: Surroundings): Api {
  const urlOf = (url: string): string => (world.cutsUrls ? url.replace(/(\/services\/[^/]+\/[^/]+)\/.*$/, '$1') : url);
  const show = ({ id, name, url }: WorldDestination) => ({ id, name, url: urlOf(url), type: 'generic' });
  const find = (id: string): WorldDestination => {
    const found = world.destinations.find((each) => isSameId(each.id, id));
    if (!found) {
      throw errorOf('notFound', 404);
    }
    return found;
  };
  const findPolicy = (id: string): WorldPolicy => {
    const found = world.policies.find((each) => each.id === id);
    if (!found) {
      throw errorOf('notFound', 404);
    }
    return found;
  };

  /** One call: gate, fault, effect, gate. `check` throws what Cloudflare refuses. */
  async function call<T>(name: keyof Api, target: string, isRead: boolean, effect: () => T): Promise<T> {
    const made = { by, name, target };
    await around.gate(made, 'before');
    const fault = around.faultOf(made);
    around.onSent(made);
    const run = (): T => {
      const result = effect();
      if (isRead) {
        around.onRead(made);
      } else {
        around.onEffect(made, world);
      }
      return result;
    };
    /** For an answer that never arrives: nothing was read, and a refusal is lost too. */
    const runUnseen = (): void => {
      if (isRead) {
        return;
      }
      try {
        run();
      } catch {}
    };
    switch (fault?.kind) {
      case undefined: {
        const result = run();
        await around.gate(made, 'after');
        return result;
      }
      case 'partial': {
        const result = run();
        await around.gate(made, 'after');
        return (Array.isArray(result) ? noteSkipped(result.slice(0, -1), Math.min(1, result.length)) : result) as T;
      }
      case 'refused':
        await around.gate(made, 'after');
        throw errorOf(REFUSALS[fault.status], fault.status);
      case 'lostBefore':
        await around.gate(made, 'after');
        throw errorOf('network');
      case 'html':
      case 'broken':
        if (fault.after) {
          runUnseen();
        }
        await around.gate(made, 'after');
        throw fault.kind === 'html' ? errorOf('protocol', 200) : errorOf('unavailable', 500);
      case 'lostAfter':
        runUnseen();
        await around.gate(made, 'after');
        throw errorOf('timeout');
      case 'late':
        around.after(fault.after, runUnseen);
        await around.gate(made, 'after');
        throw errorOf('timeout');
      default:
        return fault satisfies never;
    }
  }

  return makeApi({
    listDestinations: async () => call('listDestinations', '', true, () => world.destinations.map(show)),
    getDestination: async (_account, id) => call('getDestination', id, true, () => show(find(id))),
    createDestination: async (_account, { name, url, secret }) =>
      call('createDestination', name, false, () => {
        world.nextId += 1;
        const id = `d${world.nextId}`;
        world.destinations = [...world.destinations, { id, name: name.trim(), url, secret }];
        return id;
      }),
    updateDestination: async (_account, id, { name, url, secret }) =>
      call('updateDestination', id, false, () => {
        const before = find(id);
        const isWhole = world.putMode === 'as-documented' && url !== urlOf(before.url);
        const after = {
          ...before,
          name: name.trim(),
          url: isWhole ? url : before.url,
          secret: world.putMode === 'as-documented' ? (secret ?? before.secret) : before.secret,
        };
        world.destinations = world.destinations.map((each) => (each.id === before.id ? after : each));
      }),
    deleteDestination: async (_account, id) =>
      call('deleteDestination', id, false, () => {
        const gone = world.destinations.find((each) => isSameId(each.id, id));
        if (!gone) {
          throw new ApiError({ kind: 'unavailable', status: 500, codes: [15000] });
        }
        world.destinations = world.destinations.filter((each) => each !== gone);
        if (world.cleansPolicies) {
          world.policies = world.policies.map((policy) => ({
            ...policy,
            webhooks: policy.webhooks.filter((each) => !isSameId(each, id)),
          }));
        }
      }),
    listPolicies: async () => call('listPolicies', '', true, () => world.policies.map(wholePolicy)),
    getPolicy: async (_account, id) => call('getPolicy', id, true, () => wholePolicy(findPolicy(id))),
    updatePolicy: async (_account, id, whole) =>
      call('updatePolicy', id, false, () => {
        const before = findPolicy(id);
        const mechanisms = whole['mechanisms'] as Record<string, { id: string }[]>;
        const webhooks = (mechanisms['webhooks'] ?? []).map((each) => each.id);
        const email = (mechanisms['email'] ?? []).map((each) => each.id);
        if (webhooks.length + email.length === 0) {
          throw new ApiError({ kind: 'rejected', status: 400, codes: [17102] });
        }
        const after = { ...before, name: String(whole['name']), note: String(whole['description']), webhooks, email };
        world.policies = world.policies.map((each) => (each.id === id ? after : each));
      }),
  });
}
