import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeHistory } from '../../../../src/core/monitoring/timeline-lines.ts';
import { createTimelineLog } from '../../../../src/core/monitoring/timeline-log.ts';
import { createTimelineFiles, sweepTimelines, timelineFolderOf } from '../../../../src/ui/monitoring/timeline-files.ts';

const WRITER = new URL('timeline-writer.ts', import.meta.url).pathname;

describe('files of a timeline', function () {
  this.timeout(60_000);
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'timeline-'));
  });
  afterEach(async () => rm(root, { recursive: true, force: true }));

  /** Runs a process that records. Returns the events that it has reported as recorded, also if it was killed. */
  async function write(writer: number, count: number, killAfter = Infinity): Promise<readonly string[]> {
    const child = spawn(process.execPath, [WRITER, root, String(writer), String(count)]);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.split('\n').length > killAfter) {
        child.kill('SIGKILL');
      }
    });
    let trouble = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text));
    await once(child, 'close');
    assert.equal(trouble, '');
    return said.split('\n').slice(0, -1);
  }

  it('lose and double no event of four processes that record and compact at once, two of which are killed', async () => {
    const recorded = (await Promise.all([write(1, 180), write(2, 180), write(3, 180, 40), write(4, 180, 90)])).flat();
    assert.ok(recorded.length > 450, String(recorded.length));
    const lines = await createTimelineLog({
      files: createTimelineFiles(root),
      now: () => Date.UTC(2026, 10, 23),
      makeId: () => '',
      report: () => undefined,
      pause: async () => {},
    }).load();
    const found = (decodeHistory(lines, 'd1')?.success ?? []).map(({ at }) => at);
    assert.equal(new Set(found).size, found.length);
    assert.deepEqual(
      recorded.filter((at) => !found.includes(at)),
      [],
    );
    // A killed process may have recorded one event that it did not report.
    assert.ok(found.length - new Set(recorded).size <= 2, `${found.length} ${new Set(recorded).size}`);
    const names = await readdir(root);
    assert.ok(names.length <= 10, names.join());
    // Each of about 500 lines has some 110 characters.
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(root, name))).size));
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 150_000, sizes.join());
  });

  it('keep what could not be written for the next recording, and are recorded although they cannot be compacted', async () => {
    const problems: string[] = [];
    let failing = 'append';
    const files = createTimelineFiles(root);
    const log = createTimelineLog({
      files: {
        ...files,
        append: async (name, text) =>
          failing === 'append' ? Promise.reject(new Error('full')) : files.append(name, text),
        rename: async (from, to) => (failing === 'rename' ? Promise.reject(new Error('busy')) : files.rename(from, to)),
      },
      now: () => Date.UTC(2026, 10, 23),
      makeId: () => crypto.randomUUID(),
      report: (problem) => problems.push(problem),
      pause: async () => {},
      limits: { log: 1, parts: 1, age: 86_400_000, text: 1_000_000 },
    });
    const seen = (day: number) => ({
      at: Date.UTC(2026, 10, day),
      destinations: [{ id: 'd1', name: '', type: '', host: '', lastSuccess: `2026-11-${day}T00:00:00Z` }],
    });
    await assert.rejects(log.record(undefined, seen(10)), /full/);
    await assert.rejects(log.record(seen(10), seen(11)), /full/);
    failing = 'rename';
    assert.equal(await log.record(seen(11), seen(12)), true);
    assert.match(problems.join(), /could not be compacted.+busy/);
    const found = decodeHistory(await log.load(), 'd1')?.success.map(({ at }) => at.slice(8, 10));
    assert.deepEqual(found, ['10', '11', '12']);
  });

  it('are readable by their owner only', async () => {
    await write(1, 30);
    for (const name of await readdir(root)) {
      assert.equal((await stat(path.join(root, name))).mode & 0o077, 0, name);
    }
  });

  it('of removed accounts and killed windows are deleted, and nothing else', async () => {
    const [kept, gone] = [timelineFolderOf(root, 'kept'), timelineFolderOf(root, '../../gone')];
    assert.equal(path.dirname(gone), root);
    for (const folder of [kept, gone, path.join(root, 'other')]) {
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, 'log.v1.jsonl'), '');
    }
    const old = path.join(kept, 'part.v1.jsonl.1.tmp');
    await writeFile(old, '');
    await utimes(old, 1, 1);
    await writeFile(path.join(kept, 'part.v1.jsonl.2.tmp'), '');
    await writeFile(path.join(kept, 'log.v2.jsonl'), 'of a newer version');
    const young = timelineFolderOf(root, 'added by another window');
    await mkdir(young);
    await utimes(gone, 1, 1);
    await sweepTimelines(root, (accountId) => accountId === 'kept');
    assert.deepEqual((await readdir(root)).toSorted(), [path.basename(young), 'kept.timeline', 'other']);
    assert.deepEqual((await readdir(kept)).toSorted(), ['log.v1.jsonl', 'log.v2.jsonl', 'part.v1.jsonl.2.tmp']);
    assert.equal(await readFile(path.join(kept, 'log.v2.jsonl'), 'utf8'), 'of a newer version');
  });
});
