import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  addAccount,
  type Extension,
  fake,
  readTree,
  receiverUrl,
  run,
  startOver,
  startWithAcme,
  until as waitFor,
} from '../extension-under-test.ts';
import { sendSample } from '../../../src/ui/testing/sample-test.ts';
import type { TestingServices } from '../../../src/ui/testing/services.ts';
import { active, closeAll } from '../json/json-documents.ts';
import { type Reaction, scriptUser, type ScriptedUser } from '../scripted-user.ts';

type Payload = Readonly<Record<string, unknown>>;

/** The value of JSON with comments. */
const parse = (text: string): Payload => JSON.parse(text.replaceAll(/^\/\/.*$|\/\/ .*$/gm, '')) as Payload;

let extension: Extension;
let user: ScriptedUser | undefined;
let accountId: string;

async function start(): Promise<void> {
  ({ extension, accountId } = await startWithAcme());
  await fake.changeSettings({ urlSecrets: 'returned' });
  await addAccount('Acme');
  await extension.state.update('testedHosts', undefined);
}

async function put(name: string, type: string, url: string) {
  const { id } = await fake.putDestination({ account: accountId, name, url, type });
  await run('refreshAll');
  await fake.clear({ part: 'received' });
  return { kind: 'destination', accountId, destinationId: id } as const;
}

const told = (): string => [...(user?.questions ?? []).map(({ title }) => title), ...(user?.messages ?? [])].join('\n');
const until = async (isSo: () => boolean): Promise<void> => waitFor(isSo, told);

function script(...reactions: readonly Reaction[]): ScriptedUser {
  user?.dispose();
  user = scriptUser(...reactions);
  return user;
}

describe('Show Sample Payload command', () => {
  beforeEach(start);
  afterEach(async () => {
    user?.dispose();
    await closeAll();
  });

  it('shows the payload of an alert type as a read-only document, without an account too', async () => {
    await startOver();
    const { questions } = script({ picks: ['Origin health check'] });
    await run('showSamplePayload');
    assert.equal(questions[0]?.title, 'Sample Payload');
    assert.match(questions[0]?.text ?? '', /DDoS attack \(layer 4\) \| advanced_ddos_attack_l4_alert\n/);
    assert.match(questions[0]?.text ?? '', /\nOther alert types\nCloudflare’s own test$/);
    const document = active();
    assert.equal(document.uri.path, '/Origin health check.jsonc');
    assert.equal(document.languageId, 'jsonc');
    const text = document.getText();
    assert.match(text, /^\/\/ A sample of an alert that Cloudflare sends to your own endpoint\./);
    assert.match(text, /\/\/ {3}cf-webhook-auth: <secret, if the destination has one> {2}\(documented\)\n/);
    assert.equal(parse(text)['alert_type'], 'health_check_status_notification');
    await vscode.commands.executeCommand('type', { text: 'x' });
    assert.equal(document.getText(), text);
    assert.equal(document.isDirty, false);
  });

  it('shows the shape of the service for the destination of a row', async () => {
    const node = await put('Chat', 'slack', 'https://hooks.slack.com/services/T/B/very-secret');
    const { questions } = script({ picks: ['Workers alert'] });
    await run('showSamplePayload', node);
    assert.equal(questions[0]?.title, 'Sample Payload for Slack');
    const text = active().getText();
    assert.match(text, /Cloudflare formats alerts for Slack, and does not document the format\./);
    assert.match(text, /\n {2}"text": "A Worker of .+" \/\/ inferred\n/);
    assert.equal(active().uri.path, '/Workers alert - Slack.jsonc');
    assert.doesNotMatch(text + active().uri.toString(), /very-secret|Chat/);
  });

  it('knows the type of a destination that only the cache has', async () => {
    const node = await put('Chat', 'discord', 'https://discord.com/api/webhooks/1/x');
    const { connection } = extension.store.entry(accountId) ?? assert.fail();
    extension.store.setConnections([]);
    extension.store.setConnections([connection]);
    const facts = { id: node.destinationId, name: 'Chat', type: 'discord', host: 'discord.com' };
    extension.store.adopt(accountId, { at: Date.now() - 1000, destinations: [facts] });
    const { questions } = script('leaves');
    await run('showSamplePayload', node);
    assert.equal(questions[0]?.title, 'Sample Payload for Discord');
  });

  it('shows the generic payload for a type that the extension does not know', async () => {
    const node = await put('New', 'brand-new', receiverUrl('new'));
    script({ picks: ['Other alert types'] });
    await run('showSamplePayload', node);
    const text = active().getText();
    assert.match(text, /^\/\/ The format of alerts for the type “brand-new” is not known\./);
    assert.match(text, /Cloudflare does not document “data” for other alert types/);
    assert.equal(parse(text)['alert_event'], 'ALERT_STATE_EVENT_START');
  });

  it('shows nothing if the user cancels', async () => {
    script('leaves');
    await run('showSamplePayload');
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it('copies the shown sample as curl with variables', async () => {
    script({ picks: ['DDoS attack (layer 7)'] });
    await run('showSamplePayload');
    await vscode.env.clipboard.writeText('');
    await run('copySampleAsCurl', active().uri);
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /^# Sends the sample, marked as a test\. Set the variables first\.\ncurl .+"\$WEBHOOK_URL"/);
    assert.match(copied, /"cf-webhook-auth: \$CF_WEBHOOK_AUTH"[^]+"name": "\[TEST\] [^]+advanced_ddos_attack_l7_alert/);
    await vscode.env.clipboard.writeText('');
    await run('copySampleAsCurl');
    assert.equal(await vscode.env.clipboard.readText(), copied);
    await closeAll();
    script();
    await run('copySampleAsCurl');
    await until(() => told().includes('No sample payload is open'));
  });
});

describe('Test command with a sample alert', () => {
  const SAMPLE = { picks: ['As a sample alert'] } as const;
  const HEALTH = { picks: ['Origin health check'] } as const;
  const SEND = { presses: 'Send' } as const;

  beforeEach(start);
  afterEach(() => user?.dispose());

  async function test(node: unknown, ...reactions: readonly Reaction[]): Promise<ScriptedUser> {
    const scripted = script(...reactions);
    await run('testDestination', node);
    return scripted;
  }

  const payloads = async (): Promise<readonly Payload[]> =>
    (await fake.received()).map(({ body }) => JSON.parse(body) as Payload);

  it('sends the start and the end of an alert, both marked as a test', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    const { questions } = await test(node, SAMPLE, HEALTH, { types: 'good-secret' }, SEND);
    assert.equal(questions[1]?.title, 'Test “Ops” with a Sample Alert');
    assert.doesNotMatch(questions[1]?.text ?? '', /Other alert types|Cloudflare’s own test/);
    const detail = questions[3]?.text ?? '';
    assert.match(detail, /^This sends two requests: the start of the alert, then its end\..+page people\.\n\n/);
    assert.match(detail, /cf-webhook-auth: <secret>[^]+"text":"\[TEST\] Sent by .+"data":\{…\},"ts":/);
    await until(() => told().includes('Start and end of the sample alert were sent. The test of “Ops”'));
    const received = await fake.received();
    assert.deepEqual(
      received.map(({ headers }) => [headers['content-type'], headers['cf-webhook-auth']]),
      [
        ['application/json', 'good-secret'],
        ['application/json', 'good-secret'],
      ],
    );
    const [first = {}, second = {}, ...others] = await payloads();
    assert.deepEqual(others, []);
    assert.equal(first['alert_event'], 'ALERT_STATE_EVENT_START');
    assert.deepEqual(second, { ...first, alert_event: 'ALERT_STATE_EVENT_END' });
    assert.match(String(first['alert_correlation_id']), /^[0-9a-f]{32}$/);
    assert.equal(first['account_id'], accountId);
    assert.equal(first['alert_type'], 'health_check_status_notification');
    assert.match(`${String(first['name'])}${String(first['text'])}`, /^\[TEST\] Sample alert\[TEST\] Sent by/);
    assert.ok(Math.abs(Number(first['ts']) - Date.now() / 1000) < 60);
    const [row] = (await readTree(extension))[0]?.children ?? [];
    assert.match(row?.tooltip ?? '', /Last test: from this machine: succeeded now/);
  });

  it('asks before every sample alert, and sends a new alert on Test Again', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    const { questions } = await test(node, SAMPLE, HEALTH, { types: '' }, SEND, { presses: 'Test Again' }, SEND);
    await until(() => questions.length === 7);
    assert.match(questions[5]?.text ?? '', /^This sends two requests/);
    const ids = (await payloads()).map((each) => each['alert_correlation_id']);
    assert.equal(ids.length, 4);
    assert.equal(new Set(ids).size, 2);
  });

  it('stops after the start if it fails', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    await fake.addReceiverRule({ type: 'generic', answer: 'internal_error', times: 1 });
    await test(node, SAMPLE, HEALTH, { types: '' }, SEND);
    await until(() => told().includes('The end of the sample alert was not sent.'));
    assert.match(told(), /The test of “Ops” from this machine failed: .+Internal Server Error/);
    assert.deepEqual(
      (await payloads()).map((each) => each['alert_event']),
      ['ALERT_STATE_EVENT_START'],
    );
  });

  it('says that the alert may stay active if only its end fails', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    // The first matching rule counts, so the first request uses up a rule that changes nothing.
    await fake.addReceiverRule({ type: 'generic', times: 1 });
    await fake.addReceiverRule({ type: 'generic', answer: 'internal_error', times: 1 });
    await test(node, SAMPLE, HEALTH, { types: '' }, SEND);
    await until(() => told().includes('but its end failed. The receiver may show the alert as active.'));
    assert.equal((await payloads()).length, 2);
    const [row] = (await readTree(extension))[0]?.children ?? [];
    assert.match(row?.tooltip ?? '', /Last test: from this machine: failed/);
  });

  it('says that the alert may stay active if the user cancels while it is sent', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    const { connection, state } = extension.store.entry(accountId) ?? assert.fail();
    const destination = state.last?.destinations.find(({ id }) => id === node.destinationId) ?? assert.fail();
    const request = (body: string) => ({ url: receiverUrl('ops'), headers: {}, body });
    for (const canceledAt of ['start', 'end']) {
      const cancel = new AbortController();
      const sent: unknown[] = [];
      const services = {
        host: {
          now: Date.now,
          sleep: async () => new Promise(() => {}),
          fetch: async (_url: unknown, { body }: RequestInit) => {
            sent.push(body);
            if (body === canceledAt) {
              cancel.abort();
              throw cancel.signal.reason;
            }
            return new Response('');
          },
        },
        redactor: { redact: (words: string) => words },
        userAgent: 'test',
      } as unknown as TestingServices;
      const requests = { start: request('start'), end: request('end') };
      const end = await sendSample({ connection, destination }, requests, services, cancel.signal);
      assert.deepEqual(sent, canceledAt === 'start' ? ['start'] : ['start', 'end']);
      assert.equal(end.result, 'undecided');
      assert.match(
        end.sentence,
        /^The sample alert to “Ops” was canceled\. If the receiver got its start, it may show/,
      );
    }
  });

  it('sends nothing if the user cancels', async () => {
    const node = await put('Ops', 'generic', receiverUrl('ops'));
    for (const reactions of [[SAMPLE], [SAMPLE, HEALTH], [SAMPLE, HEALTH, { types: '' }, 'leaves']] as const) {
      await test(node, ...reactions);
    }
    assert.deepEqual(await fake.received(), []);
  });

  it('is offered only for generic webhooks, one at a time', async () => {
    const chat = await put('Chat', 'slack', receiverUrl('x').replace('/generic/x', '/slack/services/T/B/x'));
    const unknown = await put('New', 'brand-new', receiverUrl('new'));
    const nodes = [await put('One', 'generic', receiverUrl('one')), await put('Two', 'generic', receiverUrl('two'))];
    for (const node of [chat, unknown]) {
      const { questions } = await test(node, 'leaves');
      assert.doesNotMatch(questions[0]?.text ?? '', /sample alert/);
    }
    const { questions } = script('leaves');
    await run('testDestination', nodes[0], nodes);
    assert.doesNotMatch(questions[0]?.text ?? '', /sample alert/);
  });
});
