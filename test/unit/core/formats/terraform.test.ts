import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { toTerraform } from '../../../../src/core/formats/terraform.ts';

const ACCOUNT = 'a'.repeat(32);
const make = (name: string, type = 'slack'): string => toTerraform(ACCOUNT, { id: 'f00', name, type });

describe('Terraform', () => {
  it('writes the resource, variables for its credentials and an import block', () => {
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

  it('writes no secret for a type that has its secret in the URL', () => {
    assert.doesNotMatch(make('Chat'), /secret /);
  });

  for (const [name, label] of [
    ['Payments on-call', 'payments_on_call'],
    ['2nd line', 'webhook_2nd_line'],
    ['警報', 'webhook'],
    ['  --  ', 'webhook'],
    ['Übersicht', 'u_bersicht'],
  ] as const) {
    it(`labels “${name}” as ${label}`, () => {
      assert.match(make(name), new RegExp(`"cloudflare_notification_policy_webhooks" "${label}"`));
    });
  }

  it('escapes every name inside its quotes', () => {
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
