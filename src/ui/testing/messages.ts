import * as vscode from 'vscode';
import type { Advice } from '../../core/model/destination-types/answer.ts';
import type { KnownService } from '../../core/model/destination-types/destination-type.ts';
import { SEND_DEADLINE, type SendProblem } from '../../core/testing/send-test.ts';

/** What a status that is no success, or is not meant as one, means for the user, and what to do. */
export function describeStatus(status: number, service: string): string {
  if (status === 401 || status === 403) {
    return vscode.l10n.t('{0} does not accept the secret, or no longer. Use “Replace…” with a new one.', service);
  }
  if (status === 404 || status === 410) {
    return vscode.l10n.t(
      'The webhook does not exist there any more, or was archived. Make a new one in {0} and use “Replace…” with its URL.',
      service,
    );
  }
  if (status === 429) {
    return vscode.l10n.t('{0} limits how often it is called. Try again in a minute.', service);
  }
  if (status >= 500) {
    return vscode.l10n.t('The receiver itself has a problem. Try again later.');
  }
  if (status >= 300 && status < 400) {
    return vscode.l10n.t('The receiver points elsewhere; a webhook has to answer by itself.');
  }
  return status >= 200 && status < 300
    ? vscode.l10n.t('It answered, but did not take the test.')
    : vscode.l10n.t('The receiver did not understand or did not want the test.');
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

/** Why no answer came, in one sentence with what to do. */
export function describeSendProblem(problem: SendProblem, host: string, detail: string): string {
  switch (problem) {
    case 'insecure':
      return vscode.l10n.t('Nothing was sent: {0} has no https, and a secret must not travel without it.', detail);
    case 'unsendable':
      return vscode.l10n.t('Nothing was sent: the secret holds characters that no HTTP header can carry. Check it.');
    case 'credentials':
      return vscode.l10n.t(
        'Nothing was sent: the URL holds a user and a password before {0}, which cannot be sent from here. Test it through Cloudflare.',
        detail,
      );
    case 'noAddress':
      return vscode.l10n.t(
        'The name {0} has no address here. Check the URL, or this machine’s network, VPN and DNS.',
        host,
      );
    case 'refused':
      return vscode.l10n.t('{0} refuses the connection: nothing listens there. Start the receiver.', host);
    case 'broken':
      return vscode.l10n.t('{0} broke the connection off before it answered. Look into its log.', host);
    case 'timeout':
      return vscode.l10n.t(
        '{0} gave no whole answer within {1} seconds. Check that it runs and that a firewall lets it be reached.',
        host,
        SEND_DEADLINE / 1000,
      );
    case 'certificate':
      return vscode.l10n.t(
        'The certificate of {0} is not trusted on this machine ({1}). Renew it, or have its authority trusted.',
        host,
        detail,
      );
    case 'redirected':
      return vscode.l10n.t(
        '{0} redirects to {1}, which is not followed: it would be handed the secret. Use the address it points to.',
        host,
        detail,
      );
    case 'redirectedToHttps':
      return vscode.l10n.t('{0} redirects from http to https. Change the URL to https.', host);
    case 'redirectedBySlash':
      return vscode.l10n.t(
        '{0} redirects to the same URL with or without the slash at the end. Change the end of the URL.',
        host,
      );
    case 'redirectedHere':
      return vscode.l10n.t('{0} redirects to another path or port of the same host. Use the target URL instead.', host);
    case 'unreachable':
      return vscode.l10n.t('{0} could not be reached{1}.', host, detail ? ` (${detail})` : '');
    default:
      return problem satisfies never;
  }
}
