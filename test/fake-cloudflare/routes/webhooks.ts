import { STATUS_CODES } from 'node:http';
import type { Hono } from 'hono';
import type { ApiEnv } from '../authentication.ts';
import { isSuccess, send } from '../delivery.ts';
import type { Outcome } from '../delivery.ts';
import { typeOf, withoutSecret } from '../destination-types.ts';
import { acknowledge, fail, failToParse, readObject, succeed } from '../envelope.ts';
import { bareId, dashedId, nextId, stamp, withRecord } from '../world.ts';
import type { Destination, World } from '../world.ts';

/** Adds the calls to list, create, get, update and delete webhook destinations. */
export function addWebhookRoutes(api: Hono<ApiEnv>, world: World): void {
  const path = '/accounts/:account/alerting/v3/destinations/webhooks';

  api.get(path, (c) =>
    succeed(
      c,
      c.var.account.destinations.map((destination) => toWire(destination, world)),
    ),
  );

  api.post(path, async (c) => {
    const { account } = c.var;
    const body = await readObject(c);
    if (!body) return failToParse(c);
    const wanted = readDestination(body, world);
    if (typeof wanted === 'string') return fail(c, 400, { message: wanted });
    const type = typeOf(new URL(wanted.url), world.extraTypes);
    const outcome = await send(world, { ...wanted, type }, testText);
    if (!isSuccess(outcome)) return fail(c, 422, { message: testFailure(outcome) });
    const id = nextId(world);
    // The test at creation does not count as a delivery, so both timestamps are null (terraform-provider #3200).
    const created = { ...wanted, id, type, created_at: stamp(world), last_success: null, last_failure: null };
    account.destinations = [...account.destinations, created];
    return c.json(
      { success: true, errors: [], messages: [], result: { id: world.settings.ids === 'dashed' ? dashedId(id) : id } },
      201,
    );
  });

  api.get(`${path}/:id`, (c) => {
    const destination = c.var.account.destinations.find(({ id }) => isId(id, c.req.param('id')));
    return destination ? succeed(c, toWire(destination, world)) : fail(c, 404, { message: 'Webhook not found' });
  });

  api.put(`${path}/:id`, async (c) => {
    const { account } = c.var;
    const destination = account.destinations.find(({ id }) => isId(id, c.req.param('id')));
    if (!destination) return fail(c, 404, { message: 'invalid Webhook ID' });
    const body = await readObject(c);
    if (!body) return failToParse(c);
    const wanted = readDestination(body, world);
    if (typeof wanted === 'string') return fail(c, 400, { message: wanted });
    if (world.settings.putMode === 'tests-url') {
      const outcome = await send(world, { ...wanted, type: typeOf(new URL(wanted.url), world.extraTypes) }, testText);
      if (!isSuccess(outcome)) return fail(c, 422, { message: testFailure(outcome) });
    }
    account.destinations = withRecord(account.destinations, update(destination, wanted, world));
    return succeed(c, { id: showId(destination.id, world) });
  });

  api.delete(`${path}/:id`, (c) => {
    const { account } = c.var;
    const remaining = account.destinations.filter(({ id }) => !isId(id, c.req.param('id')));
    if (remaining.length === account.destinations.length) {
      return fail(c, 500, { code: 15000, message: 'An internal server error occurred' });
    }
    // Cloudflare does not remove the id from policies.
    account.destinations = remaining;
    return acknowledge(c);
  });
}

const testText = 'Hello World! This is a test message sent from https://cloudflare.com.';

type Wanted = Pick<Destination, 'name' | 'url' | 'secret'>;

/** Parses a destination from a body. Returns the error message for an invalid body. */
function readDestination(
  { name, url, secret }: Readonly<Record<string, unknown>>,
  { settings }: World,
): Wanted | string {
  if (typeof name !== 'string' || name.trim() === '') return 'Webhook name is required';
  if (typeof url !== 'string' || url === '') return 'Webhook URL is required';
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return 'Webhook URL is not valid';
  if (secret !== undefined && typeof secret !== 'string') return 'Webhook secret must be a string';
  return { name: settings.names === 'trimmed' ? name.trim() : name, url, ...(secret === undefined ? {} : { secret }) };
}

function update(destination: Destination, wanted: Wanted, { settings, extraTypes }: World): Destination {
  const renamed = { ...destination, name: wanted.name };
  if (settings.putMode === 'rename-only') return renamed;
  // What the caller got back cut is not a new URL: taking it would lose the secret part.
  const isUnchanged = wanted.url === destination.url || wanted.url === withoutSecret(destination.url, extraTypes);
  const secret = wanted.secret ?? (settings.omittedSecret === 'kept' ? destination.secret : undefined);
  return isUnchanged
    ? { ...renamed, secret }
    : { ...renamed, secret, url: wanted.url, type: typeOf(new URL(wanted.url), extraTypes) };
}

function isId(id: string, wanted: string): boolean {
  return bareId(id) === bareId(wanted);
}

function showId(id: string, { settings }: World): string {
  return settings.ids === 'stored' ? id : dashedId(id);
}

/** As answers show it. The secret is never in one: `undefined` does not go into JSON. */
function toWire(destination: Destination, world: World): Destination {
  const { settings, extraTypes } = world;
  return {
    ...destination,
    id: showId(destination.id, world),
    secret: undefined,
    url: settings.urlSecrets === 'cut' ? withoutSecret(destination.url, extraTypes) : destination.url,
  };
}

/** Format reported by users: `Webhook test failed with status code 403 403 Forbidden` (cloudflare/tf-migrate #316). */
function testFailure(outcome: Outcome): string {
  return outcome.kind === 'answered'
    ? `Webhook test failed with status code ${outcome.status} ${outcome.status} ${STATUS_CODES[outcome.status] ?? ''}`
    : 'Webhook test failed: the URL could not be reached';
}
