import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';
import { shownOf } from '../../core/monitoring/account-state.ts';
import { typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import {
  findSample,
  formatSample,
  SAMPLE_IDS,
  type SampleId,
  toSampleCurl,
} from '../../core/testing/sample-document.ts';
import { type PayloadValues, toTestPayload } from '../../core/testing/sample-payloads.ts';
import type { Services } from '../../services.ts';
import { SAMPLE_SCHEME } from '../host/ids.ts';
import { pickOne } from '../host/pick.ts';
import { UserError } from '../host/report.ts';
import { isNode } from '../tree/nodes.ts';
import { nameOfSample, wordsOf } from './sample-messages.ts';

/** The body of a test that looks like an alert. */
export type SampleTest = (values: PayloadValues) => ReturnType<typeof toTestPayload>;

/** Sample payloads as read-only documents, and as bodies of tests. */
export type SampleDocuments = {
  /** Asks for an alert type and shows its sample in the format of the destination's type. */
  readonly show: (argument: unknown) => Promise<void>;
  /** Copies a shown sample. `argument`: its URI, or anything else for the sample in the active editor. */
  readonly copyAsCurl: (argument: unknown) => Promise<void>;
  /** The content of a document. `lazy-editing.ts` asks for it, so that VS Code can restore documents. */
  readonly provide: (uri: vscode.Uri) => string;
  /** Asks for an alert type. Undefined if the user cancels. */
  readonly pickTest: (title: string) => Promise<SampleTest | undefined>;
};

export function createSampleDocuments({
  store,
  destinationsView,
}: Pick<Services, 'store' | 'destinationsView'>): SampleDocuments {
  /** The type of the destination of the argument or the selection; undefined if there is none. */
  function typeOf(argument: unknown): string | undefined {
    const node = isNode(argument) ? argument : destinationsView.selected()[0];
    if (!node || !('destinationId' in node)) {
      return undefined;
    }
    const { accountId, destinationId } = node;
    return shownOf(store.entry(accountId)?.state)?.destinations.find(({ id }) => id === destinationId)?.type;
  }

  return {
    async show(argument) {
      const type = typeOf(argument);
      const service = serviceOf(type);
      const title =
        service === undefined ? vscode.l10n.t('Sample Payload') : vscode.l10n.t('Sample Payload for {0}', service);
      const id = await pick(SAMPLE_IDS, title);
      if (id !== undefined) {
        const document = await vscode.workspace.openTextDocument(addressOf(id, type));
        await vscode.window.showTextDocument(document);
      }
    },
    async copyAsCurl(argument) {
      const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
      if (uri?.scheme !== SAMPLE_SCHEME) {
        throw new UserError(vscode.l10n.t('No sample payload is open. Open one with “Show Sample Payload…”.'));
      }
      const { id, type } = readAddress(uri);
      const marked = `# ${vscode.l10n.t('Sends the sample, marked as a test. Set the variables first.')}`;
      await vscode.env.clipboard.writeText(`${marked}\n${toSampleCurl(id, typeOrGeneric(type))}\n`);
      vscode.window.setStatusBarMessage(vscode.l10n.t('Copied. URL and secret are variables of the command.'), 8000);
    },
    async pickTest(title) {
      const id = await pick(
        SAMPLE_IDS.filter((each) => each !== 'test' && each !== 'other'),
        title,
      );
      const alert = id === undefined ? undefined : findSample(id);
      return alert && ((values) => toTestPayload(alert, values));
    },
    provide: formatAt,
  };
}

async function pick(ids: readonly SampleId[], title: string): Promise<SampleId | undefined> {
  const items = ids.map((id) => {
    const name = nameOfSample(id);
    const detail = findSample(id) && id !== 'other' ? id : undefined;
    return { label: name, ...(detail === undefined ? {} : { description: detail }), id };
  });
  const placeHolder = vscode.l10n.t('Choose an alert type');
  return (await pickOne(items, { title, placeHolder, matchOnDescription: true }))?.id;
}

/** The service of a known type with a format of its own. */
function serviceOf(typeName = ''): string | undefined {
  const type = typeNamed(typeName);
  return type?.hasDocumentedPayload ? undefined : type?.label;
}

/** `/<name>.jsonc?alert=<sample>&type=<type>`, so that the content depends only on the URI. */
function addressOf(id: SampleId, type: string | undefined): vscode.Uri {
  const name = [nameOfSample(id), serviceOf(type)].filter(Boolean).join(' - ').replaceAll('/', '-');
  const query = new URLSearchParams({ alert: id, ...(type === undefined ? {} : { type }) });
  return vscode.Uri.from({ scheme: SAMPLE_SCHEME, path: `/${name}.jsonc`, query: query.toString() });
}

function readAddress({ query }: vscode.Uri): { readonly id: SampleId; readonly type: string } {
  const parameters = new URLSearchParams(query);
  return { id: parameters.get('alert') ?? 'other', type: parameters.get('type') ?? '' };
}

function formatAt(uri: vscode.Uri): string {
  const { id, type: name } = readAddress(uri);
  const type = typeOrGeneric(name);
  const unknownType = name === '' || typeNamed(name) ? undefined : plain(name);
  return formatSample(id, type, wordsOf(id, type, unknownType));
}
