import type { Hono } from 'hono';
import { alertTypes } from '../alert-types.ts';
import type { ApiEnv } from '../authentication.ts';
import { fail, readPage, succeed, succeedPaged } from '../envelope.ts';
import { fromTimestamp } from '../timestamps.ts';
import type { Account, HistoryEntry, Settings, World } from '../world.ts';

/** Adds the calls for the alert types and for the alerts of the last thirty days, newest first. */
export function addHistoryRoutes(api: Hono<ApiEnv>, world: World): void {
  api.get('/accounts/:account/alerting/v3/available_alerts', (c) => succeed(c, alertTypes));

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
