import type { Hono } from 'hono';
import { alertTypes } from '../alert-types.ts';
import type { ApiEnv } from '../authentication.ts';
import { fail, readPage, succeed, succeedPaged } from '../envelope.ts';
import { fromTimestamp } from '../timestamps.ts';
import type { Account, HistoryEntry, Settings, World } from '../world.ts';

/** Adds the calls for alert types, eligible mechanisms, silences, and the alerts of the last thirty days, newest first. */
export function addHistoryRoutes(api: Hono<ApiEnv>, world: World): void {
  api.get('/accounts/:account/alerting/v3/available_alerts', (c) => succeed(c, alertTypes));

  // One object per kind instead of a list, as in the tests of the SDK, for a kind that is not eligible.
  api.get('/accounts/:account/alerting/v3/destinations/eligible', (c) => {
    const kinds = (['email', 'pagerduty', 'webhook'] as const).map((type) => {
      const eligible = !(c.var.account.ineligible ?? []).includes(type);
      const entry = { type, eligible, ready: true };
      return [type, eligible ? [entry] : entry] as const;
    });
    return succeed(c, Object.fromEntries(kinds));
  });

  api.get('/accounts/:account/alerting/v3/silences', (c) => succeed(c, c.var.account.silences ?? []));

  api.get('/accounts/:account/alerting/v3/history', (c) => {
    const page = readPage(c, { default: 25, max: 1000 });
    const since = moment(c.req.query('since'), Number.NEGATIVE_INFINITY);
    const before = moment(c.req.query('before'), Number.POSITIVE_INFINITY);
    if (!page || Number.isNaN(since) || Number.isNaN(before)) {
      return fail(c, 400, { message: 'page, per_page, since or before is not valid' });
    }
    const entries = c.var.account.history
      .filter(({ sent }) => moment(sent, 0) > since && moment(sent, 0) < before)
      .toSorted((a, b) => moment(b.sent, 0) - moment(a.sent, 0));
    return succeedPaged(
      c,
      entries.map((entry) => toWire(entry, c.var.account, world.settings)),
      page,
    );
  });
}

/** Returns microseconds since 1970, `absent` if there is no timestamp, or NaN if the timestamp is invalid. */
function moment(timestamp: string | undefined, absent: number): number {
  return timestamp === undefined ? absent : (fromTimestamp(timestamp) ?? Number.NaN);
}

function toWire(entry: HistoryEntry, { destinations }: Account, { historyMechanism }: Settings): HistoryEntry {
  const destination = destinations.find(({ id }) => id === entry.mechanism);
  return destination ? { ...entry, mechanism: destination[historyMechanism] } : entry;
}
