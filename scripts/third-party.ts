import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The part of esbuild's metafile that tells which files a bundle holds. */
export type Metafile = {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>>;
};

/** A package of which code is shipped. */
export type BundledPackage = {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as its package.json has it. */
  readonly license: string;
  /** The text of its licence file. */
  readonly licenseText: string;
};

const LICENSE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'LICENCE.md', 'license', 'COPYING'];

/** The folder of each package of which a bundle holds code, as the metafile writes it; sorted by name. */
export function findPackageFolders(metafiles: readonly Metafile[]): ReadonlyMap<string, string> {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
  const folders = inputs.flatMap((file): readonly (readonly [string, string])[] => {
    const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
    return match?.[1] ? [[match[1], match[0]]] : [];
  });
  return new Map(folders.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/**
 * Reads the licences of all packages in the bundles.
 *
 * @throws Error where a package has no licence in its package.json, or no licence file
 */
export async function readBundledPackages(metafiles: readonly Metafile[]): Promise<readonly BundledPackage[]> {
  return Promise.all([...findPackageFolders(metafiles)].map(async ([name, folder]) => readPackage(name, folder)));
}

async function readPackage(name: string, folder: string): Promise<BundledPackage> {
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const { version, license } = Object.fromEntries(Object.entries(manifest ?? {}));
  if (typeof version !== 'string' || typeof license !== 'string' || license === '') {
    throw new Error(`The package ${name} is bundled, but its package.json names no licence.`);
  }
  const texts = await Promise.all(
    LICENSE_FILES.map(async (file) => readFile(path.join(folder, file), 'utf8').catch(() => '')),
  );
  const licenseText = texts.find((text) => text.trim() !== '');
  if (licenseText === undefined) {
    throw new Error(`The package ${name} is bundled, but it has no licence file.`);
  }
  return { name, version, license, licenseText: licenseText.replaceAll('\r\n', '\n').trim() };
}

/** The notices that the licences require with every copy. */
export function toNotices(packages: readonly BundledPackage[]): string {
  const sections = packages.map(({ name, version, license, licenseText }) =>
    [`${name} ${version} (${license})`, `https://www.npmjs.com/package/${name}`, '', licenseText].join('\n'),
  );
  return [
    'Third-party notices\n\nThis extension contains code of the packages below, under these licences.',
    ...sections,
  ]
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

/**
 * A software bill of materials: https://cyclonedx.org/docs/1.6/json. Without serial number and time, which the format
 * allows, so that the same sources give the same file.
 */
export function toSbom(
  extension: { readonly publisher: string; readonly name: string; readonly version: string; readonly license: string },
  packages: readonly BundledPackage[],
): string {
  const own = `${extension.publisher}/${extension.name}@${extension.version}`;
  const toPurl = ({ name, version }: BundledPackage): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own,
        publisher: extension.publisher,
        name: extension.name,
        version: extension.version,
        licenses: [{ license: { id: extension.license } }],
      },
    },
    components: packages.map((each) => ({
      type: 'library',
      'bom-ref': toPurl(each),
      name: each.name,
      version: each.version,
      licenses: [{ expression: each.license }],
      purl: toPurl(each),
    })),
    dependencies: [
      { ref: own, dependsOn: packages.map(toPurl) },
      ...packages.map((each) => ({ ref: toPurl(each), dependsOn: [] })),
    ],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}
