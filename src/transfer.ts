import type { Services } from './services.ts';
import { withTargets } from './target-services.ts';
import { createTransferModule } from './ui/transfer/module.ts';

/** The bundle of export, import, copying and comparing, loaded on first use. */
export function createTransfer(services: Services) {
  return createTransferModule(withTargets(services));
}
