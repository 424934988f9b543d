import * as vscode from 'vscode';
import type { Advice } from '../../core/model/destination-types/answer.ts';
import type { KnownService } from '../../core/model/destination-types/destination-type.ts';
import { SEND_DEADLINE, type SendProblem } from '../../core/testing/send-test.ts';

/**
 * Explains the status of a failed test and how to fix it. `isUrlSecret`: the service issued the URL, which contains the
 * secret. `hasSecret`: the request had a secret, in its URL or in a header.
 */
export function describeStatus(
  status: number,
  service: string,
  { isUrlSecret, hasSecret }: { readonly isUrlSecret: boolean; readonly hasSecret: boolean },
): string {
  if (status === 401 || status === 403) {
    return hasSecret
      ? vscode.l10n.t('{0} does not accept the secret. Use “Replace Destination…” to set a new one.', service)
      : vscode.l10n.t(
          '{0} denies access. Check whether it requires a secret, and whether a firewall blocks this machine.',
          service,
        );
  }
  if (status === 404 || status === 410) {
    return isUrlSecret
      ? vscode.l10n.t(
          'The webhook was deleted or archived. Create a new one in {0}, then use “Replace Destination…” with its URL.',
          service,
        )
      : vscode.l10n.t('{0} has nothing at this path. Check the URL.', service);
  }
  if (status === 429) {
    return vscode.l10n.t('{0} reached its rate limit. Try again in a minute.', service);
  }
  if (status >= 500) {
    return vscode.l10n.t('The receiver has an internal error. Try again later.');
  }
  if (status >= 300 && status < 400) {
    return vscode.l10n.t('The receiver redirects the request. A webhook must respond without a redirect.');
  }
  return status >= 200 && status < 300
    ? vscode.l10n.t('The receiver rejected the test.')
    : vscode.l10n.t('The receiver rejected the request. Check the URL and the secret.');
}

/** How to fix what a receiver is known to complain about. */
export function describeAdvice(advice: Advice): string {
  return {
    indexerAcknowledgement: vscode.l10n.t(
      'Turn off indexer acknowledgement for this token. Cloudflare does not send a data channel.',
    ),
  }[advice];
}

/** Why a test with an answer proves nothing. */
export function describeUnclear(service: KnownService | undefined, host: string): string {
  return service?.support === 'silent'
    ? vscode.l10n.t(
        '{0} accepts any request, but shows only messages in its own format. Check whether the message arrived. Format: {1}',
        service.label,
        service.documentation,
      )
    : vscode.l10n.t('The answer of {0} does not show whether it accepted the test. Check there.', host);
}

/** Explains why no response arrived and how to fix it. */
export function describeSendProblem(problem: SendProblem, host: string, detail: string): string {
  switch (problem) {
    case 'insecure':
      return vscode.l10n.t(
        'Nothing was sent: {0} does not use https, so the secret would be readable on the network.',
        detail,
      );
    case 'unsendable':
      return vscode.l10n.t(
        'Nothing was sent: the secret contains characters that are not valid in an HTTP header. Check the secret.',
      );
    case 'credentials':
      return vscode.l10n.t(
        'Nothing was sent: the URL contains a user name and a password before {0}. Test through Cloudflare instead.',
        detail,
      );
    case 'noAddress':
      return vscode.l10n.t('Could not resolve {0}. Check the URL, and the network, VPN and DNS of this machine.', host);
    case 'refused':
      return vscode.l10n.t('{0} refused the connection. Check that the receiver is running.', host);
    case 'broken':
      return vscode.l10n.t('{0} closed the connection before it responded. See the log of the receiver.', host);
    case 'timeout':
      return vscode.l10n.t(
        '{0} did not respond within {1} seconds. Check that the receiver is running and that no firewall blocks it.',
        host,
        SEND_DEADLINE / 1000,
      );
    case 'certificate':
      return vscode.l10n.t(
        'This machine does not trust the certificate of {0} ({1}). Renew the certificate, or trust its authority.',
        host,
        detail,
      );
    case 'redirected':
      return vscode.l10n.t(
        '{0} redirects to {1}. The redirect is not followed, to protect the secret. Use the target URL instead.',
        host,
        detail,
      );
    case 'redirectedToHttps':
      return vscode.l10n.t('{0} redirects from http to https. Change the URL to https.', host);
    case 'redirectedToHttp':
      return vscode.l10n.t(
        '{0} redirects from https to http, where the secret would be readable. Turn off the redirect at the receiver.',
        host,
      );
    case 'redirectedBySlash':
      return vscode.l10n.t(
        '{0} redirects to the same URL with or without the slash at the end. Change the end of the URL.',
        host,
      );
    case 'redirectedHere':
      return vscode.l10n.t('{0} redirects to another path or port of the same host. Use the target URL instead.', host);
    case 'unreachable':
      return vscode.l10n.t('Could not reach {0}{1}.', host, detail ? ` (${detail})` : '');
    default:
      return problem satisfies never;
  }
}
