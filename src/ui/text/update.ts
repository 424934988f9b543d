import * as vscode from 'vscode';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import type { Difference } from '../../core/model/plan.ts';

export function describeDifference(difference: Difference): string {
  return {
    name: vscode.l10n.t('name'),
    url: vscode.l10n.t('URL'),
    secret: vscode.l10n.t('secret'),
    type: vscode.l10n.t('type'),
  }[difference];
}

/** The changes that Cloudflare does not confirm. A name can be read back: it is unverifiable only if that failed. */
export function unconfirmedIn({ unverifiable }: UpdateOutcome): readonly Difference[] {
  return unverifiable.filter((each) => each !== 'name');
}

/** A new name that could not be read back. */
export function describeUncheckedName(destinationName: string): string {
  return vscode.l10n.t('Cloudflare accepted the new name of “{0}”, but it could not be checked.', destinationName);
}
