import { setTimeout as delay } from 'node:timers/promises';
import { shownHostOf } from '../../core/model/destination.ts';
import { healthOf } from '../../core/model/health.ts';
import { type AccountEntry, shownOf } from '../../core/monitoring/account-state.ts';
import { locateAll, locateFailing, type Shown } from '../../core/monitoring/overview.ts';
import type { Store } from '../../core/monitoring/store.ts';
import { describeProblem } from '../text/error.ts';
import type { ToolInput, ToolName } from './language-model-tools.ts';

/** How long an answer waits for loading accounts, in milliseconds. */
const LONGEST_WAIT = 10_000;

/**
 * Answers a tool call with JSON. It contains only the host of a URL, because the rest is a credential. Names are
 * untrusted text, so they are JSON values and not prose that a model could take for instructions.
 */
export async function answerTool(store: Store, name: ToolName, input: ToolInput): Promise<string> {
  const asked = store.entries().filter((entry) => isAskedFor(entry, input));
  await waitForRefresh(asked);
  const located = name === 'list_webhook_destinations' ? locateAll(asked) : locateFailing(asked);
  return JSON.stringify({
    ...describeCertainty(asked),
    accounts: asked.map(describeAccount),
    destinations: located.map(describeDestination),
  });
}

function isAskedFor({ connection: { account } }: AccountEntry, { account: asked }: ToolInput): boolean {
  const wanted = typeof asked === 'string' ? asked.trim().toLowerCase() : '';
  return wanted === '' || account.id === wanted || account.name.toLowerCase() === wanted;
}

/** Waits briefly for accounts whose first refresh is in flight. */
async function waitForRefresh(entries: readonly AccountEntry[]): Promise<void> {
  const inFlight = entries.flatMap(({ state, reading }) => (state.last || !reading ? [] : [reading]));
  if (inFlight.length > 0) {
    await Promise.race([Promise.all(inFlight), delay(LONGEST_WAIT, undefined, { ref: false })]);
  }
}

/** Describes which accounts are unknown, so that an empty list does not read as "nothing is failing". */
function describeCertainty(asked: readonly AccountEntry[]): Readonly<Record<string, unknown>> {
  const uncertain = asked.filter(({ state }) => state.kind !== 'ready').length;
  const note =
    asked.length === 0
      ? 'There is no such Cloudflare account in VS Code, so nothing is known of any destination. Accounts are added with the command “Cloudflare Webhooks: Add Account…”.'
      : uncertain > 0
        ? `The present state of ${uncertain} of ${asked.length} accounts is not known: see “state”. Destinations that are not listed may be failing.`
        : undefined;
  return { complete: note === undefined, ...(note ? { note } : {}) };
}

function describeAccount({ connection: { account }, state }: AccountEntry): Readonly<Record<string, unknown>> {
  const shown = shownOf(state);
  return {
    id: account.id,
    name: account.name,
    state: {
      idle: shown ? 'cached, not refreshed yet' : 'not refreshed yet',
      loading: shown ? 'cached, refresh in progress' : 'refresh in progress',
      ready: 'refreshed',
      failed: shown ? 'could not be refreshed, stale' : 'could not be refreshed',
    }[state.kind],
    readAt: shown ? new Date(shown.at).toISOString() : null,
    ...(state.kind === 'failed' ? { problem: describeProblem(state.error, account.name).headline, stale: true } : {}),
  };
}

function describeDestination({ connection, destination }: Shown): Readonly<Record<string, unknown>> {
  const { id, name, type, createdAt, lastSuccess, lastFailure } = destination;
  return {
    account: connection.account.name,
    id,
    name,
    type,
    host: shownHostOf(destination),
    health: healthOf(destination),
    createdAt: createdAt ?? null,
    lastSuccess: lastSuccess ?? null,
    lastFailure: lastFailure ?? null,
  };
}
