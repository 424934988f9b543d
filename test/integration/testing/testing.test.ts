import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  addAccount,
  type Extension,
  fake,
  readState,
  readTree,
  receiverUrl,
  run,
  startWithAcme,
  until as waitFor,
} from '../extension-under-test.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

describe('Test command', () => {
  let extension: Extension;
  let user: ScriptedUser | undefined;
  let accountId: string;

  beforeEach(async () => {
    ({ extension, accountId } = await startWithAcme());
    await fake.changeSettings({ urlSecrets: 'returned' });
    await addAccount('Acme');
    await extension.state.update('testedHosts', undefined);
  });
  afterEach(() => user?.dispose());

  const receiver = (type: string, path: string) => receiverUrl('x').replace('/generic/x', `/${type}${path}`);

  async function put(name: string, type: string, url: string) {
    const { id } = await fake.putDestination({ account: accountId, name, url, type });
    await run('refreshAll');
    await fake.clear({ part: 'received' });
    return { kind: 'destination', accountId, destinationId: id } as const;
  }

  async function test(node: unknown, ...reactions: readonly Reaction[]): Promise<ScriptedUser> {
    user?.dispose();
    user = scriptUser(...reactions);
    await run('testDestination', node, Array.isArray(node) ? node : undefined);
    return user;
  }

  const told = (): string =>
    [...(user?.questions ?? []).map(({ title }) => title), ...(user?.messages ?? [])].join('\n');
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => waitFor(isSo, told);

  describe('from this machine', () => {
    const HERE = { picks: ['From this machine'] } as const;
    const SEND = { presses: 'Send' } as const;

    it('shows the request before sending it, then reports the result', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      const { questions } = await test(node, HERE, { types: 'good-secret' }, SEND);
      assert.match(questions[0]?.text ?? '', /Tests the URL and the secret[^]+Through Cloudflare/);
      assert.match(questions[2]?.title ?? '', /^Send a test to 127\.0\.0\.1:\d+ from this machine\?$/);
      assert.match(questions[2]?.text ?? '', /cf-webhook-auth: <secret>[^]+"text":"Test from Cloudflare/);
      const [received, ...others] = await fake.received();
      assert.equal(others.length, 0);
      assert.equal(received?.headers['cf-webhook-auth'], 'good-secret');
      assert.match(received?.body ?? '', /^\{"text":"Test from Cloudflare Webhook Destinations/);
      await until(() => questions.length === 4);
      assert.match(
        questions[3]?.title ?? '',
        /^The test of “Ops” from this machine succeeded \(status 200, \d+ ms\)\. The receiver accepted the test\. Test through Cloudflare/,
      );
    });

    it('asks before the first test to a host, and before every test that may page people', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await test(node, HERE, { types: '' }, SEND);
      await test(node, HERE, { types: '' });
      await until(() => told().includes('succeeded'));
      assert.equal((await fake.received()).length, 2);
      const pager = await put('Pager', 'opsgenie', receiver('opsgenie', '/v2/alerts'));
      const { questions } = await test(pager, HERE, { types: 'key' }, 'leaves');
      assert.match(questions[2]?.text ?? '', /^This creates a real alert in Opsgenie and may page the people on call/);
      assert.deepEqual(await fake.received(), []);
    });

    const TEXT = 'Test from Cloudflare Webhook Destinations in VS Code. No alert was raised.';
    for (const [type, path, secret, header, body] of [
      ['slack', '/services/T/B/x', undefined, undefined, { text: TEXT }],
      ['discord', '/api/webhooks/1/x', undefined, undefined, { content: TEXT }],
      ['gchat', '/v1/spaces/A/messages?key=k&token=t', undefined, undefined, { text: TEXT }],
      ['feishu', '/open-apis/bot/v2/hook/x', undefined, undefined, { msg_type: 'text', content: { text: TEXT } }],
      ['datadog', '/api/v1/events', 'key', ['dd-api-key', 'key'], { title: 'Webhook test', text: TEXT }],
      [
        'opsgenie',
        '/v2/alerts',
        'key',
        ['authorization', 'GenieKey key'],
        { message: TEXT.replace('No alert was raised.', 'Nothing is wrong; this alert can be closed.') },
      ],
      ['splunk', '/services/collector/event', 'key', ['authorization', 'Splunk key'], { event: TEXT }],
      ['generic', '/hook', 'key', ['cf-webhook-auth', 'key'], { text: TEXT }],
    ] as const) {
      it(`sends a request in the format of ${type}`, async () => {
        const node = await put('Ops', type, receiver(type, path));
        await test(node, HERE, ...(secret === undefined ? [] : [{ types: secret }]), SEND);
        await until(() => told().includes('The test of “Ops” from this machine succeeded'));
        const [received, ...others] = await fake.received();
        assert.equal(others.length, 0);
        assert.deepEqual(JSON.parse(received?.body ?? ''), body);
        const secrets = Object.entries(received?.headers ?? {}).filter(([, value]) => value.includes('key'));
        assert.deepEqual(secrets, header ? [[...header]] : []);
      });
    }

    for (const [type, path, answer, secret, expected] of [
      ['slack', '/services/T/B/x', 'channel_is_archived', undefined, /Slack: channel_is_archived \(status 410/],
      [
        'discord',
        '/api/webhooks/1/x',
        'unknown_webhook',
        undefined,
        /Discord: Unknown Webhook \(code 10015\) \(status 404/,
      ],
      [
        'gchat',
        '/v1/spaces/A/messages?key=k&token=t',
        'permission_denied',
        undefined,
        /Google Chat: The caller does not/,
      ],
      [
        'feishu',
        '/open-apis/bot/v2/hook/x',
        'keyword_missing',
        undefined,
        /Feishu: Key Words Not Found \(code 19024\) \(status 200/,
      ],
      [
        'datadog',
        '/api/v1/events',
        'forbidden',
        'key',
        /Datadog: Forbidden \(status 403.+Use “Replace Destination…” to set a new one/,
      ],
      ['opsgenie', '/v2/alerts', 'unauthenticated', 'key', /Opsgenie: Could not authenticate/],
      ['splunk', '/services/collector/event', 'busy_with_200', 'key', /Splunk: Server is busy \(code 9\) \(status 200/],
      ['generic', '/hook', 'internal_error', '', /127.0.0.1:\d+: Internal Server Error \(status 500.+Try again later/],
    ] as const) {
      it(`shows the error of ${type} and the next step`, async () => {
        const node = await put('Ops', type, receiver(type, path));
        await fake.addReceiverRule({ type, answer });
        const typed = secret === undefined ? [] : [{ types: secret }];
        await test(node, HERE, ...typed, SEND);
        await until(() => told().includes('The test of “Ops” from this machine failed'));
        assert.match(told(), expected);
        assert.equal((await fake.received()).length, 1);
      });
    }

    it('calls a test unclear if the answer does not show whether the receiver accepted it', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await fake.addReceiverRule({ type: 'generic', answer: 'lark', times: 1 });
      const { questions } = await test(node, HERE, { types: '' }, SEND);
      await until(() => told().includes('The result of the test of “Ops” from this machine is unclear'));
      assert.match(told(), /127\.0\.0\.1:\d+: param invalid \(code 19001\)\. The answer of .+ does not show/);
      assert.doesNotMatch(questions.at(-1)?.title ?? '', /right/);
      const [row] = (await readTree(extension))[0]?.children ?? [];
      assert.match(row?.tooltip ?? '', /Last test: from this machine: inconclusive/);
    });

    it('quotes a refusal with status 200', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await fake.addReceiverRule({ type: 'generic', answer: 'dingtalk', times: 1 });
      await test(node, HERE, { types: '' }, SEND);
      await until(() => told().includes('failed: 127.0.0.1'));
      assert.match(told(), /keywords not in content \(code 310000\) \(status 200/);
    });

    it('says to turn off indexer acknowledgement', async () => {
      const node = await put('SIEM', 'splunk', receiver('splunk', '/services/collector/event'));
      await fake.addReceiverRule({ type: 'splunk', answer: 'no_channel' });
      await test(node, HERE, { types: 'token' }, SEND);
      await until(() => told().includes('Data channel is missing (code 10)'));
      assert.match(told(), /Turn off indexer acknowledgement for this token/);
    });

    it('sends a test to a cut URL with the secret part that the user enters, and remembers it', async () => {
      await fake.changeSettings({ urlSecrets: 'cut' });
      const node = await put('Chat', 'slack', receiver('slack', '/services/T/B/whole-secret'));
      await test(node, HERE, { types: 'whole-secret' }, SEND, { presses: 'Remember Secret' });
      await until(() => told().includes('succeeded'));
      assert.equal((await fake.received())[0]?.path, '/services/T/B/whole-secret');
      const remembered = async () => extension.secrets.get(accountId, node.destinationId);
      await until(async () => (await remembered()) !== undefined);
      assert.match((await remembered())?.url ?? '', /\/services\/T\/B\/whole-secret$/);
      assert.doesNotMatch(extension.logged(), /whole-secret/);
    });

    it('does not replace a secret that was remembered after the test', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      const { secrets } = extension;
      user?.dispose();
      user = scriptUser(HERE, { types: 'tested' }, SEND, { presses: 'Remember Secret' });
      const show = vscode.window.showInformationMessage;
      Object.assign(vscode.window, {
        showInformationMessage: async (...given: Parameters<typeof show>) => {
          await secrets.remember(accountId, node.destinationId, { secret: 'newer' });
          return show(...given);
        },
      });
      await run('testDestination', node);
      await until(() =>
        told().includes('Not stored: the secret or the URL of “Ops” may have changed in the meantime.'),
      );
      assert.deepEqual(await secrets.get(accountId, node.destinationId), { secret: 'newer' });
    });

    it('asks for the whole URL if Cloudflare hides its secret, and rejects a different URL', async () => {
      await fake.changeSettings({ urlSecrets: 'cut' });
      const whole = receiver('slack', '/services/T/B/whole');
      const node = await put('Chat', 'slack', receiver('slack', '/services/T/B'));
      const { questions } = await test(
        node,
        HERE,
        { types: receiver('slack', '/services/T/B') },
        { types: 'https://hooks.slack.com/services/T/B/other' },
        { types: whole },
        SEND,
        { presses: 'Remember Secret' },
      );
      assert.match(questions[1]?.problem ?? '', /not a full Slack webhook URL/);
      assert.match(
        questions[2]?.problem ?? '',
        /^The host of this destination is 127\.0\.0\.1:\d+, not hooks\.slack\.com\.$/,
      );
      await until(() => told().includes('succeeded'));
      assert.equal((await fake.received())[0]?.path, '/services/T/B/whole');
      const key = `cloudflareWebhooks.secret.${accountId}.${node.destinationId}`;
      for (let kept = ''; !kept.includes(whole); kept = (await extension.context.secrets.get(key)) ?? '') {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await test(node, HERE);
      await until(() => told().includes('succeeded'));
      assert.doesNotMatch(extension.logged(), /T\/B\/whole/);
    });

    it('shows the last test in the row without persisting it, and can test again', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await fake.addReceiverRule({ type: 'generic', answer: 'unauthorized', times: 1 });
      await test(node, HERE, { types: 'typed-secret' }, SEND, { presses: 'Test Again' });
      await until(() => told().includes('succeeded'));
      assert.equal((await fake.received()).length, 2);
      const [row] = (await readTree(extension))[0]?.children ?? [];
      assert.match(row?.tooltip ?? '', /Last test: from this machine: succeeded now/);
      assert.doesNotMatch(readState(extension.context) + extension.logged(), /typed-secret|generic\/ops/);
    });

    it('shows the response as sanitized plain text without the secret', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      const body = 'You sent echoed-secret\u202E\u0000 <b>here</b>';
      await fake.addReceiverRule({ type: 'generic', fault: { kind: 'status', status: 400, body } });
      const { questions } = await test(
        node,
        HERE,
        { types: 'echoed-secret' },
        SEND,
        { presses: 'Show Response' },
        'leaves',
      );
      await until(() => (user?.messages.length ?? 0) + questions.length > 4);
      const shown = [...(user?.messages ?? []), ...questions.map(({ title, text }) => `${title}\n${text}`)].join('\n');
      assert.match(shown, /Response of the receiver of “Ops”/);
      assert.ok(!['echoed-secret', '\u202E', '\u0000'].some((each) => shown.includes(each)));
    });

    it('sends nothing if the user cancels', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      for (const reactions of [['leaves'], [HERE, 'leaves'], [HERE, { types: '' }, 'leaves']] as const) {
        await test(node, ...reactions);
      }
      assert.deepEqual(await fake.received(), []);
    });

    it('tests several destinations in sequence and shows a summary', async () => {
      const nodes = [
        await put('One', 'slack', receiver('slack', '/services/T/B/good')),
        await put('Two', 'slack', receiver('slack', '/services/T/B/wrong')),
        await put('Three', 'discord', receiver('discord', '/api/webhooks/1/good')),
      ];
      user = scriptUser(HERE, SEND);
      await run('testDestination', nodes[0], nodes);
      assert.equal(user.questions[0]?.title, 'Test 3 Destinations');
      assert.match(user.questions[1]?.title ?? '', /^Send a test to .+ from this machine\? \(1 of 3\)$/);
      await until(() =>
        told().includes('2 of 3 tests from this machine succeeded. Failed: “Two” (Slack: invalid_token).'),
      );
      assert.equal((await fake.received()).length, 3);
    });
  });

  describe('of several destinations', () => {
    it('can skip one at each question, counts, and names the skipped ones in the summary', async () => {
      const nodes = [
        await put('One', 'generic', receiverUrl('one')),
        await put('Two', 'generic', receiverUrl('two')),
        await put('Three', 'generic', receiverUrl('three')),
      ];
      user = scriptUser(
        { picks: ['From this machine'] },
        { presses: 'Skip This Destination' },
        { types: '' },
        { presses: 'Skip' },
        { types: '' },
        { presses: 'Send' },
      );
      const { questions } = user;
      await run('testDestination', nodes[0], nodes);
      await until(() => told().includes('1 of 3 tests from this machine succeeded. Skipped: “One”, “Two”.'));
      assert.deepEqual(
        questions.slice(1, 6).map(({ title }) => title.replace(/127[^ ]+/, 'HOST')),
        [
          'Test “One” from This Machine (1 of 3)',
          'Test “Two” from This Machine (2 of 3)',
          'Send a test to HOST from this machine? (2 of 3)',
          'Test “Three” from This Machine (3 of 3)',
          'Send a test to HOST from this machine? (3 of 3)',
        ],
      );
      assert.match(
        questions[5]?.text ?? '',
        /“Send” also allows later tests to 127\.0\.0\.1:\d+, without this question\.$/,
      );
      assert.equal((await fake.received()).length, 1);
    });
  });

  it('says what Do Not Ask Again stores', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    const done = await test(node, { picks: ['From this machine'] }, { types: '' }, { presses: 'Send' });
    await until(() => told().includes('succeeded'));
    assert.match(
      done.questions.at(-1)?.title ?? '',
      /“Do Not Ask Again” stores on this machine that the destination has no secret\.$/,
    );
  });

  describe('through Cloudflare', () => {
    const THROUGH = { picks: ['Through Cloudflare'] } as const;
    const use = async (name: string, id: string, more: object = {}, enabled = true) =>
      fake.putPolicy({ account: accountId, name, enabled, mechanisms: { webhooks: [{ id }], ...more } });

    it('lists the other recipients of a policy, tests it and reports the delivery', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await use('Attacks', node.destinationId, { email: [{ id: 'ops@example.com' }] });
      await use('Old', node.destinationId, {}, false);
      const { questions } = await test(node, THROUGH, { picks: ['Attacks'] }, { presses: 'Send to All' });
      assert.match(questions[1]?.text ?? '', /Attacks \| .+ \| Also notifies ops@example\.com/);
      assert.match(questions[1]?.text ?? '', /Old \| .+ · disabled \| No other recipients/);
      assert.match(questions[2]?.text ?? '', /including:\nops@example\.com/);
      await until(() => told().includes('Cloudflare delivered its test to “Ops” through the policy “Attacks”'));
      const [row] = (await readTree(extension))[0]?.children ?? [];
      assert.match(row?.tooltip ?? '', /Last test: through Cloudflare: succeeded now/);
      assert.match(row?.spoken ?? '', /healthy, last success now/);
    });

    it('reports a failed delivery', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await use('Attacks', node.destinationId);
      await fake.addReceiverRule({ type: 'generic', answer: 'internal_error' });
      await test(node, THROUGH, { picks: ['Attacks'] });
      await until(() => told().includes('Cloudflare could not deliver its test to “Ops” through the policy “Attacks”'));
      const [row] = (await readTree(extension))[0]?.children ?? [];
      assert.match(row?.spoken ?? '', /failing, last failure now/);
    });

    it('offers a test from this machine if no policy uses the destination', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await test(node, THROUGH, { presses: 'Test from This Machine' }, { types: '' }, { presses: 'Send' });
      assert.match(told(), /No policy uses “Ops”/);
      await until(() => told().includes('from this machine succeeded'));
    });

    it('shows the error if Cloudflare rejects the test', async () => {
      const node = await put('Ops', 'generic', receiverUrl('ops'));
      await use('Attacks', node.destinationId);
      await fake.addFault({ method: 'POST', fault: { kind: 'status', status: 403 } });
      await test(node, THROUGH, { picks: ['Attacks'] });
      await until(() => told().includes('The token does not have permission for Acme'));
    });
  });

  it('copies a destination as curl and as Terraform without URL and secret', async () => {
    const node = await put('Ops', 'splunk', receiver('splunk', '/services/collector/event'));
    await run('copyAsCurl', node);
    const text = await vscode.env.clipboard.readText();
    assert.match(
      text,
      /Authorization: Bearer \$CLOUDFLARE_API_TOKEN"[^]+\ncurl .+"\$WEBHOOK_URL"[^]+Splunk \$WEBHOOK_SECRET[^]+\{"event":"Test from/,
    );
    assert.ok(text.includes(`/accounts/${accountId}/alerting/v3/destinations/webhooks/${node.destinationId}'`));
    assert.doesNotMatch(text, /collector/);
    for (const [version, expected] of [
      ['Version 5', /name {7}= "Ops"[^]+replace_triggered_by[^]+import \{/],
      ['Version 4', /name {7}= "Ops"(?:(?!replace_triggered_by)[^])+import \{/],
    ] as const) {
      user?.dispose();
      user = scriptUser({ picks: [version] });
      await run('copyAsTerraform', node);
      const copied = await vscode.env.clipboard.readText();
      assert.match(copied, expected);
      assert.doesNotMatch(copied, /collector/);
    }
  });
});
