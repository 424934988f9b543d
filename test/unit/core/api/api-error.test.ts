import assert from 'node:assert/strict';
import {
  ApiError,
  type ApiErrorKind,
  describeForLog,
  isNotFound,
  isUncertain,
  kindOfAnswer,
} from '../../../../src/core/api/api-error.ts';
import { createCanceledError } from '../../../../src/core/async/canceled.ts';

/** Status, codes, Cloudflare's words, and the kind. */
const answers: readonly (readonly [number, readonly number[], string, ApiErrorKind])[] = [
  [200, [], '', 'protocol'],
  [400, [], '', 'rejected'],
  [400, [1001], '', 'rejected'],
  [400, [6003], 'Invalid request headers', 'auth'],
  [400, [6111], 'Invalid format for Authorization header', 'auth'],
  [400, [10000], 'Authentication error', 'auth'],
  [403, [10000], 'Authentication error', 'forbidden'],
  [400, [7003], 'Could not route', 'notFound'],
  [404, [7003], 'Could not route', 'notFound'],
  [400, [971], 'Please wait', 'rateLimited'],
  [500, [971], 'Please wait', 'rateLimited'],
  [401, [971], 'Please wait', 'rateLimited'],
  [429, [], '', 'rateLimited'],
  [429, [10000], '', 'rateLimited'],
  [401, [], '', 'auth'],
  [401, [1000], 'Invalid API Token', 'auth'],
  [403, [], '', 'forbidden'],
  [403, [9109], 'Cannot use the access token from location: 192.0.2.1', 'addressFilter'],
  [403, [9109], 'Client IP address is not allowed', 'addressFilter'],
  [401, [9109], 'Cannot use the access token from location: 192.0.2.1', 'addressFilter'],
  [403, [9109], 'Invalid access token', 'auth'],
  [403, [9109], 'Unauthorized to access requested resource', 'forbidden'],
  [403, [1], 'from location', 'forbidden'],
  [404, [], '', 'notFound'],
  [405, [], '', 'rejected'],
  [409, [], '', 'rejected'],
  [422, [17102], '', 'rejected'],
  [500, [15000], 'internal', 'unavailable'],
  [503, [], '', 'unavailable'],
];

describe('kinds of API errors', () => {
  for (const [status, codes, words, kind] of answers) {
    it(`takes status ${status}, code ${codes.join() || 'none'}, "${words}" for ${kind}`, () => {
      assert.equal(kindOfAnswer(status, codes, words), kind);
    });
  }

  it('tells which failures may hide an effect', () => {
    for (const kind of ['network', 'timeout', 'unavailable', 'protocol'] as const) {
      assert.ok(isUncertain(new ApiError({ kind })), kind);
    }
    for (const kind of ['auth', 'forbidden', 'rejected', 'notFound', 'rateLimited', 'noToken'] as const) {
      assert.ok(!isUncertain(new ApiError({ kind })), kind);
    }
    assert.ok(isUncertain(createCanceledError()));
    assert.ok(isUncertain(new TypeError('anything')));
  });

  it('is certain that nothing was sent where no connection was made', () => {
    assert.ok(!isUncertain(new ApiError({ kind: 'network', isUnsent: true })));
    assert.ok(isUncertain(new ApiError({ kind: 'network', reason: 'ECONNREFUSED: connect' })));
  });

  it('takes only the API’s own "not found" for one', () => {
    assert.ok(isNotFound(new ApiError({ kind: 'notFound', status: 404 })));
    assert.ok(!isNotFound(new ApiError({ kind: 'notFound', status: 404, codes: [7003] })));
    assert.ok(!isNotFound(new ApiError({ kind: 'protocol', status: 404 })));
    assert.ok(!isNotFound(new Error('notFound')));
  });

  it('names its facts in the order of their use, and only those it has', () => {
    assert.equal(new ApiError({ kind: 'network' }).message, 'network');
    const details = {
      kind: 'auth',
      status: 403,
      codes: [1, 2],
      reason: 'no',
      rayId: 'r',
      tokenStatus: 'expired',
    } as const;
    assert.equal(new ApiError(details).message, 'auth; status 403; code 1, 2; the token is expired; no; ray r');
  });

  it('logs the stack of an unexpected error only', () => {
    assert.equal(describeForLog(new ApiError({ kind: 'network' })), 'ApiError: network');
    const odd = new TypeError('odd');
    assert.equal(describeForLog(odd), odd.stack);
    delete odd.stack;
    assert.equal(describeForLog(odd), 'odd');
    assert.equal(describeForLog('text'), 'text');
  });
});
