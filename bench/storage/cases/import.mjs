// Measures writing 10,000 annotations in one go, each time into a browser that was never used.
//
// Ours is the restoring of a backup of one document with 10,000 annotations through the dialog of the settings, from
// pressing "Restore" to the dialog's "done". That is more than writing: the archive is read again and the SHA-256 of
// each part checked, each row is read into a record and merged with what is there, text, original and glance are
// written too, and the journal keeps all of it as a step that can be taken back, which is a second copy of each row.
// It is one strict transaction. Reading the file and the preview came before and are not timed.
//
// The peer is Dexie's `bulkPut` of the same 10,000 rows as objects, in one call, by the same key, timed to its promise,
// in a table without further indexes, with Dexie's default (relaxed) durability and, for the notes, with strict.
// Neither is timed while compiling: Dexie has put some rows before, and our helper thread has made the preview.
import { random } from '../../torture/ledger.mjs';
import { Stage, figures, median, quantile, round, shuffled, spread, watchLoad } from '../stage.mjs';

export const ROUNDS = 7;
const LIBRARY = { documents: 1, blocks: 200, annotations: 10_000, withJournal: false };
const GOAL = 1;

export async function run({ dist, rounds, seed, say }) {
  const load = watchLoad();
  const stage = await Stage.open(dist);
  const times = { ours: [], peer: [], strict: [] };
  let size = 0;
  try {
    const [document] = await stage.keep('one', { ...LIBRARY, seed });
    const records = document.annotations;
    const backup = await takeBackup(stage);
    size = backup.size;
    const source = random(seed);
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const who of shuffled(source, Object.keys(times))) {
        await stage.startEmpty();
        const time = who === 'ours' ? await restore(stage, backup.path, records) : await bulkPut(stage, records, who === 'strict' ? 'strict' : 'default');
        times[who].push(time);
        await stage.quit();
      }
      say(`  round ${turn + 1}: ours ${round(times.ours.at(-1))} ms, Dexie ${round(times.peer.at(-1))} ms, Dexie strict ${round(times.strict.at(-1))} ms`);
    }
  } finally {
    await stage.close();
  }
  const ratios = times.ours.map((time, n) => time / times.peer[n]);
  const ratio = round(median(ratios), 2);
  return [{
    id: 'import-10k',
    what: `restoring a backup with 10,000 annotations, median of ${rounds}; peer: Dexie bulkPut of the same rows. Ours also verifies SHA-256, merges, and writes text, original and journal`,
    ours: round(median(times.ours)), peer: round(median(times.peer)), ratio, unit: 'ms', goal: GOAL, met: ratio <= GOAL,
    notes: `ratio ours/peer by round: median ${ratio}, p95 ${round(quantile(ratios, 0.95), 2)}, ${spread(ratios)}; ours (strict) ${figures(times.ours)}; Dexie (relaxed) ${figures(times.peer)}; Dexie strict ${figures(times.strict)}; backup of ${round(size / 1024, 0)} KB; ${load()}`,
  }];
}

async function takeBackup(stage) {
  const { copyFileSync, statSync } = await import('node:fs');
  const { join } = await import('node:path');
  await stage.startFrom('one');
  await stage.load();
  const path = join(stage.templates, 'backup.zip');
  copyFileSync(await stage.bench.backUp(), path);
  await stage.quit();
  return { path, size: statSync(path).size };
}

async function restore(stage, path, records) {
  await stage.load();
  await stage.bench.chooseBackup(path, 'Merge');
  await stage.calm();
  const time = await stage.run(timeRestore);
  await stage.plain();
  check(await stage.run(storedRows), records);
  return time;
}

async function bulkPut(stage, records, durability) {
  await stage.plain();
  await stage.run(openPeer, durability);
  await stage.run(() => { window.rows = []; });
  for (let at = 0; at < records.length; at += 1_000) await stage.run(more => { window.rows.push(...more); }, records.slice(at, at + 1_000));
  await stage.calm();
  const { time, ...stored } = await stage.run(timePeer);
  check(stored, records);
  return time;
}

// Counts, and the first and last row by key, must be what was written.
function check({ count, first, last }, records) {
  const sorted = [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
  // The way out of the browser may sort fields.
  const plain = ({ id, document, selectors: { quote, position }, tags, note }) => JSON.stringify([
    id, document, quote.exact, quote.prefix, quote.suffix, position.start, position.end, tags, note,
  ]);
  const same = (row, record) => plain(row) === plain(record);
  if (count !== records.length || !same(first, sorted[0]) || !same(last, sorted.at(-1))) {
    throw new Error(`${count} rows are stored, from ${JSON.stringify(first)} to ${JSON.stringify(last)}`);
  }
}

// ------------------------------------------------------------------------------------------------------- in the page
function timeRestore() {
  const go = [...document.querySelectorAll('dialog[open] button')].find(button => button.textContent.trim() === 'Restore');
  return new Promise((done, failed) => {
    const observer = new MutationObserver(() => {
      const end = performance.now();
      const stage = document.querySelector('[data-restore]')?.dataset.restore;
      if (stage === 'working' || stage === 'preview') return;
      observer.disconnect();
      if (stage === 'done') done(end - start);
      else failed(new Error(`the restore ended in “${stage}”`));
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-restore'] });
    const start = performance.now();
    go.click();
  });
}

async function storedRows() {
  const get = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await get(indexedDB.open('concord'));
  const rows = await get(database.transaction('annotations').objectStore('annotations').getAll());
  database.close();
  return { count: rows.length, first: JSON.parse(rows[0]), last: JSON.parse(rows.at(-1)) };
}

async function openPeer(durability) {
  const { default: Dexie } = await import('/torture/dexie.mjs');
  const database = window.database = new Dexie('peer', { chromeTransactionDurability: durability });
  database.version(1).stores({ annotations: '[document+id]', warm: 'id' });
  await database.open();
  await database.warm.bulkPut(Array.from({ length: 100 }, (_, id) => ({ id, note: 'warm' })));
}

async function timePeer() {
  const { database, rows } = window;
  const start = performance.now();
  await database.annotations.bulkPut(rows);
  const time = performance.now() - start;
  const stored = await database.annotations.orderBy(':id').toArray();
  return { time, count: stored.length, first: stored[0], last: stored.at(-1) };
}
