// Checks the files in .github/workflows. GitHub checks a workflow only when it runs, which is too late for a release.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { parseDocument } from 'yaml';

/** The keys of the workflow syntax that this repository uses or may use (docs.github.com, "Workflow syntax"). */
const KEYS = {
  workflow: ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs'],
  job: [
    ...['name', 'needs', 'if', 'permissions', 'runs-on', 'environment', 'concurrency', 'outputs', 'env', 'defaults'],
    ...[
      'timeout-minutes',
      'strategy',
      'continue-on-error',
      'container',
      'services',
      'steps',
      'uses',
      'with',
      'secrets',
    ],
  ],
  step: [
    ...['id', 'if', 'name', 'uses', 'run', 'shell', 'working-directory', 'with', 'env'],
    ...['continue-on-error', 'timeout-minutes'],
  ],
} as const;

const PERMISSIONS: readonly string[] = [
  ...['actions', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token', 'issues', 'models'],
  ...['packages', 'pages', 'pull-requests', 'security-events', 'statuses'],
];

const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;

type Table = Readonly<Record<string, unknown>>;

/**
 * Returns what is wrong with a workflow, one sentence each: syntax, unknown keys, actions without a digest and its version
 * in a comment, missing permissions or time limits, npm scripts that do not exist, and expressions in a shell script,
 * where an attacker's text would be run.
 *
 * @param scripts the names of the npm scripts in package.json
 */
export function findWorkflowProblems(text: string, scripts: readonly string[]): readonly string[] {
  const document = parseDocument(text, { version: '1.2', uniqueKeys: true });
  if (document.errors.length > 0) {
    return document.errors.map(({ message }) => `Not valid YAML: ${message}`);
  }
  const workflow = asTable(document.toJS());
  const jobs = asTable(workflow['jobs']);
  return [
    ...unknownKeys('The workflow', workflow, KEYS.workflow),
    ...('on' in workflow ? [] : ['The workflow has no “on”.']),
    ...(/\bpull_request_target\b/.test(JSON.stringify(workflow['on']))
      ? ['“pull_request_target” runs code of strangers with the rights of the repository.']
      : []),
    ...('permissions' in workflow ? [] : ['The workflow has no “permissions”.']),
    ...permissionProblems('The workflow', workflow['permissions']),
    ...(Object.keys(jobs).length > 0 ? [] : ['The workflow has no jobs.']),
    ...Object.entries(jobs).flatMap(([name, job]) => jobProblems(name, asTable(job), Object.keys(jobs), scripts)),
    ...commentProblems(text),
  ];
}

function jobProblems(name: string, job: Table, jobs: readonly string[], scripts: readonly string[]): readonly string[] {
  const what = `The job “${name}”`;
  const isCall = typeof job['uses'] === 'string';
  const steps = Array.isArray(job['steps']) ? job['steps'].map(asTable) : [];
  return [
    ...unknownKeys(what, job, KEYS.job),
    ...permissionProblems(what, job['permissions']),
    ...[job['needs'] ?? []]
      .flat()
      .map((need) => (typeof need === 'string' ? need : JSON.stringify(need)))
      .filter((need) => !jobs.includes(need))
      .map((need) => `${what} needs “${need}”, which does not exist.`),
    ...(isCall ? usesProblems(what, job['uses']) : []),
    ...(isCall || 'runs-on' in job ? [] : [`${what} has no “runs-on”.`]),
    ...(isCall || 'timeout-minutes' in job ? [] : [`${what} has no “timeout-minutes”.`]),
    ...(isCall || steps.length > 0 ? [] : [`${what} has no steps.`]),
    ...steps.flatMap((step, index) => stepProblems(`${what}, step ${index + 1},`, step, scripts)),
  ];
}

function stepProblems(what: string, step: Table, scripts: readonly string[]): readonly string[] {
  const { run } = step;
  return [
    ...unknownKeys(what, step, KEYS.step),
    ...('run' in step === 'uses' in step ? [`${what} needs either “run” or “uses”.`] : []),
    ...('uses' in step ? usesProblems(what, step['uses']) : []),
    ...(typeof run === 'string' ? runProblems(what, run, scripts) : []),
  ];
}

function runProblems(what: string, run: string, scripts: readonly string[]): readonly string[] {
  const named = [...run.matchAll(/\bnpm (?:run )?(?:-s )?([\w:-]+)/g)].map(([, script = '']) => script);
  return [
    ...named
      .filter((script) => !['ci', 'install'].includes(script) && !scripts.includes(script))
      .map((script) => `${what} runs the npm script “${script}”, which does not exist.`),
    ...(run.includes('${{') ? [`${what} has an expression in its script. Pass the value through “env”.`] : []),
  ];
}

function usesProblems(what: string, uses: unknown): readonly string[] {
  const text = String(uses);
  return PINNED.test(text) || text.startsWith('./') ? [] : [`${what} uses “${text}”, which is not pinned by a digest.`];
}

/** A digest says nothing to a reader, and Dependabot updates the version in the comment. */
function commentProblems(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => /\buses:.*@[0-9a-f]{40}/.test(line) && !/ # v\d+\.\d+\.\d+$/.test(line.trimEnd()))
    .map((line) => `“${line.trim()}” has no comment with the version.`);
}

function permissionProblems(what: string, permissions: unknown): readonly string[] {
  if (permissions === undefined) {
    return [];
  }
  return typeof permissions === 'string'
    ? [`${what} has the permissions “${permissions}”. Name them one by one.`]
    : unknownKeys(`${what}, permissions,`, asTable(permissions), PERMISSIONS);
}

function unknownKeys(what: string, table: Table, known: readonly string[]): readonly string[] {
  return Object.keys(table)
    .filter((key) => !known.includes(key))
    .map((key) => `${what} has the unknown key “${key}”.`);
}

function asTable(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

/** Returns the problems of all workflows of this repository, with the name of the file. */
export async function checkWorkflows(folder = '.github/workflows'): Promise<readonly string[]> {
  const manifest: { readonly scripts: Table } = JSON.parse(await readFile('package.json', 'utf8'));
  const problems: string[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const text = await readFile(path.join(folder, name), 'utf8');
    for (const problem of findWorkflowProblems(text, Object.keys(manifest.scripts))) {
      problems.push(`${name}: ${problem}`);
    }
  }
  return problems;
}

if (import.meta.main) {
  const problems = await checkWorkflows();
  for (const problem of problems) {
    console.error(problem);
  }
  process.exitCode = problems.length > 0 ? 1 : 0;
}
