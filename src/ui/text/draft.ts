import * as vscode from 'vscode';
import { type DestinationType, typeNamed } from '../../core/model/destination-types/index.ts';
import type { DraftProblem } from '../../core/model/draft-check.ts';

/** What is wrong, or doubtful, with a draft: one sentence, and what to do about it. */
export function describeDraftProblem(problem: DraftProblem): string {
  switch (problem.kind) {
    case 'empty':
      return problem.field === 'name'
        ? vscode.l10n.t('A name is needed.')
        : vscode.l10n.t('A URL is needed: where Cloudflare sends the alerts.');
    case 'notAnAddress':
      return vscode.l10n.t('This is not a complete URL. It begins with https:// and a host.');
    case 'notHttp':
      return vscode.l10n.t('Cloudflare sends alerts over https or http only.');
    case 'credentials':
      return vscode.l10n.t(
        'The URL holds a user name or password. Cloudflare may refuse or drop them; the secret belongs in its own field.',
      );
    case 'insecure':
      return vscode.l10n.t('{0} takes https only.', problem.type);
    case 'port':
      return vscode.l10n.t('Cloudflare delivers to ports 80 and 443 only; port {0} may be refused.', problem.port);
    case 'privateHost':
      return vscode.l10n.t('This host looks private. Cloudflare can only reach hosts that are public.');
    case 'slackTrigger':
      return vscode.l10n.t(
        'A Slack workflow trigger (/triggers/) is treated as a generic webhook: Slack may not make sense of what Cloudflare sends. An incoming webhook (/services/) is what the type Slack is for.',
      );
    case 'missing':
      return vscode.l10n.t('{0} needs a secret: its key or token.', problem.type);
    case 'unused':
      return vscode.l10n.t('{0} has its secret in the URL; this one is probably not used.', problem.type);
    default:
      return problem satisfies never;
  }
}

/** What is particular to a type: where its secret belongs, and what its URL must be like. */
export function describeTypeRules({ type, label, secret, example }: DestinationType): string {
  const place = {
    url: vscode.l10n.t('Its secret is part of the URL; leave the secret field empty.'),
    required: vscode.l10n.t('It needs a secret: the key or token of {0}.', label),
    optional: vscode.l10n.t('A secret is optional; Cloudflare sends it in the header cf-webhook-auth.'),
  }[secret];
  const reach = type === 'generic' ? vscode.l10n.t('The host must be public, the port 80 or 443.') : undefined;
  return [place, reach, vscode.l10n.t('Looks like {0}', example)].filter(Boolean).join(' ');
}

/** The type as people call it and as the API does: "Slack (slack)". */
export function describeType(type: string): string {
  const known = typeNamed(type);
  return known ? `${known.label} (${type})` : type || vscode.l10n.t('unknown type');
}

/** What people call who answers: the service, or the host where it is somebody's own endpoint. */
export function nameService(type: string, host: string): string {
  return type === 'generic' ? host : (typeNamed(type)?.label ?? host);
}
