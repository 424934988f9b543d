import { registerHooks } from 'node:module';

/** What the modules see. */
const STUB = new URL('vscode-stub.mjs', import.meta.url).href;

/**
 * Lets this process import modules of `src/ui` without VS Code. They have to be imported with `import()` afterwards: static
 * imports are resolved before any module runs.
 */
export function standInForVscode(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'vscode' ? { url: STUB, shortCircuit: true } : next(specifier, context),
  });
}
