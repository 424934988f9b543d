// Runs the integration tests in the extension host of a real VS Code: `newest` and `oldest` from the npm registry, or
// `desktop`, downloaded by @vscode/test-electron. Each run has a separate fake Cloudflare.
import { startFakeCloudflare } from '../test/fake-cloudflare/server.ts';
import { describeFailure, HostError } from '../test/vscode-host/host-error.ts';
import { hostileSettings } from '../test/vscode-host/hostile-settings.ts';
import { runIntegration } from '../test/vscode-host/integration.ts';

const API_ADDRESS = 'cloudflareWebhooks.apiBaseUrl';
/** Shows that the settings of the workspace were read. */
const MARKER = 'editor.rulers';
const VERSIONS = ['newest', 'oldest', 'desktop'] as const;

async function runIn(version: (typeof VERSIONS)[number]): Promise<number> {
  const fake = await startFakeCloudflare({ seed: 'demo' });
  try {
    console.log(`Integration tests in the ${version} VS Code`);
    return await runIntegration({
      version,
      extensionPath: '.',
      testsPath: 'dist/test/integration/index.cjs',
      env: { FAKE_CONTROL_URL: fake.controlUrl },
      userSettings: { [API_ADDRESS]: fake.baseUrl },
      // As a remote machine or a dev container may have it. A test checks that nothing goes there. Only this one setting:
      // VS Code writes a setting that the machine has into the settings of the machine, where ours are ignored.
      machineSettings: { [API_ADDRESS]: hostileSettings[API_ADDRESS] },
      workspaceSettings: { ...hostileSettings, [MARKER]: [77] },
    });
  } finally {
    await fake.close();
  }
}

const asked = process.argv.slice(2);
const versions = VERSIONS.filter((version) => asked.includes(version));
try {
  if (versions.length === 0 || versions.length !== asked.length) {
    throw new HostError(`Name one or more versions of VS Code to test in: ${VERSIONS.join(', ')}.`);
  }
  for (const version of versions) {
    process.exitCode = (await runIn(version)) || process.exitCode || 0;
  }
} catch (error) {
  console.error(describeFailure(error));
  process.exitCode = 1;
}
