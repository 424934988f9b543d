import type { Hono } from 'hono';
import { filtersRequiredBy, isAlertType } from '../alert-types.ts';
import type { ApiEnv } from '../authentication.ts';
import { notify } from '../delivery.ts';
import { acknowledge, fail, failToParse, isObject, readObject, succeed } from '../envelope.ts';
import type { Problem } from '../envelope.ts';
import { bareId, dashedId, nextId, stamp, withRecord } from '../world.ts';
import type { Mechanisms, Policy, World } from '../world.ts';

/** Adds the calls to list, get, create, replace and test policies. Only the control API can delete policies. */
export function addPolicyRoutes(api: Hono<ApiEnv>, world: World): void {
  const path = '/accounts/:account/alerting/v3/policies';

  api.get(path, (c) =>
    succeed(
      c,
      c.var.account.policies.map((policy) => toWire(policy, world)),
    ),
  );

  api.get(`${path}/:id`, (c) => {
    const policy = c.var.account.policies.find(({ id }) => id === c.req.param('id'));
    return policy ? succeed(c, toWire(policy, world)) : fail(c, 404, notFound);
  });

  api.post(path, async (c) => {
    const body = await readObject(c);
    if (!body) return failToParse(c);
    const wanted = readPolicy(body);
    if ('message' in wanted) return fail(c, 400, wanted);
    const { account } = c.var;
    const now = stamp(world);
    const id = nextId(world);
    account.policies = withRecord(account.policies, { ...wanted, id, created: now, modified: now });
    return succeed(c, { id });
  });

  api.put(`${path}/:id`, async (c) => {
    const { account } = c.var;
    const known = account.policies.find(({ id }) => id === c.req.param('id'));
    if (!known) return fail(c, 404, notFound);
    const body = await readObject(c);
    if (!body) return failToParse(c);
    const wanted = readPolicy(body);
    if ('message' in wanted) return fail(c, 400, wanted);
    const { id, created } = known;
    // PUT replaces the complete policy, so fields that are missing in the body are removed.
    account.policies = withRecord(account.policies, { ...wanted, id, created, modified: stamp(world) });
    return succeed(c, { id });
  });

  api.post(`${path}/:id/test`, async (c) => {
    const policy = c.var.account.policies.find(({ id }) => id === c.req.param('id'));
    if (!policy) return fail(c, 404, notFound);
    const outcomes = await notify(world, c.var.account, policy, `Test notification for policy ${policy.name}`);
    // The only delivery problem that the API specification lists is "a delivery mechanism that is unreachable".
    return outcomes.some(({ kind }) => kind === 'unreachable')
      ? fail(c, 400, { message: 'Failed to send test notification: a delivery mechanism is unreachable' })
      : acknowledge(c);
  });
}

/** A policy with the ids of its destinations in the form of `settings.ids`. */
function toWire(policy: Policy, { settings }: World): Policy {
  const { webhooks } = policy.mechanisms;
  if (settings.ids === 'stored' || !webhooks) return policy;
  const show = settings.ids === 'dashed' ? dashedId : bareId;
  return { ...policy, mechanisms: { ...policy.mechanisms, webhooks: webhooks.map(({ id }) => ({ id: show(id) })) } };
}

const notFound: Problem = { message: 'Policy not found' };

type Wanted = Omit<Policy, 'id' | 'created' | 'modified'>;

/** Parses a policy from a body. Returns a Problem for an invalid body, with the codes that users of the API report. */
function readPolicy(body: Readonly<Record<string, unknown>>): Wanted | Problem {
  const { name, alert_type, enabled, description, alert_interval, filters, mechanisms, conditions } = body;
  if (typeof name !== 'string' || name === '') return { code: 17001, message: 'policy name is required' };
  if (typeof alert_type !== 'string' || !isAlertType(alert_type)) {
    return { code: 17004, message: 'invalid alert type' };
  }
  if (!isMechanisms(mechanisms) || Object.values(mechanisms).every((list) => list.length === 0)) {
    return { code: 17102, message: 'at least one mechanism is required' };
  }
  const given = isFilters(filters) ? filters : {};
  if (filtersRequiredBy(alert_type).some((key) => (given[key] ?? []).length === 0)) {
    return { code: 17103, message: 'filters are required for this alert type' };
  }
  return {
    name,
    alert_type,
    enabled: enabled !== false,
    mechanisms,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof alert_interval === 'string' ? { alert_interval } : {}),
    ...(isFilters(filters) ? { filters } : {}),
    ...(isObject(conditions) ? { conditions } : {}),
  };
}

function isMechanisms(value: unknown): value is Mechanisms {
  const kinds = new Set(['email', 'webhooks', 'pagerduty']);
  return isObject(value) && Object.entries(value).every(([kind, list]) => kinds.has(kind) && isListOfIds(list));
}

function isListOfIds(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && typeof item['id'] === 'string');
}

function isFilters(value: unknown): value is NonNullable<Policy['filters']> {
  return (
    isObject(value) &&
    Object.values(value).every((list) => Array.isArray(list) && list.every((item) => typeof item === 'string'))
  );
}
