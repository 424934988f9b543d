import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { DestinationConflictError } from '../../core/destinations/update-destination.ts';
import { normalizeName } from '../../core/model/web-address.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { askText } from '../host/quick-input.ts';
import type { DestinationWriter } from './destination-writer.ts';
import { UserError } from '../host/report.ts';
import { nameOf } from '../text/destination.ts';
import { describeRefusedTest } from '../text/refused-test.ts';
import { describeUncheckedName } from '../text/update.ts';
import { ask, tell } from '../host/notice.ts';

/** Runs Rename…: asks for the new name and sends it. */
export async function renameDestination(target: Located, writer: DestinationWriter): Promise<void> {
  const { destination } = target;
  const answer = await askText<string>({
    title: vscode.l10n.t('Rename “{0}”', nameOf(destination)),
    prompt: vscode.l10n.t('Enter the new name. Cloudflare may include it in the alerts that it sends.'),
    value: destination.name,
    check: (text) => {
      // An unchanged name is not normalized, so that only an edit is sent.
      const name = text === destination.name ? text : normalizeName(text);
      return name === '' ? { ok: false, problem: vscode.l10n.t('Enter a name.') } : { ok: true, value: name };
    },
  });
  if (answer.kind !== 'value' || answer.value.trim() === destination.name.trim()) {
    return;
  }
  await rename(target, answer.value, writer);
}

/** Renames the destination. If another client renamed it in the meantime, the user decides which name to use. */
async function rename(target: Located, name: string, writer: DestinationWriter): Promise<void> {
  const { connection, destination } = target;
  try {
    const { applied, isVerified } = await writer.update(target, { name, url: destination.url }, false);
    if (applied.includes('name')) {
      void tell('information', vscode.l10n.t('Renamed “{0}” to “{1}”.', nameOf(destination), name));
    } else {
      void tell(
        'warning',
        isVerified
          ? vscode.l10n.t(
              'Cloudflare accepted the new name of “{0}” but did not change it. Try again.',
              nameOf(destination),
            )
          : describeUncheckedName(nameOf({ ...destination, name })),
      );
    }
  } catch (error) {
    if (error instanceof ApiError) {
      const why = describeRefusedTest(error, destination.url);
      throw why === undefined ? error : new UserError(describeRefusedRename(nameOf(destination), why, error));
    }
    if (!(error instanceof DestinationConflictError)) {
      throw error;
    }
    const keep = vscode.l10n.t('Keep Mine');
    const chosen = await ask(
      vscode.l10n.t('Another client renamed “{0}” to “{1}”.', nameOf(destination), nameOf(error.now)),
      vscode.l10n.t('“Keep Mine” renames it to “{0}”. “Cancel” keeps “{1}”.', name, nameOf(error.now)),
      keep,
    );
    if (chosen === keep) {
      await rename({ connection, destination: error.now }, name, writer);
    }
  }
}

function describeRefusedRename(name: string, why: string, { details }: ApiError): string {
  return details.isUrlCut
    ? vscode.l10n.t(
        'Could not rename “{0}”. {1} Use “Edit Destination…” to change the URL together with the name.',
        name,
        why,
      )
    : vscode.l10n.t('Could not rename “{0}”, because Cloudflare’s test of its URL failed. {1}', name, why);
}
