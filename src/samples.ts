import type { Services } from './services.ts';
import { createSampleDocuments } from './ui/testing/sample-documents.ts';

/** The bundle of sample payloads, which the editing bundle loads on first use. */
export function createSamples(services: Pick<Services, 'store' | 'destinationsView'>) {
  return createSampleDocuments(services);
}
