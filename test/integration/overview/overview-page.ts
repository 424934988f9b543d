import type { OverviewDetails, OverviewRow, ToOverview } from '../../../src/core/overview-protocol.ts';
import { createOverviewController, type OverviewController } from '../../../src/ui/overview/overview-controller.ts';
import { createRows, type Row } from '../../../src/webview/overview/rows.ts';
import type { Extension } from '../extension-under-test.ts';

/** An overview page without a webview, which holds the rows as the real page does. */
export type OverviewPage = {
  readonly sent: readonly ToOverview[];
  readonly receive: OverviewController['receive'];
  /** The rows in the order of the accounts. */
  rows(): readonly Row[];
  row(name: string): Row | undefined;
  notes(): readonly string[];
  /** The rows that were posted again since the last call, by name. */
  posted(): readonly string[];
  close(): void;
};

export async function openOverviewPage(extension: Extension): Promise<OverviewPage> {
  const sent: ToOverview[] = [];
  const rows = createRows();
  let posted: readonly OverviewRow[] = [];
  const controller = createOverviewController(extension, (message) => {
    sent.push(message);
    switch (message.kind) {
      case 'accounts':
        rows.setAccounts(message.accountIds);
        break;
      case 'account':
        rows.setAccount(message.account, message.rows);
        posted = [...posted, ...(message.rows ?? [])];
        break;
      case 'details':
        rows.setDetails(message.accountId, message.details satisfies readonly OverviewDetails[]);
        break;
      case 'texts':
      case 'settings':
      case 'outdated':
      case 'takeFocus':
        break;
      default:
        message satisfies never;
    }
  });
  await controller.receive({ kind: 'ready' });
  return {
    sent,
    receive: async (message) => controller.receive(message),
    rows: () => rows.all(0, 0),
    row: (name) => rows.all(0, 0).find((row) => row.name === name),
    notes: () => rows.accounts().flatMap(({ note }) => note ?? []),
    posted() {
      const names = posted.map(({ name }) => name);
      posted = [];
      return names;
    },
    close: () => controller.dispose(),
  };
}
