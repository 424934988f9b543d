import * as vscode from 'vscode';
import { formatLink, parseLink } from '../../core/formats/destination-link.ts';
import { isSameId } from '../../core/model/id.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Services } from '../../services.ts';
import { UserError } from '../host/report.ts';
import { describeUnknownState } from '../text/error.ts';

/** Copies links that show the destinations in VS Code, one per line. */
export async function copyLinks(
  targets: readonly Located[],
  { extension }: Pick<vscode.ExtensionContext, 'extension'>,
): Promise<void> {
  const links = targets.map(
    ({ connection, destination }) =>
      `${vscode.env.uriScheme}://${extension.id}${formatLink({ accountId: connection.account.id, destinationId: destination.id })}`,
  );
  await vscode.env.clipboard.writeText(links.join('\n'));
}

/**
 * Shows the row of a link. A link can come from any web page, so it reveals only: it sends no request, and asks and
 * changes nothing. Throws {@link UserError} if the link is not valid, or its destination is not known here.
 */
export async function openLink(
  { path, query }: Pick<vscode.Uri, 'path' | 'query'>,
  { store, loaded, destinationsView }: Pick<Services, 'store' | 'loaded' | 'destinationsView'>,
): Promise<void> {
  const link = parseLink(path, query);
  if (!link) {
    throw new UserError(vscode.l10n.t('This link to a webhook destination is not valid.'));
  }
  const areAccountsKnown = await loaded;
  const { accountId, destinationId } = link;
  // The first refresh of a window that the link has opened.
  await store.entry(accountId)?.inFlight;
  const entry = store.entry(accountId);
  if (!entry) {
    throw new UserError(
      areAccountsKnown
        ? vscode.l10n.t('The link is about a Cloudflare account that has not been added to VS Code.')
        : vscode.l10n.t(
            'The stored accounts could not be loaded, so the link cannot be shown. See the log for details.',
          ),
    );
  }
  const found = shownOf(entry.state)?.destinations.find(({ id }) => isSameId(id, destinationId));
  if (!found) {
    const { name } = entry.connection.account;
    const problem = describeUnknownState(entry);
    // The destination may be among what was not read, or newer than the last refresh. A link sends no request.
    throw problem
      ? new UserError(vscode.l10n.t('The destination of the link was not found. {0}: {1}', name, problem.headline))
      : new UserError(
          vscode.l10n.t('The link is about a webhook destination that {0} did not have at the last refresh.', name),
        );
  }
  await destinationsView.reveal({ kind: 'destination', accountId, destinationId: found.id });
}
