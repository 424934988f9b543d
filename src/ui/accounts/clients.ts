import type { Connection } from '../../core/accounts/connection.ts';
import { mayReceive, originsOf } from '../../core/accounts/token-origin.ts';
import { ApiError } from '../../core/api/api-error.ts';
import { PUBLIC_API } from '../../core/api/base-url.ts';
import { type Api, createApi, type OddList } from '../../core/api/client.ts';
import type { CallMeter } from '../../core/api/call-meter.ts';
import type { Host } from '../../core/api/transport.ts';
import type { TokenRecord } from '../../core/model/token.ts';
import type { Services } from '../../services.ts';
import { readSettings } from '../host/settings.ts';

/** Makes the API clients of tokens: the one place that decides whether a token is sent, and where. */
export type Clients = {
  /** For a token the user has just entered: it goes to the address that is set. */
  connect(token: string, meter?: CallMeter): Api;
  /** The origin a token was last given to {@link connect} with; that of the setting where there was none. */
  originOf(token: string): string | undefined;
  /** For a stored token. Returns a client that sends nothing where the token must not go to the address that is set. */
  connectStored(record: TokenRecord): Api;
  /** How many entries of the last list of destinations of an account could not be decoded. */
  skippedEntries(accountId: string): number;
  /** A client that fails every call and sends nothing: it shows as any other failure does. */
  refuse(error: ApiError): Api;
};

/** The origin of the API address that is set; undefined where the setting cannot be used. */
export function configuredOrigin(): string | undefined {
  const { apiBaseUrl } = readSettings();
  return apiBaseUrl.ok ? new URL(apiBaseUrl.url).origin : undefined;
}

export function createClients({
  userAgent,
  redactor,
  host,
  budgets,
}: Pick<Services, 'userAgent' | 'redactor' | 'host' | 'budgets'>): Clients {
  /** By token. Tokens of this session only, and few. */
  const origins = new Map<string, string>();

  const skipped = new Map<string, number>();

  function noteOddities(odd: OddList): void {
    if (odd.list === 'destinations') {
      skipped.set(odd.accountId, odd.skipped);
    }
  }

  function refuse(error: ApiError): Api {
    const refusing: Host = { ...host, fetch: () => Promise.reject(error) };
    return createApi({ baseUrl: PUBLIC_API, token: '', userAgent, host: refusing });
  }

  function create(token: string, meter?: CallMeter): Api {
    redactor.remember(token);
    const { apiBaseUrl } = readSettings();
    return apiBaseUrl.ok
      ? createApi({
          baseUrl: apiBaseUrl.url,
          token,
          userAgent,
          host,
          onOddities: noteOddities,
          ...(meter ? { meter } : {}),
        })
      : refuse(new ApiError({ kind: 'misconfigured', reason: apiBaseUrl.problem }));
  }

  return {
    refuse,
    skippedEntries: (accountId) => skipped.get(accountId) ?? 0,
    originOf: (token) => origins.get(token) ?? configuredOrigin(),
    connect(token, meter) {
      const origin = configuredOrigin();
      if (origin !== undefined) {
        origins.set(token, origin);
      }
      return create(token, meter);
    },
    connectStored(record) {
      const configured = configuredOrigin();
      return configured === undefined || mayReceive(record, configured)
        ? create(record.token, budgets.of(record.id))
        : refuse(new ApiError({ kind: 'otherOrigin', origins: { verified: originsOf(record)[0], configured } }));
    },
  };
}

/** Where the setting points, and the tokens that must not go there without the user's word. */
export type UnconfirmedOrigin = {
  readonly configured: string;
  readonly verified: readonly string[];
  readonly accounts: readonly Connection['account'][];
};
