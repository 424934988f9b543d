import { deliveryFor, deliveryUrl, isLoopback, receiverUrl } from './destination-types.ts';
import { meantForHeader } from './receivers.ts';
import { bareId, nextId, stamp, withRecord } from './world.ts';
import type { Account, Destination, HistoryEntry, Policy, World } from './world.ts';

/** The status of the response, or `unreachable` if there was no response. */
export type Outcome = { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'unreachable' };

export function isSuccess(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

/**
 * Sends a notification as Cloudflare does, but only to this machine: a URL that is not loopback is sent to the receiver
 * for its type. Hosts under `.invalid` do not resolve, and a generic destination can only use the ports 80 and 443 [D].
 * Only the status decides; it is unknown whether Cloudflare evaluates `code` in the responses of Feishu and Splunk.
 */
export async function send(
  world: World,
  destination: Pick<Destination, 'url' | 'type' | 'secret'>,
  text: string,
): Promise<Outcome> {
  const url = deliveryUrl(destination.type, new URL(destination.url), destination.secret, world.extraTypes);
  const isForbiddenPort = destination.type === 'generic' && !['', '80', '443'].includes(url.port);
  if (!isLoopback(url) && (isForbiddenPort || url.hostname.endsWith('.invalid'))) return { kind: 'unreachable' };
  const { headers, body } = deliveryFor(destination.type, text, destination.secret, world.extraTypes);
  try {
    const response = await fetch(receiverUrl(world.receiversUrl, url, world.extraTypes), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...(isLoopback(url) ? {} : { [meantForHeader]: url.host }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(world.settings.deliveryTimeoutMs),
    });
    await response.body?.cancel();
    return { kind: 'answered', status: response.status };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Sets `last_success` or `last_failure` to the current time, as a delivery does. */
export function recordOutcome(world: World, account: Account, id: string, succeeded: boolean): void {
  const destination = account.destinations.find((candidate) => bareId(candidate.id) === bareId(id));
  if (!destination) return;
  const timestamp = succeeded ? { last_success: stamp(world) } : { last_failure: stamp(world) };
  account.destinations = withRecord(account.destinations, { ...destination, ...timestamp });
}

/** Sends a notification to the destinations of a policy and adds one history entry per mechanism. */
export async function notify(
  world: World,
  account: Account,
  policy: Policy,
  text: string,
): Promise<readonly Outcome[]> {
  const wanted = new Set((policy.mechanisms.webhooks ?? []).map(({ id }) => bareId(id)));
  // Users of the real API report that it ignores ids of deleted destinations.
  const destinations = account.destinations.filter(({ id }) => wanted.has(bareId(id)));
  const outcomes = await Promise.all(
    destinations.map(async (destination) => {
      const outcome = await send(world, destination, text);
      recordOutcome(world, account, destination.id, isSuccess(outcome));
      return outcome;
    }),
  );
  account.history = [
    ...[
      ...destinations.map(({ id }) => ({ mechanism: id, mechanism_type: 'webhook' as const })),
      ...(policy.mechanisms.email ?? []).map(({ id }) => ({ mechanism: id, mechanism_type: 'email' as const })),
      ...(policy.mechanisms.pagerduty ?? []).map(({ id }) => ({ mechanism: id, mechanism_type: 'pagerduty' as const })),
    ].map((to) => historyEntry(world, policy, text, to)),
    ...account.history,
  ];
  return outcomes;
}

function historyEntry(
  world: World,
  policy: Policy,
  text: string,
  to: Pick<HistoryEntry, 'mechanism' | 'mechanism_type'>,
): HistoryEntry {
  return {
    id: nextId(world),
    policy_id: policy.id,
    name: policy.name,
    description: policy.description ?? '',
    alert_type: policy.alert_type,
    alert_body: text,
    ...to,
    sent: stamp(world),
  };
}
