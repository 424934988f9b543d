import { BaseAccounts } from 'cloudflare/resources/accounts/accounts';
import { BaseTokens as AccountTokens } from 'cloudflare/resources/accounts/tokens/tokens';
import { BaseAvailableAlerts } from 'cloudflare/resources/alerting/available-alerts';
import { BaseWebhooks } from 'cloudflare/resources/alerting/destinations/webhooks';
import { BaseHistoryResource } from 'cloudflare/resources/alerting/history';
import { BasePolicies } from 'cloudflare/resources/alerting/policies';
import { BaseTokens as UserTokens } from 'cloudflare/resources/user/tokens/tokens';
import { createClient } from 'cloudflare/tree-shakable';
import { createCanceledError } from '../async/canceled.ts';
import type { Account } from '../model/account.ts';
import { plain } from '../model/plain-text.ts';
import type { CallMeter } from './call-meter.ts';
import type { Destination, Draft } from '../model/destination.ts';
import type { Policy, SentAlert } from '../model/policy.ts';
import {
  decodeAccounts,
  decodeAlertNames,
  decodeDestination,
  decodeDestinations,
  decodeId,
  decodePolicies,
  decodePolicy,
  decodeSentAlerts,
  decodeTokenStatus,
  type TokenStatus,
} from './decode.ts';
import { isObject, type Oddities } from './decode-list.ts';
import { retryRead } from './retry.ts';
import { createTransport, type Host } from './transport.ts';

/** The calls this extension makes with one token. All throw `ApiError`, or an error that `isCanceled` knows. */
export type Api = {
  /** `GET /user/tokens/verify`, for a user's token. */
  verifyUserToken(signal?: AbortSignal): Promise<TokenStatus>;
  /** `GET /accounts/{id}/tokens/verify`, for an account's own token. */
  verifyAccountToken(accountId: string, signal?: AbortSignal): Promise<TokenStatus>;
  /**
   * `GET /accounts`, all pages up to {@link MOST_ACCOUNTS}. A narrow token gets an empty list. An account-owned token
   * gets code 1001.
   */
  listAccounts(signal?: AbortSignal): Promise<readonly Account[]>;
  listDestinations(accountId: string, signal?: AbortSignal): Promise<readonly Destination[]>;
  getDestination(accountId: string, destinationId: string, signal?: AbortSignal): Promise<Destination>;
  /**
   * Cloudflare first sends a test to the URL and answers `rejected` (422) if it fails. Returns the new ID. Never
   * retried here: see `create-destination.ts`.
   */
  createDestination(accountId: string, draft: Draft, signal?: AbortSignal): Promise<string>;
  /** Cloudflare ignores some changes: see `update-destination.ts`. */
  updateDestination(accountId: string, destinationId: string, draft: Draft, signal?: AbortSignal): Promise<void>;
  /** Never retried here. Cloudflare answers an unknown ID with code 15000: see `delete-destination.ts`. */
  deleteDestination(accountId: string, destinationId: string, signal?: AbortSignal): Promise<void>;
  /** The only way to learn which policies use a destination. */
  listPolicies(accountId: string, signal?: AbortSignal): Promise<readonly Policy[]>;
  getPolicy(accountId: string, policyId: string, signal?: AbortSignal): Promise<Policy>;
  /** Replaces the whole policy: `whole` is the fetched object with the changes. */
  updatePolicy(accountId: string, policyId: string, whole: Policy['whole'], signal?: AbortSignal): Promise<void>;
  /**
   * Cloudflare sends a test to everything that the policy notifies. In the API specification, but not in the SDK. Never
   * retried.
   */
  testPolicy(accountId: string, policyId: string, signal?: AbortSignal): Promise<void>;
  /**
   * Alerts sent since a time (milliseconds since the epoch), newest first. Cloudflare keeps them for 30 days, on
   * Enterprise for 90.
   */
  listSentAlerts(accountId: string, since: number, signal?: AbortSignal): Promise<readonly SentAlert[]>;
  /** Display names of alert types. */
  listAlertNames(accountId: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /**
   * Any other call below `/accounts/{id}/alerting/v3`, for `alerting-calls.ts`. Returns the envelope's `result`. GET is
   * retried like every read. With a body it is a POST, which is sent once.
   */
  request(accountId: string, path: string, options?: RequestOptions): Promise<unknown>;
};

export type RequestOptions = { readonly body?: Readonly<Record<string, unknown>>; readonly signal?: AbortSignal };

export type ApiOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly userAgent: string;
  readonly host: Host;
  /** The timeout of a whole answer, in milliseconds. */
  readonly deadline?: number;
  /** Counts every call, including retries. */
  readonly meter?: CallMeter;
};
const RESOURCES = [
  BaseAccounts,
  BaseWebhooks,
  BasePolicies,
  BaseHistoryResource,
  BaseAvailableAlerts,
  UserTokens,
  AccountTokens,
] as const;
const ACCOUNTS_PER_PAGE = 50;
/** Bounds the pages of a faulty server. The caller reports at this number that there may be more. */
export const MOST_ACCOUNTS = 10_000;
const ALERTS_PER_PAGE = 1000;
/** How many places of malformed entries the log names. */
const MOST_PLACES = 10;
/** Bounds the pages of a faulty server. */
const MOST_PAGES = 50;

/** A client for one token. Creating it sends nothing. */
export function createApi({ baseUrl, token, userAgent, host, deadline, meter }: ApiOptions): Api {
  const transport = createTransport(host, userAgent, deadline, meter);

  /**
   * Sends one call through the SDK. The SDK wraps fetch errors, sometimes without a cause, so the original error is
   * stored separately. Only the transport gets the signal, because the SDK never removes the listener that it adds.
   */
  async function call<T>(signal: AbortSignal | undefined, send: (sdk: Sdk) => PromiseLike<T>): Promise<T> {
    if (signal?.aborted) {
      throw createCanceledError();
    }
    let failure: { readonly error: unknown } | undefined;
    const sdk = createSdk(baseUrl, token, async (input, init) => {
      try {
        return await transport(input, signal ? { ...init, signal } : init);
      } catch (error) {
        failure = { error };
        throw error;
      }
    });
    try {
      return await send(sdk);
    } catch (error) {
      throw signal?.aborted ? createCanceledError() : failure ? failure.error : error;
    }
  }

  /** Reads are safe to retry. */
  const read = <T>(signal: AbortSignal | undefined, send: (sdk: Sdk) => PromiseLike<T>): Promise<T> =>
    retryRead(host, signal, () => call(signal, send));

  const logged = new Set<string>();

  /** Logged once, because lists are polled every few minutes. The places contain no values. */
  function noteOddities(what: string, { skipped, places }: Oddities): void {
    const line = `${what}: cannot read ${places.slice(0, MOST_PLACES).join(', ')}; ${skipped} entries are left out`;
    if (places.length > 0 && !logged.has(line)) {
      logged.add(line);
      host.log('warn', plain(line));
    }
  }

  const noteList =
    (accountId: string, list: 'destinations' | 'policies') =>
    (oddities: Oddities): void =>
      noteOddities(`The list of ${list} of account ${accountId}`, oddities);

  return {
    async verifyUserToken(signal) {
      return decodeTokenStatus(await read(signal, (sdk) => sdk.user.tokens.verify()));
    },
    async verifyAccountToken(accountId, signal) {
      const account = { account_id: accountId };
      return decodeTokenStatus(await read(signal, (sdk) => sdk.accounts.tokens.verify(account)));
    },
    async listAccounts(signal) {
      const accounts = new Map<string, Account>();
      for (let page = 1; accounts.size < MOST_ACCOUNTS; page += 1) {
        const query = { page, per_page: ACCOUNTS_PER_PAGE };
        const { result } = await read(signal, (sdk) => sdk.accounts.list(query));
        const before = accounts.size;
        for (const account of decodeAccounts(result, (odd) => noteOddities('The list of accounts', odd))) {
          accounts.set(account.id, account);
        }
        // A server that ignores the page returns the same accounts again.
        if (accounts.size === before || !isFull(result, ACCOUNTS_PER_PAGE)) {
          break;
        }
      }
      return [...accounts.values()];
    },
    async listDestinations(accountId, signal) {
      const account = { account_id: accountId };
      const page = await read(signal, (sdk) => sdk.alerting.destinations.webhooks.list(account));
      return decodeDestinations(page.result, noteList(accountId, 'destinations'));
    },
    async getDestination(accountId, destinationId, signal) {
      const account = { account_id: accountId };
      return decodeDestination(
        await read(signal, (sdk) => sdk.alerting.destinations.webhooks.get(destinationId, account)),
      );
    },
    async createDestination(accountId, draft, signal) {
      const body = { account_id: accountId, ...draft };
      return decodeId(await call(signal, (sdk) => sdk.alerting.destinations.webhooks.create(body)));
    },
    async updateDestination(accountId, destinationId, draft, signal) {
      const body = { account_id: accountId, ...draft };
      await call(signal, (sdk) => sdk.alerting.destinations.webhooks.update(destinationId, body));
    },
    async deleteDestination(accountId, destinationId, signal) {
      const account = { account_id: accountId };
      await call(signal, (sdk) => sdk.alerting.destinations.webhooks.delete(destinationId, account));
    },
    async listPolicies(accountId, signal) {
      const account = { account_id: accountId };
      const page = await read(signal, (sdk) => sdk.alerting.policies.list(account));
      return decodePolicies(page.result, noteList(accountId, 'policies'));
    },
    async getPolicy(accountId, policyId, signal) {
      const account = { account_id: accountId };
      return decodePolicy(await read(signal, (sdk) => sdk.alerting.policies.get(policyId, account)));
    },
    async updatePolicy(accountId, policyId, whole, signal) {
      const body = { ...whole, account_id: accountId };
      await call(signal, (sdk) => sdk.alerting.policies.update(policyId, body));
    },
    async testPolicy(accountId, policyId, signal) {
      const path = addressOf(accountId, `policies/${encodeURIComponent(policyId)}/test`);
      await call(signal, (sdk) => sdk.post(path, { body: {} }));
    },
    async listSentAlerts(accountId, since, signal) {
      const alerts: SentAlert[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const query = { account_id: accountId, since: new Date(since).toISOString(), page, per_page: ALERTS_PER_PAGE };
        const { result } = await read(signal, (sdk) => sdk.alerting.history.list(query));
        alerts.push(...decodeSentAlerts(result, (odd) => noteOddities('The list of sent alerts', odd)));
        if (!isFull(result, ALERTS_PER_PAGE)) {
          break;
        }
      }
      return alerts;
    },
    async listAlertNames(accountId, signal) {
      const account = { account_id: accountId };
      return decodeAlertNames(await read(signal, (sdk) => sdk.alerting.availableAlerts.list(account)));
    },
    async request(accountId, path, { body, signal } = {}) {
      const address = addressOf(accountId, path);
      const envelope = await (body
        ? call(signal, (sdk) => sdk.post<unknown>(address, { body }))
        : read(signal, (sdk) => sdk.get<unknown>(address)));
      return isObject(envelope) ? envelope['result'] : undefined;
    },
  };
}

function addressOf(accountId: string, path: string): string {
  return `/accounts/${encodeURIComponent(accountId)}/alerting/v3/${path}`;
}

/** Counts all received entries, decoded or not: otherwise a malformed entry would end the list early. */
function isFull(result: unknown, size: number): boolean {
  return Array.isArray(result) && result.length >= size;
}

type Sdk = ReturnType<typeof createSdk>;

/**
 * The official SDK with fixed values for everything it would read from the environment. It would send
 * CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL beside the token, and use CLOUDFLARE_BASE_URL. It would also log to the
 * console, and retry POST and DELETE (cloudflare 7.3.0, client.mjs).
 */
function createSdk(baseURL: string, apiToken: string, fetch: Host['fetch']) {
  return createClient({
    resources: RESOURCES,
    baseURL,
    apiToken,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    maxRetries: 0,
    logLevel: 'off',
    // Longer than the timeout of the transport, so that this one never applies.
    timeout: 10 * 60_000,
    fetch,
  });
}
