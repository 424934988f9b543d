import { ApiError, type ApiErrorDetails } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import type { Connection } from '../../../../src/core/accounts/connection.ts';
import { AccountRemovedError } from '../../../../src/core/monitoring/connection-now.ts';
import type { Destination } from '../../../../src/core/model/destination.ts';

/** An API with the given calls. Every other call rejects. */
export function makeApi(calls: Partial<Api> = {}): Api {
  return {
    verifyUserToken: unexpected('verifyUserToken'),
    verifyAccountToken: unexpected('verifyAccountToken'),
    listAccounts: unexpected('listAccounts'),
    listDestinations: unexpected('listDestinations'),
    getDestination: unexpected('getDestination'),
    createDestination: unexpected('createDestination'),
    updateDestination: unexpected('updateDestination'),
    deleteDestination: unexpected('deleteDestination'),
    listPolicies: unexpected('listPolicies'),
    getPolicy: unexpected('getPolicy'),
    updatePolicy: unexpected('updatePolicy'),
    testPolicy: unexpected('testPolicy'),
    listSentAlerts: unexpected('listSentAlerts'),
    listAlertNames: unexpected('listAlertNames'),
    request: unexpected('request'),
    ...calls,
  };
}

/** The same API, and the names of the calls that were handed a signal. */
export function noteSignals(api: Api): { readonly api: Api; readonly handed: readonly string[] } {
  const handed: string[] = [];
  const entries = Object.entries(api).map(([name, call]) => [
    name,
    (...given: readonly unknown[]): unknown => {
      if (given.some((each) => each instanceof AbortSignal || hasSignal(each))) {
        handed.push(name);
      }
      return (call as (...same: readonly unknown[]) => unknown)(...given);
    },
  ]);
  return { api: Object.fromEntries(entries) as Api, handed };
}

/** The same API; no policy can be read after an update of one. */
export function failAfterUpdate(api: Api): Api {
  let isUpdated = false;
  return {
    ...api,
    async updatePolicy(...given) {
      await api.updatePolicy(...given);
      isUpdated = true;
    },
    getPolicy: async (...given) => (isUpdated ? failWith({ kind: 'timeout' })() : api.getPolicy(...given)),
  };
}

/** The options of `request`. */
const hasSignal = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'signal' in value && value.signal instanceof AbortSignal;

function unexpected(name: string): () => Promise<never> {
  return () => Promise.reject(new Error(`unexpected call of ${name}`));
}

/** For a getter of an API: the account was removed. */
export function failAsRemoved(): never {
  throw new AccountRemovedError('removed');
}

export function makeConnection(id: string, api: Api): Connection {
  return { account: { id, name: `Account ${id}` }, token: { id: 'token', owner: 'user' }, api };
}

export function makeDestination(id: string, fields: Partial<Destination> = {}): Destination {
  return { id, name: `Destination ${id}`, type: 'slack', url: 'https://hooks.slack.com/services/x', ...fields };
}

export function failWith(details: ApiErrorDetails): () => Promise<never> {
  return () => Promise.reject(new ApiError(details));
}

/** For `assert.rejects`: the error of a mutation that may still take effect. */
export function isUnsettled(error: unknown): boolean {
  return error instanceof ApiError && error.details.isUnsettled === true;
}

/** An API beside a colleague who changes the description of each policy right after its update. */
export function conflictAfterUpdate(api: Api): Api {
  return {
    ...api,
    updatePolicy: async (account, id, whole) =>
      api.updatePolicy(account, id, { ...whole, description: 'Of a colleague' }),
  };
}
