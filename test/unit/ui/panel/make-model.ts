import type { PanelModel } from '../../../../src/ui/panel/panel-view.ts';

/** The model of a panel in which nothing has happened yet. */
export function makePanelModel(changes: Pick<PanelModel, 'activity'> & Partial<PanelModel>): PanelModel {
  return {
    accountId: 'a',
    accountName: 'Acme',
    areAccountsLoaded: true,
    destinationId: undefined,
    fields: { name: 'Ops', url: 'https://example.com/', secret: '', remember: false },
    base: undefined,
    remembered: undefined,
    isSecretLost: false,
    lastName: '',
    visited: new Set(),
    busy: false,
    notice: undefined,
    noticeFields: undefined,
    question: undefined,
    history: undefined,
    lastTest: undefined,
    canEditAsJson: false,
    ...changes,
  };
}
