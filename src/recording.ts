import path from 'node:path';
import { createRecorder } from './ui/monitoring/recorder.ts';
import type { Recorder, RecordingServices } from './ui/monitoring/timelines.ts';

/** The bundle that records and reads timelines, loaded once there is something to record or to show. */
export function createRecording(
  { profileFolder, store, host }: RecordingServices,
  listeners: ReadonlySet<(accountId: string) => void>,
): Recorder {
  const root = path.join(profileFolder, 'timelines');
  return createRecorder({ store, log: host.log }, root, (accountId) => {
    for (const listener of listeners) {
      listener(accountId);
    }
  });
}
