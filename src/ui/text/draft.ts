import * as vscode from 'vscode';
import { type DestinationType, typeNamed } from '../../core/model/destination-types/index.ts';
import type { DraftProblem } from '../../core/model/draft-check.ts';

/** Describes a problem of a draft and how to fix it. */
export function describeDraftProblem(problem: DraftProblem): string {
  switch (problem.kind) {
    case 'empty':
      return problem.field === 'name'
        ? vscode.l10n.t('Enter a name.')
        : vscode.l10n.t('Enter the URL that receives alerts.');
    case 'notAnAddress':
      return vscode.l10n.t('Enter a complete URL, starting with https:// and a host.');
    case 'notHttp':
      return vscode.l10n.t('Cloudflare sends alerts over https or http only.');
    case 'credentials':
      return vscode.l10n.t(
        'The URL contains a user name or password, which Cloudflare may reject or remove. Use the secret instead.',
      );
    case 'insecure':
      return vscode.l10n.t('{0} requires https.', problem.type);
    case 'port':
      return vscode.l10n.t('Cloudflare delivers to ports 80 and 443 only. It may reject port {0}.', problem.port);
    case 'privateHost':
      return vscode.l10n.t('This host looks private. Cloudflare can reach only public hosts.');
    case 'slackTrigger':
      return vscode.l10n.t(
        'Cloudflare treats a Slack workflow trigger (/triggers/) as a generic webhook, and Slack may reject its alerts. Use an incoming webhook (/services/) instead.',
      );
    case 'missing':
      return vscode.l10n.t('{0} requires a secret: its key or token.', problem.type);
    case 'unused':
      return vscode.l10n.t('The secret of {0} is part of the URL, so this secret is probably not used.', problem.type);
    default:
      return problem satisfies never;
  }
}

/** The rules of a type: where its secret belongs, and an example URL. */
export function describeTypeRules({ type, label, secret, example }: DestinationType): string {
  const place = {
    url: vscode.l10n.t('The secret is part of the URL. Leave the secret empty.'),
    required: vscode.l10n.t('{0} requires a secret: its key or token.', label),
    optional: vscode.l10n.t('A secret is optional. Cloudflare sends it in the header cf-webhook-auth.'),
  }[secret];
  const reach = type === 'generic' ? vscode.l10n.t('The host must be public, and the port 80 or 443.') : undefined;
  return [place, reach, vscode.l10n.t('Example: {0}', example)].filter(Boolean).join(' ');
}

/** The display name and the API name of a type: "Slack (slack)". */
export function describeType(type: string): string {
  const known = typeNamed(type);
  return known ? `${known.label} (${type})` : type || vscode.l10n.t('unknown type');
}

/** The name of the receiver: the service, or the host of a generic webhook. */
export function nameService(type: string, host: string): string {
  return type === 'generic' ? host : (typeNamed(type)?.label ?? host);
}
