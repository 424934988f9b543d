import process from 'node:process';
import { createVSIX } from '@vscode/vsce';

/** Where the packaged extension is put. */
export const VSIX = 'dist/cloudflare-webhooks.vsix';

/** Packages what has been built (`node esbuild.mjs`) into {@link VSIX}, as `vsce package` would. */
export async function packageExtension(): Promise<void> {
  await createVSIX({
    packagePath: VSIX,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}

if (import.meta.main) {
  await packageExtension();
  process.stdout.write(`${VSIX}\n`);
}
