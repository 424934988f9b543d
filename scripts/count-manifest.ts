// Counts what package.json files contribute, for docs/peers.md. Usage: node scripts/count-manifest.ts package.json …
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';

type Entry = { readonly when?: string; readonly enablement?: string };
type Step = { readonly media?: { readonly svg?: string }; readonly completionEvents?: readonly string[] };
type Configuration = { readonly properties?: object };
type Contributions = Readonly<Record<string, unknown>> & {
  readonly commands?: readonly Entry[];
  readonly menus?: Readonly<Record<string, readonly Entry[]>>;
  readonly views?: Readonly<Record<string, readonly unknown[]>>;
  readonly walkthroughs?: readonly { readonly steps: readonly Step[] }[];
  readonly configuration?: Configuration | readonly Configuration[];
  readonly icons?: object;
};

/** The counts of one manifest by the words of the table. `files`: the names of the files beside it. */
function countManifest(contributes: Contributions, text: string, files: readonly string[]) {
  const lengthOf = (name: string): number => {
    const value = contributes[name];
    return Array.isArray(value) ? value.length : 0;
  };
  const { commands = [], menus = {}, views = {}, walkthroughs = [], configuration = [], icons = {} } = contributes;
  const entries = Object.values(menus).flat();
  const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);
  return {
    commands: commands.length,
    'menu entries': entries.length,
    'of these with when': entries.filter(({ when }) => when).length,
    'palette entries with when': (menus['commandPalette'] ?? []).filter(({ when }) => when).length,
    'commands with enablement': commands.filter(({ enablement }) => enablement).length,
    views: Object.values(views).flat().length,
    viewsWelcome: lengthOf('viewsWelcome'),
    'walkthroughs: steps': walkthroughs.map((walkthrough) => walkthrough.steps.length).join(' and ') || 0,
    'steps with an SVG': steps.filter(({ media }) => media?.svg).length,
    'steps with completion events': steps.filter(({ completionEvents = [] }) => completionEvents.length > 0).length,
    'languages besides English': files.filter((name) => /^package\.nls\..+\.json$/.test(name)).length,
    'manifest strings': text.match(/"%[^"%]+%"/g)?.length ?? 0,
    settings: [configuration].flat().flatMap(({ properties = {} }) => Object.keys(properties)).length,
    keybindings: lengthOf('keybindings'),
    colors: lengthOf('colors'),
    icons: Object.keys(icons).length,
    jsonValidation: lengthOf('jsonValidation'),
    languageModelTools: lengthOf('languageModelTools'),
    chatSkills: lengthOf('chatSkills'),
  };
}

for (const file of process.argv.slice(2)) {
  const text = await readFile(file, 'utf8');
  const { contributes }: { readonly contributes: Contributions } = JSON.parse(text);
  console.log(file);
  console.table(countManifest(contributes, text, await readdir(path.dirname(file))));
}
