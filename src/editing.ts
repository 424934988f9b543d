import type { Services } from './services.ts';
import { createDestinationWriter } from './ui/destinations/destination-writer.ts';
import { createDestinationsModule } from './ui/destinations/module.ts';
import { createJsonModule } from './ui/json/module.ts';
import { createPanelModule } from './ui/panel/module.ts';
import { createReplacementModule } from './ui/replacement/module.ts';
import { offerUnfinished } from './ui/replacement/replacing.ts';
import { createTestingModule } from './ui/testing/module.ts';

export type Editing = ReturnType<typeof createEditing>;

/** The second bundle: all that changes destinations, loaded when the first of it is needed. */
export function createEditing(shared: Services) {
  const writer = createDestinationWriter(shared);
  const services = { ...shared, writer };
  const destinations = createDestinationsModule(services);
  const replacement = createReplacementModule(services);
  const testing = createTestingModule(services);
  const panel = createPanelModule(services);
  const json = createJsonModule(services);
  const { panels } = panel;
  return {
    writer,
    panels,
    jsonEditor: json.editor,
    commands: {
      ...destinations.commands,
      ...replacement.commands,
      ...testing.commands,
      ...panel.commands,
      ...json.commands,
    },
    /** Tells of replacements that an earlier window did not end. */
    offerUnfinished: () =>
      offerUnfinished(shared.store, writer, ({ accountId, oldId }) => panels.isOpen(accountId, oldId)),
    disposables: [
      ...destinations.disposables,
      ...replacement.disposables,
      ...testing.disposables,
      ...panel.disposables,
      ...json.disposables,
    ],
  };
}
