import * as vscode from 'vscode';
import type { DestinationType } from '../../core/model/destination-types/destination-type.ts';
import { DESTINATION_TYPES, typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import type { DraftProblem } from '../../core/model/draft-check.ts';
import { enumerate } from './format.ts';

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
    case 'invisible':
      return vscode.l10n.t('The URL contains white space or invisible characters. They are removed when you save.');
    case 'incomplete':
      return vscode.l10n.t(
        'This {0} URL lacks its secret part. Enter the full URL, or enter the secret part as the secret.',
        problem.type,
      );
    case 'insecure':
      return vscode.l10n.t('{0} requires https.', problem.type);
    case 'port':
      return vscode.l10n.t(
        'Cloudflare may reject port {0}. Allowed ports for {1}: {2}.',
        problem.port,
        problem.type,
        enumerate(problem.allowed),
      );
    case 'plainPort':
      return vscode.l10n.t('Port {0} of {1} requires https.', problem.port, problem.type);
    case 'keyInQuery':
      return vscode.l10n.t(
        'The URL contains a key in “{0}”. Remove it from the URL, and enter it as the secret.',
        problem.parameter,
      );
    case 'refused':
      return vscode.l10n.t(
        'Cloudflare rejects webhooks of {0}. In the Cloudflare dashboard, connect {0} under Alerts > Destinations instead: {1}',
        problem.service,
        problem.documentation,
      );
    case 'silent':
      return vscode.l10n.t(
        '{0} accepts the alerts of Cloudflare but does not show them, because it expects another format: {1}',
        problem.service,
        problem.documentation,
      );
    case 'privateHost':
      return vscode.l10n.t('This host looks private. Cloudflare can reach only public hosts.');
    case 'otherProduct':
      return vscode.l10n.t(
        'Cloudflare does not treat a {0} URL with {1} as {0}, so {0} may reject its alerts. Use a URL like {2}.',
        problem.type,
        problem.path,
        problem.example,
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
export function describeTypeRules(type: DestinationType): string {
  const reach = type.publicOnly ? vscode.l10n.t('The host must be public, and the port 80 or 443.') : undefined;
  return [describeSecretPlace(type), reach, vscode.l10n.t('Example: {0}', type.example)].filter(Boolean).join(' ');
}

function describeSecretPlace(type: DestinationType): string {
  switch (type.secret) {
    case 'url':
      return vscode.l10n.t(
        'The secret is part of the URL. Leave the secret empty, or enter the URL without that part and the part as the secret.',
      );
    case 'required':
      return vscode.l10n.t('{0} requires a secret: its key or token.', type.label);
    case 'optional':
      return vscode.l10n.t('A secret is optional. Cloudflare sends it in the header {0}.', type.secretHeader.name);
    default:
      return type satisfies never;
  }
}

/** Marks a URL that Cloudflare returned without its secret part. */
export function describeCutUrl(): string {
  return vscode.l10n.t('Cloudflare hides the secret part of this URL. Alerts are sent to the full URL.');
}

/** The display name and the API name of a type. */
export function describeType(type: string, types = DESTINATION_TYPES): string {
  const known = typeNamed(type, types);
  return known ? `${known.label} (${type})` : type || vscode.l10n.t('unknown type');
}

/** The name of the receiver: the service, or the host of an endpoint that users run themselves. */
export function nameService(type: string, host: string): string {
  const { receiverName, label } = typeOrGeneric(type);
  return receiverName === 'label' ? label : host;
}
