import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toTerraform } from '../../../../src/core/formats/terraform.ts';

const ACCOUNT = 'a'.repeat(32);
const make = (name: string, type = 'slack'): string => toTerraform(ACCOUNT, { id: 'f00', name, type });

describe('Terraform', () => {
  it('describes the resource, its credentials as variables, and the import of the one there is', () => {
    assert.equal(
      make('SIEM', 'splunk'),
      `variable "siem_url" {
  type      = string
  sensitive = true
}

variable "siem_secret" {
  type      = string
  sensitive = true
}

resource "cloudflare_notification_policy_webhooks" "siem" {
  account_id = "${ACCOUNT}"
  name       = "SIEM"
  url        = var.siem_url
  secret     = var.siem_secret
}

import {
  to = cloudflare_notification_policy_webhooks.siem
  id = "${ACCOUNT}/f00"
}
`,
    );
  });

  it('has no secret where the URL is all there is', () => {
    assert.doesNotMatch(make('Chat'), /secret /);
  });

  for (const [name, label] of [
    ['Payments on-call', 'payments_on_call'],
    ['2nd line', 'webhook_2nd_line'],
    ['警報', 'webhook'],
    ['  --  ', 'webhook'],
    ['Übersicht', 'u_bersicht'],
  ] as const) {
    it(`calls “${name}” ${label}`, () => {
      assert.match(make(name), new RegExp(`"cloudflare_notification_policy_webhooks" "${label}"`));
    });
  }

  it('lets no name out of its quotes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.oneof(fc.constantFrom('$', '{', '%', '"', '\\'), fc.string({ unit: 'binary', maxLength: 1 })),
        }),
        (name) => {
          const line =
            make(name)
              .split('\n')
              .find((each) => each.startsWith('  name ')) ?? '';
          const inside = /^ {2}name {7}= "(.*)"$/s.exec(line)?.[1] ?? assert.fail(line);
          assert.doesNotMatch(inside, /(?<!\\)(\\\\)*"|[$%]\{/);
        },
      ),
    );
    assert.match(make('${var.x} %{if} "q" \\'), /"\$\\u007bvar\.x\} %\\u007bif\} \\"q\\" \\\\"/);
  });
});
