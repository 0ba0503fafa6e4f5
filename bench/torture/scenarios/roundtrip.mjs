// Proves: a backup holds everything. Taken, all storage of the origin wiped, and restored, each row is the same byte
// for byte, apart from the journal and the name of this profile.
import { Bench, EVERYDAY, subjects } from '../app.mjs';

export const LONG = { chromium: 10, firefox: 5 };
export const SHORT = { chromium: 1, firefox: 1 };

const EDITS = 60;

const WIPE = `
  return (async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((done, failed) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = done;
        request.onerror = () => failed(request.error);
        request.onblocked = () => failed(new Error('another page holds the database'));
      });
    }
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
    localStorage.clear();
    return true;
  })()`;

const sorted = value => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === 'object') return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
  return value;
};

// What belongs to this profile and this moment: its name, and when copies were made.
const OWN_SETTINGS = ['device', 'copies', 'last-backup', 'copy-file'];

// Every row but the journal and its index, in one order.
function canonical(rows) {
  return Object.entries(rows).filter(([store]) => store !== 'journal' && store !== 'trails').flatMap(([store, list]) => list
    .filter(([key]) => !(store === 'settings' && OWN_SETTINGS.includes(JSON.parse(key))))
    .map(([key, value]) => {
      let plain = value;
      try {
        plain = JSON.stringify(sorted(JSON.parse(value)));
      } catch { /* no JSON: as it is */ }
      return `${store} ${key} ${plain}`;
    })).sort();
}

export async function run({ engine, rounds, seed, dist, say = () => {} }) {
  let differing = 0;
  let compared = 0;
  let version = '';
  for (let round = 0; round < rounds; round += 1) {
    const bench = await Bench.open(engine, subjects(dist).ours);
    try {
      const browser = await bench.start();
      version = bench.version;
      await bench.load();
      if (!await bench.canBackUp()) {
        say('  this build has no buttons for backup and restore: skipped');
        return { id: `roundtrip-${engine}`, what: 'rows that differ after backup, wipe and restore', ours: null, unit: 'rows', goal: 0, met: null, notes: 'skipped: no backup buttons in this build' };
      }
      await browser.run('return window.torture.library()');
      await bench.work({ seed: seed + round, weights: EVERYDAY, edits: EDITS });
      await bench.finished();
      // Loaded anew, so that reading positions and the like are written.
      await bench.load();
      const path = await bench.backUp();
      const before = canonical(await bench.rows());
      // A plain file of the same origin, so that no page of the app holds the database or writes it anew.
      await browser.go(`${bench.server.origin}/manifest.webmanifest`);
      await browser.run(WIPE);
      await bench.load();
      await bench.restore(path, 'Replace');
      const after = canonical(await bench.rows());
      const missing = before.filter(row => !after.includes(row));
      const added = after.filter(row => !before.includes(row));
      differing += Math.max(missing.length, added.length);
      compared += before.length;
      for (const row of missing.slice(0, 5)) say(`  was ${row.slice(0, 600)}`);
      for (const row of added.slice(0, 5)) say(`  now ${row.slice(0, 600)}`);
      await browser.quit();
    } finally {
      await bench.close();
    }
  }
  return {
    id: `roundtrip-${engine}`,
    what: `rows that differ after backup, wipe and restore, ${rounds} times`,
    ours: differing,
    unit: 'rows',
    goal: 0,
    met: differing === 0 && compared > 0,
    notes: `${compared} rows compared; ${version}`,
  };
}
