import * as vscode from 'vscode';
import { loadOnce } from './core/async/load-once.ts';
import type { Services } from './services.ts';
import type { createTransfer } from './transfer.ts';
import { type CommandHandler, createLater } from './ui/host/commands.ts';
import { TRANSFER_SCHEME } from './ui/host/ids.ts';

type Transfer = ReturnType<typeof createTransfer>;
type TransferCommand = keyof Transfer['commands'];

export type LazyTransfer = vscode.Disposable & { readonly commands: Readonly<Record<TransferCommand, CommandHandler>> };

/** Loads the bundle of export and import on first use. */
export function createLazyTransfer(services: () => Promise<Services>): LazyTransfer {
  const load = loadOnce(async () => {
    const { createTransfer } = await import('./transfer.ts');
    return createTransfer(await services());
  });
  const later = createLater(load);

  const provider = vscode.workspace.registerTextDocumentContentProvider(TRANSFER_SCHEME, {
    provideTextDocumentContent: async (uri) => (await load()).documents.provide(uri),
  });
  return {
    commands: {
      exportDestinations: later('exportDestinations'),
      importDestinations: later('importDestinations'),
      compareWithFile: later('compareWithFile'),
      copyToAccount: later('copyToAccount'),
    },
    dispose: () => void provider.dispose(),
  };
}
