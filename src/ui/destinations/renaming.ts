import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { askText } from '../host/quick-input.ts';
import type { DestinationWriter } from './destination-writer.ts';
import { nameOf } from '../text/destination.ts';
import { tell } from '../host/notice.ts';

/** Runs Rename…: asks for the new name and sends it. */
export async function renameDestination(target: Located, writer: DestinationWriter): Promise<void> {
  const { destination } = target;
  const answer = await askText<string>({
    title: vscode.l10n.t('Rename “{0}”', nameOf(destination)),
    prompt: vscode.l10n.t('Enter the new name. Cloudflare may include it in the alerts that it sends.'),
    value: destination.name,
    check: (text) =>
      text.trim() === '' ? { ok: false, problem: vscode.l10n.t('Enter a name.') } : { ok: true, value: text.trim() },
  });
  if (answer.kind !== 'value' || answer.value === destination.name) {
    return;
  }
  const { took } = await writer.update(target, { name: answer.value, url: destination.url }, false);
  if (took.includes('name')) {
    void tell('information', vscode.l10n.t('Renamed “{0}” to “{1}”.', nameOf(destination), answer.value));
  } else {
    void tell(
      'warning',
      vscode.l10n.t('Cloudflare accepted the new name of “{0}” but did not change it. Try again.', nameOf(destination)),
    );
  }
}
