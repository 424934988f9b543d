import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { redactPatterns } from '../../../../src/core/api/redaction.ts';
import { toTestCurl } from '../../../../src/core/formats/curl.ts';
import { parseDocument } from '../../../../src/core/formats/json-document.ts';
import { toTerraform } from '../../../../src/core/formats/terraform.ts';
import { guessType, typeNamed, typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { checkDraft } from '../../../../src/core/model/draft-check.ts';
import { canStandFor, planChange } from '../../../../src/core/model/plan.ts';
import { joinUrl, lacksSecret, wholeUrlOf } from '../../../../src/core/model/whole-url.ts';
import { sendTest } from '../../../../src/core/testing/send-test.ts';
import { judgeAnswer } from '../../../../src/core/testing/test-verdict.ts';
import { startFakeCloudflare } from '../../../fake-cloudflare/server.ts';
import type { Destination } from '../../../fake-cloudflare/world.ts';
import { carrierPigeon, pigeonAtCloudflare, typesWithPigeon } from '../../../made-up-type.ts';
import { terraformComments } from '../formats/terraform-comments.ts';
import { callApi, halden, webhooksPath } from '../../fake-cloudflare/api-caller.ts';

const CUT = 'https://loft.pigeon.example/fly/roof';
const WHOLE = `${CUT}?ring=good`;
const pigeon = { id: 'f00', name: 'Roof', type: 'pigeon', url: CUT };

/** What an added type takes: one record, one line in the registry, one row in the fake. The panel has its own test. */
describe('a made-up ninth type', () => {
  it('is guessed from its URL, and unknown without the line in the registry', () => {
    assert.equal(guessType(WHOLE, typesWithPigeon), carrierPigeon);
    assert.equal(typeNamed('pigeon', typesWithPigeon), carrierPigeon);
    assert.equal(guessType(WHOLE)?.type, 'generic');
    assert.equal(typeOrGeneric('pigeon').type, 'generic');
  });

  it('is checked while it is typed', () => {
    const check = (url: string, secret?: string): readonly string[] =>
      checkDraft({ name: 'Roof', url, ...(secret ? { secret } : {}) }, { secret: false }, typesWithPigeon).map(
        ({ severity, problem }) => `${severity} ${problem.field} ${problem.kind}`,
      );
    assert.deepEqual(check(WHOLE), []);
    assert.deepEqual(check(WHOLE.replace('https', 'http')), ['error url insecure']);
    assert.deepEqual(check(WHOLE.replace('/fly', ':81/fly')), ['warning url port']);
    assert.deepEqual(check(WHOLE.replace('fly', 'parrot')), ['warning url otherProduct']);
    assert.deepEqual(check(WHOLE, 's'), ['warning secret unused']);
    assert.deepEqual(check(CUT), ['error url incomplete']);
    assert.deepEqual(check(CUT, 's'), []);
  });

  it('is checked in a JSON document', () => {
    const url = WHOLE.replace('https', 'http');
    const { draft, findings } = parseDocument(JSON.stringify({ name: 'Roof', url }), { types: typesWithPigeon });
    assert.equal(draft?.url, url);
    assert.deepEqual(
      findings.map(({ severity, problem }) => [severity, problem]),
      [['error', { kind: 'draft', problem: { field: 'url', kind: 'insecure', type: 'Carrier Pigeon' } }]],
    );
    const replaced = parseDocument('{"name":"Roof","url":"https://api.datadoghq.com/x"}', {
      current: pigeon,
      types: typesWithPigeon,
    });
    assert.equal(replaced.findings[0]?.problem.kind, 'draft');
  });

  it('is another type for the plan, and its cut URL can stand for the whole one', () => {
    const plan = planChange({ ...pigeon, type: 'generic' }, { name: 'Roof', url: WHOLE }, typesWithPigeon);
    assert.equal(plan.kind, 'replace');
    assert.equal(planChange(pigeon, { name: 'Roof', url: WHOLE }, typesWithPigeon).kind, 'update');
    assert.equal(canStandFor(CUT, WHOLE, typesWithPigeon), true);
    assert.equal(canStandFor('https://loft.pigeon.example/fly', WHOLE, typesWithPigeon), false);
  });

  it('has a rule of its own for the secret in its URL', () => {
    assert.deepEqual([lacksSecret(carrierPigeon, CUT), lacksSecret(carrierPigeon, WHOLE)], [true, false]);
    assert.equal(joinUrl(carrierPigeon, CUT, 'a&b'), `${CUT}?ring=a%26b`);
    assert.equal(wholeUrlOf(pigeon, { url: WHOLE }, typesWithPigeon), WHOLE);
  });

  it('becomes curl and Terraform', () => {
    const curl = toTestCurl(makeTestRequest(carrierPigeon, WHOLE, undefined));
    assert.match(curl, /--header 'x-bird: homing'[^]+--data-raw '\{"scroll":\{"words":"coo"\}\}'$/);
    const comments = terraformComments;
    const cut = toTerraform([{ accountId: 'a1', destination: pigeon }], { comments, types: typesWithPigeon });
    assert.match(cut, /url {8}= "https:\/\/loft\.pigeon\.example\/fly\/roof"\n {2}secret {5}= var\.roof_secret/);
    const whole = { accountId: 'a1', destination: { ...pigeon, url: WHOLE } };
    assert.match(toTerraform([whole], { comments, types: typesWithPigeon }), /url {8}= var\.roof_url\n\n/);
  });

  it('is created at Cloudflare, and a test from this machine is sent and judged by its rules', async () => {
    const fake = await startFakeCloudflare({ extraTypes: [pigeonAtCloudflare] });
    try {
      const url = `${fake.receiversUrl}/pigeon/fly/roof?ring=good`;
      for (const each of [WHOLE, url]) {
        const body = { name: 'Roof', url: each };
        assert.equal((await callApi(fake, 'POST', webhooksPath(halden), { body })).status, 201);
      }
      const listed = await callApi<Destination[]>(fake, 'GET', webhooksPath(halden));
      const [away, here] = listed.result.filter(({ name }) => name === 'Roof');
      assert.deepEqual([away?.type, away?.url], ['pigeon', CUT]);
      assert.deepEqual([here?.type, here?.url], ['pigeon', url.replace('?ring=good', '')]);

      const host = {
        fetch: globalThis.fetch,
        now: Date.now,
        sleep: async (ms: number) => delay(ms, undefined, { ref: false }),
      };
      for (const [secret, verdict] of [
        ['good', { kind: 'accepted' }],
        ['bad', { kind: 'refused', reason: 'over the sea' }],
      ] as const) {
        const outcome = await sendTest(host, makeTestRequest(carrierPigeon, here?.url ?? '', secret), 'test/1');
        assert.ok(outcome.kind === 'answered');
        assert.deepEqual(judgeAnswer(carrierPigeon, outcome, redactPatterns), verdict);
      }
      assert.deepEqual(JSON.parse(fake.world.received.at(-1)?.body ?? ''), { scroll: { words: 'coo' } });
    } finally {
      await fake.close();
    }
  });
});
