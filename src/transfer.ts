import type { Services } from './services.ts';
import { createSharedFiles, createWindowLeases } from './ui/host/shared-files.ts';
import { withTargets } from './target-services.ts';
import { createTransferModule } from './ui/transfer/module.ts';

/** The bundle of export, import, copying and comparing, loaded on first use. */
export function createTransfer(services: Services) {
  const leases = createWindowLeases(createSharedFiles(services.operationsFolder), services.host.now);
  return createTransferModule({ ...withTargets(services), leases });
}
