import { mayReceive, originsOf } from '../../core/accounts/token-origin.ts';
import { ApiError } from '../../core/api/api-error.ts';
import { PUBLIC_API } from '../../core/api/base-url.ts';
import { type Api, createApi } from '../../core/api/client.ts';
import type { CallMeter } from '../../core/api/call-meter.ts';
import type { Host } from '../../core/api/transport.ts';
import type { TokenRecord } from '../../core/model/token.ts';
import type { Services } from '../../services.ts';
import { readSettings } from '../host/settings.ts';

/** Creates the API clients of tokens. Only this module decides whether and where a token is sent. */
export type Clients = {
  /** For a token that the user has just entered. It is sent to the configured address. */
  connect(token: string, meter?: CallMeter): Api;
  /** The origin that a token was last passed to {@link connect} with; default: the configured origin. */
  originOf(token: string): string | undefined;
  /**
   * For a stored token. Returns a client that sends nothing if the token must not be sent to the configured address.
   */
  connectStored(record: TokenRecord): Api;
  /**
   * A client that sends nothing and fails every call, so that views show the error like any other. `beforehand` is waited for
   * in each call.
   */
  refuse(error: ApiError, beforehand?: () => Promise<void>): Api;
};

/** The origin of the configured API address; undefined if the setting is invalid. */
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
  /** By token. Contains only the few tokens of this session. */
  const origins = new Map<string, string>();

  function refuse(error: ApiError, beforehand?: () => Promise<void>): Api {
    const refusing: Host = {
      ...host,
      async fetch() {
        await beforehand?.();
        throw error;
      },
    };
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
          ...(meter ? { meter } : {}),
        })
      : refuse(new ApiError({ kind: 'misconfigured', reason: apiBaseUrl.problem }));
  }

  return {
    refuse,
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
