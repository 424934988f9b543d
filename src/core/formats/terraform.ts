import { DESTINATION_TYPES, typeNamed, typeOrGeneric } from '../model/destination-types/index.ts';
import type { Destination } from '../model/destination.ts';
import { lacksSecret } from '../model/whole-url.ts';
import { parseUrl } from '../model/parse-url.ts';

export type TerraformTarget = {
  readonly accountId: string;
  readonly destination: Pick<Destination, 'id' | 'name' | 'type' | 'url'>;
};

/** The text of the comments, one line each. */
export type TerraformComments = {
  /** At the beginning. */
  readonly provider: string;
  /** Above the trigger that replaces a destination whose URL changes. */
  readonly replaces: string;
  /** Above a URL that Cloudflare returns without its secret part. */
  readonly cutUrl: string;
  /** Above the variable of a URL. */
  readonly urlVariable: string;
  /** Above the variable of a secret: required by the service, part of the URL, or optional. */
  readonly secretVariable: Readonly<Record<'required' | 'url' | 'optional', string>>;
  /** Above a destination of an unknown type. */
  readonly unknownType: string;
};

export type TerraformOptions = {
  readonly comments: TerraformComments;
  /**
   * The major version of the provider `cloudflare/cloudflare`. Version 4 replaces a changed destination without a
   * trigger.
   */
  readonly provider?: 4 | 5;
  readonly types?: typeof DESTINATION_TYPES;
};

const RESOURCE = 'cloudflare_notification_policy_webhooks';

/**
 * Formats destinations as Terraform, each with an import block. A plan after the import changes no destination: state
 * and configuration both have the URL that Cloudflare returns. Both also have no secret, as long as the secret's
 * variable is null. Secrets, and URLs that are credentials, are sensitive variables. Version 5 of the provider updates
 * a changed URL in place, which Cloudflare ignores, so the output adds a trigger (schemas:
 * terraform-provider-cloudflare, `notification_policy_webhooks`).
 */
export function toTerraform(
  targets: readonly TerraformTarget[],
  { comments, provider = 5, types = DESTINATION_TYPES }: TerraformOptions,
): string {
  const labels = makeLabels(targets.map(({ destination }) => destination));
  const blocks = targets.map((target, index) =>
    describeTarget(target, labels[index] ?? '', { comments, provider, types }),
  );
  return [comment(comments.provider), '', ...blocks.flat()].join('\n');
}

function describeTarget(
  { accountId, destination: { id, name, type: typeName, url } }: TerraformTarget,
  label: string,
  { comments, provider, types }: Required<TerraformOptions>,
): readonly string[] {
  const type = typeOrGeneric(typeName, types);
  const isCut = lacksSecret(type, url);
  const address = parseUrl(url);
  const isOpen = address !== undefined && !address.search && !address.username && !address.password;
  const isVariable = !(isCut || (isOpen && !type.terraform.includes('url')));
  const urlValue = isVariable ? `var.${label}_url` : quote(url);
  const hasSecret = type.terraform.includes('secret') && (type.secret !== 'url' || isCut);
  const isTriggered = provider === 5;
  return [
    ...(typeNamed(typeName, types) ? [] : [comment(comments.unknownType)]),
    ...(isVariable ? variable(`${label}_url`, comments.urlVariable) : []),
    ...(hasSecret ? variable(`${label}_secret`, comments.secretVariable[type.secret], 'null') : []),
    ...(isTriggered
      ? [comment(comments.replaces), `resource "terraform_data" "${label}" {`, `  input = sha256(${urlValue})`, '}', '']
      : []),
    `resource "${RESOURCE}" "${label}" {`,
    `  account_id = ${quote(accountId)}`,
    `  name       = ${quote(name)}`,
    ...(isCut ? [`  ${comment(comments.cutUrl)}`] : []),
    `  url        = ${urlValue}`,
    ...(hasSecret ? [`  secret     = var.${label}_secret`] : []),
    '',
    '  lifecycle {',
    '    create_before_destroy = true',
    ...(isTriggered ? [`    replace_triggered_by  = [terraform_data.${label}]`] : []),
    '  }',
    '}',
    '',
    'import {',
    `  to = ${RESOURCE}.${label}`,
    `  id = ${quote(`${accountId}/${id}`)}`,
    '}',
    '',
  ];
}

function variable(name: string, words: string, fallback?: string): readonly string[] {
  return [
    comment(words),
    `variable "${name}" {`,
    '  type      = string',
    '  sensitive = true',
    ...(fallback === undefined ? [] : [`  default   = ${fallback}`]),
    '}',
    '',
  ];
}

function comment(words: string): string {
  return `# ${words.replaceAll(/\s+/g, ' ')}`;
}

/** Makes a unique label for each destination. A label ends in the ID if its name is empty or not unique. */
function makeLabels(destinations: readonly Pick<Destination, 'id' | 'name'>[]): readonly string[] {
  const plain = destinations.map(({ name }) => toLabel(name));
  const used = new Set<string>();
  return destinations.map(({ id }, index) => {
    const own = plain[index] ?? '';
    const isShared = own === 'webhook' || plain.filter((each) => each === own).length > 1;
    const wanted = isShared
      ? `${own}_${id
          .toLowerCase()
          .replaceAll(/[^a-z0-9]/g, '')
          .slice(0, 8)}`
      : own;
    let label = wanted;
    for (let number = 2; used.has(label); number += 1) {
      label = `${wanted}_${number}`;
    }
    used.add(label);
    return label;
  });
}

/** A valid Terraform name: letters, digits and `_`, with no digit at the start. */
function toLabel(name: string): string {
  const bare = name
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^[a-z]/.test(bare) ? bare : `webhook${bare ? `_${bare}` : ''}`;
}

/** An HCL string without template sequences. HCL cannot express a lone surrogate. */
function quote(text: string): string {
  const escaped = text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    // Not `$${`: its meaning after another `$` depends on the lexer.
    .replaceAll(/([$%])\{/g, String.raw`$1\u007b`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`)
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, escapeInvisible);
  return `"${escaped}"`;
}

function escapeInvisible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xff_ff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
