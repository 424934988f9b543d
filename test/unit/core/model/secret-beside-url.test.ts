import assert from 'node:assert/strict';
import { guessType, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { checkDraft, type Known } from '../../../../src/core/model/draft-check.ts';
import { wholeUrlOf } from '../../../../src/core/model/whole-url.ts';

const SLACK = 'https://hooks.slack.com/services/T00000000/B00000000';
const DISCORD = 'https://discord.com/api/webhooks/123456789012345678';
const CHAT = 'https://chat.googleapis.com/v1/spaces/AAAA/messages';
const FEISHU = 'https://open.feishu.cn/open-apis/bot/v2/hook';

/** URL, secret beside it, and the URL that a test calls. */
const joins: readonly (readonly [url: string, secret: string, joined: string])[] = [
  [SLACK, 'abcdEFGH1234', `${SLACK}/abcdEFGH1234`],
  [`${SLACK}/`, 'abcdEFGH1234', `${SLACK}/abcdEFGH1234`],
  [DISCORD, 'to-ken_1', `${DISCORD}/to-ken_1`],
  [`${DISCORD}?thread_id=7`, 'to-ken_1', `${DISCORD}/to-ken_1?thread_id=7`],
  [CHAT, 'key=k&token=t%3D', `${CHAT}?key=k&token=t%3D`],
  [CHAT, '?key=k&token=t', `${CHAT}?key=k&token=t`],
  [`${CHAT}?threadKey=ops`, 'key=k&token=t', `${CHAT}?key=k&token=t&threadKey=ops`],
  [FEISHU, 'uuid-1', `${FEISHU}/uuid-1`],
  [`${FEISHU}/`, 'uuid-1', `${FEISHU}/uuid-1`],
];

const nothing: Known = { secret: false };

/** What is typed, what is known already, and the findings. */
const findings: readonly (readonly [title: string, url: string, secret: string, known: Known, expected: string])[] = [
  ['no secret beside a cut URL', SLACK, '', nothing, 'error url incomplete'],
  ['no token', DISCORD, '', nothing, 'error url incomplete'],
  ['no key', CHAT, '', nothing, 'error url incomplete'],
  ['no token in the last segment', FEISHU, '', nothing, 'error url incomplete'],
  ['a token without a key', `${CHAT}?token=t`, '', nothing, 'error url incomplete'],
  ['two of three segments', 'https://hooks.slack.com/services/T0', '', nothing, 'error url incomplete'],
  ['nothing for a URL of an existing destination', SLACK, '', { secret: true, url: SLACK }, ''],
  ['another cut URL without a secret', `${SLACK}1`, '', { secret: true, url: SLACK }, 'error url incomplete'],
  ['nothing where a replacement has the secret', `${SLACK}1`, '', { secret: true }, ''],
  ['nothing where a new secret comes with another cut URL', `${SLACK}1`, 's', { secret: true, url: SLACK }, ''],
  ['a secret beside a whole URL', `${SLACK}/abc`, 's', nothing, 'warning secret unused'],
  ['http for a cut URL', SLACK.replace('https', 'http'), 's', nothing, 'error url insecure'],
];

describe('a secret beside the URL', () => {
  for (const [url, secret, joined] of joins) {
    const type = guessType(url) ?? typeOrGeneric('');

    it(`needs no warning for ${type.type} at ${url}`, () => {
      assert.deepEqual(checkDraft({ name: 'Ops', url, secret }, nothing), []);
    });

    it(`is joined with ${url} for a test`, () => {
      const request = makeTestRequest(type, url, secret);
      assert.equal(request.url, joined);
      assert.deepEqual(Object.keys(request.headers), ['content-type']);
    });

    it(`is remembered for ${url} and joined with the URL that Cloudflare returns`, () => {
      const cut = { type: type.type, url };
      assert.equal(wholeUrlOf(cut, { url, secret }), joined);
      assert.equal(wholeUrlOf(cut, { secret }), joined);
      assert.equal(wholeUrlOf(cut, { url: joined }), joined);
      assert.equal(wholeUrlOf(cut, undefined), url);
    });
  }

  for (const [title, url, secret, known, expected] of findings) {
    it(`finds ${title}`, () => {
      const found = checkDraft({ name: 'Ops', url, ...(secret ? { secret } : {}) }, known);
      assert.equal(
        found.map(({ severity, problem }) => `${severity} ${problem.field} ${problem.kind}`).join(),
        expected,
      );
    });
  }
});
