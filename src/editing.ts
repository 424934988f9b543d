import type { Services } from './services.ts';
import { withTargets } from './target-services.ts';
import { createSharedFiles, createWindowLeases } from './ui/host/shared-files.ts';
import { createDestinationWriter } from './ui/destinations/destination-writer.ts';
import { createDestinationsModule } from './ui/destinations/module.ts';
import { createJsonModule } from './ui/json/module.ts';
import type { AnnouncedSaves } from './ui/json/save-claims.ts';
import { createPanelModule } from './ui/panel/module.ts';
import { createReplacementModule } from './ui/replacement/module.ts';
import { createReplacements } from './ui/replacement/replacements.ts';
import { offerUnfinished } from './ui/replacement/run-replacement.ts';
import type { SampleDocuments } from './ui/testing/sample-documents.ts';
import { createTestingModule } from './ui/testing/module.ts';

export type Editing = ReturnType<typeof createEditing>;

/** The editing bundle: everything that changes destinations, loaded on first use. */
export function createEditing(shared: Services, announcedSaves: AnnouncedSaves) {
  const sharedFiles = createSharedFiles(shared.operationsFolder);
  const leases = createWindowLeases(sharedFiles, shared.host.now);
  const operations = { ...withTargets(shared), sharedFiles, leases };
  const writer = createDestinationWriter(operations);
  const replacements = createReplacements(operations);
  const services = { ...operations, writer, replacements };
  const destinations = createDestinationsModule(services);
  const replacement = createReplacementModule(services);
  let samples: Promise<SampleDocuments> | undefined;
  const loadSamples = async (): Promise<SampleDocuments> => {
    samples ??= import('./samples.ts').then(({ createSamples }) => createSamples(shared));
    return samples;
  };
  const testing = createTestingModule({ ...services, loadSamples });
  const panel = createPanelModule(services);
  const json = createJsonModule({ ...services, announcedSaves, testing: services });
  const { panels } = panel;
  return {
    writer,
    replacements,
    panels,
    jsonEditor: json.editor,
    loadSamples,
    commands: {
      ...destinations.commands,
      ...replacement.commands,
      ...testing.commands,
      ...panel.commands,
      ...json.commands,
    },
    /** Reports replacements that an earlier window did not finish. */
    offerUnfinished: async () =>
      offerUnfinished({
        store: shared.store,
        replacements,
        sleep: shared.host.sleep,
        isShown: ({ accountId, oldId }) => panels.isOpen(accountId, oldId),
      }),
    disposables: [
      ...destinations.disposables,
      ...replacement.disposables,
      ...testing.disposables,
      ...panel.disposables,
      ...json.disposables,
    ],
  };
}
