import * as vscode from 'vscode';
import type { ApiError } from '../../core/api/api-error.ts';
import { guessType } from '../../core/model/destination-types/index.ts';
import { hostOf } from '../../core/model/destination.ts';
import { explainRefusedTest, type RefusedTest } from '../../core/api/refused-test.ts';
import { nameService } from './draft.ts';
import { parseUrl } from '../../core/model/parse-url.ts';

/**
 * Explains why Cloudflare rejected a URL that it had tested, and how to fix it, by the rule of the type of the URL.
 * Undefined for any other error.
 */
export function describeRefusedTest({ details }: ApiError, url: string): string | undefined {
  const refused = explainRefusedTest(details.reason);
  if (!refused) {
    return undefined;
  }
  if (details.isUrlCut) {
    return vscode.l10n.t(
      'Cloudflare tested the URL without its secret part, which it hides and which this machine does not remember. Enter the full URL.',
    );
  }
  const type = guessType(url);
  const parsed = parseUrl(url);
  const host = hostOf(url) || vscode.l10n.t('The receiver');
  const service = parsed && type?.serviceAt?.(parsed);
  if (service?.support === 'refused') {
    return vscode.l10n.t(
      'Cloudflare rejects webhooks of {0}. In the Cloudflare dashboard, connect {0} under Alerts > Destinations instead: {1}',
      service.label,
      service.documentation,
    );
  }
  const receiver = service?.label ?? nameService(type?.type ?? '', host);
  return describeCause(refused, receiver, {
    inUrl: type?.secret === 'url',
    documentation: service?.documentation ?? type?.documentation ?? '',
  });
}

function describeCause(
  { cause, status = 0 }: RefusedTest,
  receiver: string,
  { inUrl, documentation }: { readonly inUrl: boolean; readonly documentation: string },
): string {
  switch (cause) {
    case 'body':
      return vscode.l10n.t(
        '{0} did not understand the test of Cloudflare (status {1}). It may expect another format: {2}',
        receiver,
        status,
        documentation,
      );
    case 'secret':
      return inUrl
        ? vscode.l10n.t(
            '{0} rejected the secret part of the URL, or a firewall blocked Cloudflare (status {1}). Copy the URL again.',
            receiver,
            status,
          )
        : vscode.l10n.t(
            '{0} rejected the secret, or a firewall blocked Cloudflare (status {1}). Check the secret.',
            receiver,
            status,
          );
    case 'gone':
      return vscode.l10n.t(
        '{0} has no webhook at this URL (status {1}). Check the URL, or create a new webhook there.',
        receiver,
        status,
      );
    case 'busy':
      return vscode.l10n.t('{0} reached its rate limit (status {1}). Try again in a minute.', receiver, status);
    case 'receiver':
      return vscode.l10n.t('{0} has an internal error (status {1}). Try again later.', receiver, status);
    case 'redirect':
      return vscode.l10n.t(
        '{0} redirected the test (status {1}). Use the target URL: check https and the slash at the end.',
        receiver,
        status,
      );
    case 'unreachable':
      return vscode.l10n.t(
        'Cloudflare could not reach {0}. A new host name may need some seconds. Try again, and check that the host is public.',
        receiver,
      );
    case 'other':
      return vscode.l10n.t('{0} answered the test of Cloudflare with status {1}.', receiver, status);
    default:
      return cause satisfies never;
  }
}
