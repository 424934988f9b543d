import { DESTINATION_TYPES, typeOrGeneric } from '../model/destination-types/index.ts';
import type { Destination } from '../model/destination.ts';

/**
 * A destination as Terraform of the provider `cloudflare/cloudflare` (resource `cloudflare_notification_policy_webhooks`),
 * with the import block that takes over the one there is. URL and secret are credentials, so they are variables that
 * Terraform treats as sensitive; the type says which of them it has.
 */
export function toTerraform(
  accountId: string,
  { id, name, type }: Pick<Destination, 'id' | 'name' | 'type'>,
  types = DESTINATION_TYPES,
): string {
  const label = toLabel(name);
  const credentials = typeOrGeneric(type, types).terraform;
  return [
    ...credentials.flatMap((field) => describeVariable(`${label}_${field}`)),
    `resource "cloudflare_notification_policy_webhooks" "${label}" {`,
    `  account_id = ${quote(accountId)}`,
    `  name       = ${quote(name)}`,
    ...credentials.map((field) => `  ${field.padEnd(10)} = var.${label}_${field}`),
    '}',
    '',
    'import {',
    `  to = cloudflare_notification_policy_webhooks.${label}`,
    `  id = ${quote(`${accountId}/${id}`)}`,
    '}',
    '',
  ].join('\n');
}

function describeVariable(name: string): readonly string[] {
  return [`variable "${name}" {`, '  type      = string', '  sensitive = true', '}', ''];
}

/** A name Terraform takes: letters, digits and `_`, not beginning with a digit. */
function toLabel(name: string): string {
  const bare = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(bare) ? bare : `webhook${bare ? `_${bare}` : ''}`;
}

/** HCL: a string in which nothing is a template. */
function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    // Not `$${`: what that means after another `$` is for the reader of the lexer to say.
    .replaceAll(/([$%])\{/g, String.raw`$1\u007b`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`);
  return `"${escaped}"`;
}
