import { BaseAccounts } from 'cloudflare/resources/accounts/accounts';
import { BaseTokens as AccountTokens } from 'cloudflare/resources/accounts/tokens/tokens';
import { BaseWebhooks } from 'cloudflare/resources/alerting/destinations/webhooks';
import { BaseTokens as UserTokens } from 'cloudflare/resources/user/tokens/tokens';
import { createClient } from 'cloudflare/tree-shakable';
import type { Account } from '../account.ts';
import type { Destination } from '../destination.ts';
import { ApiError } from './api-error.ts';
import {
  decodeAccounts,
  decodeDestination,
  decodeDestinations,
  decodeTokenStatus,
  type TokenStatus,
} from './decode.ts';
import { createTransport, type Host } from './transport.ts';

/** The calls this extension makes with one token. All throw {@link ApiError}, or the signal's reason once it aborts. */
export type Api = {
  /** `GET /user/tokens/verify`, for a user's token. */
  verifyUserToken(signal?: AbortSignal): Promise<TokenStatus>;
  /** `GET /accounts/{id}/tokens/verify`, for an account's own token. */
  verifyAccountToken(accountId: string, signal?: AbortSignal): Promise<TokenStatus>;
  /** `GET /accounts`, all pages. A narrow token sees none; an account-owned one is refused (code 1001). */
  listAccounts(signal?: AbortSignal): Promise<readonly Account[]>;
  listDestinations(accountId: string, signal?: AbortSignal): Promise<readonly Destination[]>;
  getDestination(accountId: string, destinationId: string, signal?: AbortSignal): Promise<Destination>;
  /** Never repeated by itself. An unknown id is answered with code 15000: see `delete-destination.ts`. */
  deleteDestination(accountId: string, destinationId: string, signal?: AbortSignal): Promise<void>;
};

export type ApiOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly userAgent: string;
  readonly host: Host;
  /** Milliseconds for one whole answer. */
  readonly deadline?: number;
};

const RESOURCES = [BaseAccounts, BaseWebhooks, UserTokens, AccountTokens] as const;
const ACCOUNTS_PER_PAGE = 50;
/** Fifty pages are 2,500 accounts; a server that never ends must not keep us. */
const MOST_PAGES = 50;

/** A client for one token. Making it is cheap and sends nothing. */
export function createApi({ baseUrl, token, userAgent, host, deadline }: ApiOptions): Api {
  const transport = createTransport(host, userAgent, deadline);

  /** One call through the SDK. It wraps what fetch throws, at times without a cause, so the failure is kept aside. */
  async function call<T>(send: (sdk: Sdk) => PromiseLike<T>): Promise<T> {
    let failure: { readonly error: unknown } | undefined;
    const sdk = createSdk(baseUrl, token, async (input, init) => {
      try {
        return await transport(input, init);
      } catch (error) {
        failure = { error };
        throw error;
      }
    });
    try {
      return await send(sdk);
    } catch (error) {
      throw failure ? failure.error : error;
    }
  }

  /** A read may be repeated: nothing changes by it. */
  const read = <T>(signal: AbortSignal | undefined, send: (sdk: Sdk) => PromiseLike<T>): Promise<T> =>
    retryRead(host, signal, () => call(send));

  return {
    async verifyUserToken(signal) {
      return decodeTokenStatus(await read(signal, (sdk) => sdk.user.tokens.verify(sendWith(signal))));
    },
    async verifyAccountToken(accountId, signal) {
      const account = { account_id: accountId };
      return decodeTokenStatus(await read(signal, (sdk) => sdk.accounts.tokens.verify(account, sendWith(signal))));
    },
    async listAccounts(signal) {
      const accounts: Account[] = [];
      for (let page = 1; page <= MOST_PAGES; page += 1) {
        const query = { page, per_page: ACCOUNTS_PER_PAGE };
        const { result } = await read(signal, (sdk) => sdk.accounts.list(query, sendWith(signal)));
        const found = decodeAccounts(result);
        accounts.push(...found);
        if (found.length < ACCOUNTS_PER_PAGE) {
          break;
        }
      }
      return accounts;
    },
    async listDestinations(accountId, signal) {
      const account = { account_id: accountId };
      const page = await read(signal, (sdk) => sdk.alerting.destinations.webhooks.list(account, sendWith(signal)));
      return decodeDestinations(page.result);
    },
    async getDestination(accountId, destinationId, signal) {
      const account = { account_id: accountId };
      return decodeDestination(
        await read(signal, (sdk) => sdk.alerting.destinations.webhooks.get(destinationId, account, sendWith(signal))),
      );
    },
    async deleteDestination(accountId, destinationId, signal) {
      const account = { account_id: accountId };
      await call((sdk) => sdk.alerting.destinations.webhooks.delete(destinationId, account, sendWith(signal)));
    },
  };
}

function sendWith(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

type Sdk = ReturnType<typeof createSdk>;

/**
 * The official SDK with everything it would pick up from the environment set here instead: it would send
 * CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL beside the token, follow CLOUDFLARE_BASE_URL, log to the console, and repeat
 * POST and DELETE (cloudflare 7.3.0, client.mjs).
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
    // The transport has the deadline; this one is not to come first.
    timeout: 10 * 60_000,
    fetch,
  });
}

const REPEATS = 2;
const FIRST_PAUSE = 300;
/** Who asks for more patience than this is told to the user instead. */
const LONGEST_PAUSE = 5_000;

/** Repeats a read that failed for a passing reason, after a pause that grows, is jittered, and heeds `retry-after`. */
async function retryRead<T>(host: Host, signal: AbortSignal | undefined, send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const pause = error instanceof ApiError && attempt < REPEATS ? pauseBefore(host, error, attempt) : undefined;
      if (pause === undefined || signal?.aborted) {
        throw error;
      }
      await host.sleep(pause, signal);
    }
  }
}

/** Undefined where repeating is no use: a passing failure is repeated, throttling only as the server asks. */
function pauseBefore(host: Host, { kind, details }: ApiError, attempt: number): number | undefined {
  const passing = kind === 'network' || kind === 'unavailable';
  const pause = details.retryAfter ?? (passing ? FIRST_PAUSE * 2 ** attempt * (0.5 + host.random()) : undefined);
  return pause !== undefined && pause <= LONGEST_PAUSE ? pause : undefined;
}
