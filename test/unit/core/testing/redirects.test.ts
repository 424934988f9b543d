import assert from 'node:assert/strict';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { sendTest } from '../../../../src/core/testing/send-test.ts';

const SCRIPT = 'https://script.google.com/macros/s/AKfy/exec';

/** Address, status and location of the answer, then the outcome with the host. */
const table: readonly (readonly [url: string, status: number, location: string, expected: string])[] = [
  ['https://a.example/hook', 301, 'https://a.example/hook/', 'redirectedBySlash a.example'],
  ['https://a.example/hook/', 302, '/hook', 'redirectedBySlash a.example'],
  ['https://a.example/hook/', 302, '/hook?x=1', 'redirectedBySlash a.example'],
  ['http://127.0.0.1/hook', 301, 'https://127.0.0.1/hook', 'redirectedToHttps 127.0.0.1'],
  ['https://a.example/hook', 307, 'http://a.example/hook', 'redirectedToHttp a.example'],
  ['https://a.example/hook', 303, '/login', 'redirectedHere a.example'],
  ['https://a.example/hook', 307, 'https://a.example:8443/hook', 'redirectedHere a.example:8443'],
  ['https://a.example/hook', 307, 'https://a.example:8443/hook/', 'redirectedHere a.example:8443'],
  ['https://a.example/hook', 300, '/choices', 'redirectedHere a.example'],
  ['https://a.example/hook', 302, 'https://www.a.example/hook', 'redirected www.a.example'],
  ['https://a.example/hook', 308, 'https://b.example/hook', 'redirected b.example'],
  [
    SCRIPT,
    302,
    'https://script.googleusercontent.com/macros/echo?k=1',
    'answeredElsewhere script.googleusercontent.com',
  ],
  [SCRIPT, 302, 'https://accounts.google.com/ServiceLogin', 'redirected accounts.google.com'],
  ['https://a.example/hook', 302, 'https://script.googleusercontent.com/x', 'redirected script.googleusercontent.com'],
];

/** Status and location of answers that are no redirects. */
const answers: readonly (readonly [status: number, location: string | undefined])[] = [
  [201, '/created/1'],
  [299, '/hook/'],
  [302, undefined],
  [302, 'https://'],
  [400, '/help'],
];

/** A receiver with one answer to every request, and the URLs that were called. */
function makeReceiver(status: number, location: string | undefined) {
  const called: string[] = [];
  const host = {
    fetch: async (input: string | URL | Request) => {
      called.push(input instanceof Request ? input.url : String(input));
      return new Response(null, { status, headers: location === undefined ? {} : { location } });
    },
    now: () => 0,
    sleep: async () => new Promise<void>(() => {}),
  };
  const send = async (url: string) =>
    sendTest(host, makeTestRequest(typeOrGeneric('generic'), url, 's3cret'), 'test/1');
  return { send, called };
}

describe('redirects in a test', () => {
  for (const [url, status, location, expected] of table) {
    it(`tells ${expected} for ${status} from ${url} to ${location}`, async () => {
      const { send, called } = makeReceiver(status, location);
      const outcome = await send(url);
      assert.ok(outcome.kind !== 'answered');
      const [what, where] =
        outcome.kind === 'failed' ? [outcome.problem, outcome.detail] : [outcome.kind, outcome.host];
      assert.equal(`${what} ${where}`, expected);
      assert.deepEqual(called, [url]);
    });
  }

  for (const [status, location] of answers) {
    it(`takes ${status} with ${location ?? 'no location'} as the answer`, async () => {
      const { send, called } = makeReceiver(status, location);
      const url = 'https://a.example/hook';
      assert.deepEqual(await send(url), { kind: 'answered', status, text: '', milliseconds: 0 });
      assert.deepEqual(called, [url]);
    });
  }

  it('follows at most three redirects', async () => {
    const { send, called } = makeReceiver(307, 'x/hook');
    const outcome = await send('https://a.example/hook');
    assert.deepEqual(outcome, { kind: 'failed', problem: 'redirectedHere', detail: 'a.example' });
    assert.deepEqual(
      called.map((url) => new URL(url).pathname),
      ['/hook', '/x/hook', '/x/x/hook', '/x/x/x/hook'],
    );
  });
});
