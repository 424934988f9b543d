// Runs the integration tests in the extension host of a real VS Code: `newest` and `oldest` from the npm registry, or
// `desktop`, downloaded by @vscode/test-electron. Each run has a separate fake Cloudflare.
import { startFakeCloudflare } from '../test/fake-cloudflare/server.ts';
import { describeFailure, HostError } from '../test/vscode-host/host-error.ts';
import { runIntegration } from '../test/vscode-host/integration.ts';

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
      machineSettings: { 'cloudflareWebhooks.apiBaseUrl': fake.baseUrl },
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
