import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { anyText } from '../../any-text.ts';
import { toTerraform } from '../../../../src/core/formats/terraform.ts';
import { guessType } from '../../../../src/core/model/destination-types/index.ts';
import { terraformComments as comments } from './terraform-comments.ts';

// The types of the package refer to the browser's, which contradict those of Node in all tests.
const require = createRequire(import.meta.url);
const hcl: { readonly parse: (file: string, text: string) => Promise<unknown> } = require('@cdktf/hcl2json');

const ACCOUNT = 'a'.repeat(32);
const ID = '1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8';
const RESOURCE = 'cloudflare_notification_policy_webhooks';
const SLACK = 'https://hooks.slack.com/services/T00000000/B00000000';

type Provider = 4 | 5;

const destination = (name: string, url = SLACK, id = ID) => ({
  accountId: ACCOUNT,
  destination: { id, name, url, type: guessType(url)?.type ?? 'generic' },
});
const make = (names: readonly string[], provider: Provider = 5): string =>
  toTerraform(
    names.map((name, index) => destination(name, SLACK, `${index}${ID.slice(1)}`)),
    { comments, provider },
  );

const resourceSchema = v.object({
  account_id: v.string(),
  name: v.string(),
  url: v.string(),
  secret: v.optional(v.string()),
  lifecycle: v.tuple([
    v.strictObject({ create_before_destroy: v.literal(true), replace_triggered_by: v.optional(v.array(v.string())) }),
  ]),
});
/** `v.record` would drop labels such as `prototype`. */
const blocks = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(
    v.custom<Record<string, unknown>>((value) => typeof value === 'object'),
    v.transform((value) => Object.entries(value)),
    v.array(v.tuple([v.string(), v.tuple([schema])])),
    v.transform((entries) => Object.fromEntries(entries)),
  );
const fileSchema = v.strictObject({
  variable: v.optional(
    blocks(
      v.strictObject({
        type: v.literal('${string}'),
        sensitive: v.literal(true),
        default: v.optional(v.null()),
      }),
    ),
    {},
  ),
  resource: v.strictObject({
    // Nothing but the arguments that both versions of the provider have: the rest is read-only.
    [RESOURCE]: blocks(v.strictObject(resourceSchema.entries)),
    terraform_data: v.optional(blocks(v.strictObject({ input: v.string() })), {}),
  }),
  import: v.array(v.strictObject({ to: v.string(), id: v.string() })),
});

/** Parses with Terraform's own parser and compares with the schema of the provider. */
async function read(text: string): Promise<v.InferOutput<typeof fileSchema>> {
  return v.parse(fileSchema, await hcl.parse('main.tf', text));
}

describe('Terraform', () => {
  it('writes no user name or password of a URL', () => {
    for (const user of ['me', ':pa55', 'me:pa55']) {
      const text = toTerraform([destination('Ops', `https://${user}@api.opsgenie.com/v2/alerts`)], { comments });
      assert.doesNotMatch(text, /opsgenie|pa55/);
    }
  });

  it('writes a URL without its secret part, and the secret as a variable that is null', async () => {
    const text = toTerraform([destination('Ops')], { comments });
    const { variable, resource, import: imports } = await read(text);
    assert.deepEqual(variable, { ops_secret: [{ type: '${string}', sensitive: true, default: null }] });
    assert.deepEqual(resource, {
      [RESOURCE]: {
        ops: [
          {
            account_id: ACCOUNT,
            name: 'Ops',
            url: SLACK,
            secret: '${var.ops_secret}',
            lifecycle: [{ create_before_destroy: true, replace_triggered_by: ['${terraform_data.ops}'] }],
          },
        ],
      },
      terraform_data: { ops: [{ input: `\${sha256("${SLACK}")}` }] },
    });
    assert.deepEqual(imports, [{ to: `\${${RESOURCE}.ops}`, id: `${ACCOUNT}/${ID}` }]);
    assert.match(text, /# secret of the URL\nvariable[^]+# replaces\nresource[^]+ {2}# cut URL\n {2}url/);
  });

  for (const [url, variables] of [
    [SLACK, ['secret = null']],
    [`${SLACK}/whole`, ['url']],
    ['https://discord.com/api/webhooks/1', ['secret = null']],
    ['https://chat.googleapis.com/v1/spaces/A/messages', ['secret = null']],
    ['https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t', ['url']],
    ['https://open.feishu.cn/open-apis/bot/v2/hook', ['secret = null']],
    ['https://api.datadoghq.com/api/v1/events', ['secret = null']],
    ['https://api.datadoghq.com/api/v1/events?api_key=k', ['url', 'secret = null']],
    ['https://api.opsgenie.com/v2/alerts', ['secret = null']],
    ['https://siem.example.com:8088/services/collector', ['url', 'secret = null']],
    ['https://hooks.example.com/x', ['url', 'secret = null']],
  ] as const) {
    it(`leaves no credential of ${url} in the text, and a plan after the import without a change`, async () => {
      const text = toTerraform([destination('Ops', url)], { comments });
      const { variable, resource } = await read(text);
      assert.deepEqual(
        Object.entries(variable)
          .toReversed()
          .map(([name, [{ default: fallback }]]) => name.replace('ops_', '') + (fallback === null ? ' = null' : '')),
        variables,
      );
      // The state has the URL as Cloudflare returns it, and no secret.
      const isVariable = variables.some((each) => each === 'url');
      assert.equal(resource[RESOURCE]?.['ops']?.[0].url, isVariable ? '${var.ops_url}' : url);
      assert.equal(text.includes(url), !isVariable);
    });
  }

  it('leaves the replacement to version 4 of the provider', async () => {
    const { resource } = await read(make(['Ops'], 4));
    assert.deepEqual(resource.terraform_data, {});
    assert.deepEqual(resource[RESOURCE]?.['ops']?.[0].lifecycle, [{ create_before_destroy: true }]);
  });

  it('says where the type, and with it the rule for the secret, is unknown', async () => {
    const target = destination('Ops', 'https://hooks.example.com/x');
    const text = toTerraform([{ ...target, destination: { ...target.destination, type: 'of tomorrow' } }], {
      comments,
    });
    assert.match(text, /^# unknown type$/m);
    await read(text);
  });

  for (const [names, labels] of [
    [['Payments on-call'], ['payments_on_call']],
    [['2nd line'], ['webhook_2nd_line']],
    [['Übersicht'], ['ubersicht']],
    [
      ['prototype', 'constructor'],
      ['prototype', 'constructor'],
    ],
    [
      ['Prod Slack', 'prod-slack', 'Other'],
      ['prod_slack_0d2dc92b', 'prod_slack_1d2dc92b', 'other'],
    ],
    [
      ['告警', '通知', '  --  '],
      ['webhook_0d2dc92b', 'webhook_1d2dc92b', 'webhook_2d2dc92b'],
    ],
    [
      ['a', 'a url', 'a_url'],
      ['a', 'a_url_1d2dc92b', 'a_url_2d2dc92b'],
    ],
  ] as const) {
    it(`labels ${names.map((name) => `“${name}”`).join(', ')} as ${labels.join(', ')}`, async () => {
      const { resource, variable, import: imports } = await read(make(names));
      assert.deepEqual(Object.keys(resource[RESOURCE] ?? {}).toSorted(), labels.toSorted());
      assert.equal(Object.keys(variable).length, names.length);
      assert.equal(imports.length, names.length);
    });
  }

  it('is read back as it was, whatever the names', async () => {
    const unit = fc.oneof(
      fc.constantFrom('$', '{', '%', '"', '\\', '}', '\u2028', '\u200B', '\u{E0001}'),
      anyText({ maxLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit }), { minLength: 1, maxLength: 4 }), async (names) => {
        const { resource } = await read(make(names));
        const found = Object.values(resource[RESOURCE] ?? {}).map(([{ name }]) => name);
        // The parser writes a literal template as HCL does, and normalizes as Terraform does.
        const expected = names.map((name) => name.replaceAll(/([$%])\{/g, '$1$1{').normalize('NFC'));
        assert.deepEqual(found.toSorted(), expected.toSorted());
      }),
      { numRuns: 50 },
    );
  });

  it('refuses text that is not HCL, so that these tests can fail', async () => {
    await assert.rejects(read('resource "x" "y" {'));
  });
});
