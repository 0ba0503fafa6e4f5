// Proves: rows that cannot be read hide no others, and the app tells their exact number, however often it meets them.
import { Bench, subjects } from '../app.mjs';
import { until } from '../browser.mjs';

export const LONG = { chromium: 1_200, firefox: 1_200 };
export const SHORT = { chromium: 200, firefox: 200 };

const IN_DOCUMENT = 50;

// Overwrites rows with what a crash, a bug or another program could leave there.
const SPOIL = `
  const [wanted] = arguments;
  const broken = [row => row.slice(0, row.length >> 1), () => '', () => '{}', () => '[]', row => ({ ...JSON.parse(row) }), row => row.replace('"v":', '"w":'), () => 'null'];
  return new Promise((done, failed) => {
    const request = indexedDB.open('concord');
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const writing = request.result.transaction('annotations', 'readwrite');
      const store = writing.objectStore('annotations');
      const spoilt = [];
      writing.onabort = () => failed(writing.error);
      writing.oncomplete = () => { request.result.close(); done(spoilt); };
      const keys = store.getAllKeys();
      keys.onsuccess = () => {
        const step = Math.floor(keys.result.length / wanted);
        for (let n = 0; n < wanted; n += 1) {
          const key = keys.result[n * step];
          const get = store.get(key);
          get.onsuccess = () => { store.put(broken[n % broken.length](get.result), key); spoilt.push(key[1]); };
        }
      };
    };
  })`;

// The number in the settings, else in the banner.
const TOLD = `
  const told = document.querySelector('[data-quarantined]');
  if (told) return Number(told.dataset.quarantined);
  const banner = window.torture.alerts().map(text => text.match(/^([\\d.,]+) damaged/)).find(Boolean);
  return banner ? Number(banner[1].replace(/[.,]/g, '')) : 0`;

export async function run({ engine, rounds: rows, seed, dist, say = () => {} }) {
  const bench = await Bench.open(engine, subjects(dist).ours);
  try {
    const browser = await bench.start();
    await bench.load();
    for (let made = 0, n = 0; made < rows; made += IN_DOCUMENT, n += 1) {
      const { id } = await browser.run('return window.torture.import(arguments[0], 30)', seed + n);
      await bench.work({ seed: seed + n, weights: { tag: 1 }, edits: Math.min(IN_DOCUMENT, rows - made), documents: [id], patience: 0 });
      await bench.finished();
    }
    const before = (await bench.readBack()).documents;
    const wanted = Math.max(1, Math.round(rows / 100));
    const spoilt = new Set(await browser.run(SPOIL, wanted));
    await bench.load();
    const told = [];
    const ask = async () => {
      await bench.go('#/settings', 'main h1');
      return browser.run(TOLD);
    };
    // The settings may count when they are opened; without them the banner counts as documents are opened.
    const hasCount = async () => browser.run('return Boolean(document.querySelector("[data-quarantined]"))');
    await ask();
    if (await until('the number in the settings', hasCount, 3_000).catch(() => false)) told.push(['before any document is opened', await ask()]);
    const after = (await bench.readBack()).documents;
    told.push(['after each document was opened once', await ask()]);
    await bench.readBack();
    told.push(['after each was opened twice', await ask()]);

    const cardsOf = documents => documents.flatMap(({ cards }) => cards.map(card => JSON.stringify(card)));
    const there = new Set(cardsOf(after));
    const expected = before.flatMap(({ cards }) => cards.filter(({ id }) => !spoilt.has(id)).map(card => JSON.stringify(card)));
    const hidden = expected.filter(card => !there.has(card)).length;
    const wrong = told.filter(([, number]) => number !== wanted);
    const bad = hidden + wrong.length;
    for (const [when, number] of told) say(`  ${when}: told ${number}, there are ${wanted}`);
    return {
      id: `unreadable-${engine}`,
      what: `good passages hidden, and times the number told is wrong, with ${wanted} unreadable of ${rows} rows`,
      ours: bad,
      unit: 'failures',
      goal: 0,
      met: bad === 0 && expected.length >= rows - wanted,
      notes: `${expected.length - hidden} of ${expected.length} good ones there; ${told.map(([when, number]) => `${when}: ${number}`).join(', ')}; right is ${wanted}; ${bench.version}`,
    };
  } finally {
    await bench.close();
  }
}
