// Measures opening a document of 100,000 characters with 10,000 annotations in a browser that was just started: from
// the change of the address to the first item of the list "Annotations". That is everything: three reads in one
// transaction, reading and checking 10,000 rows of JSON, finding each passage in the text, and building the reader.
// The database itself is open by then, since the app has shown the library; the files of the profile may still be in
// the system's page cache.
//
// Phases, heard by wrapping the page's own IDBObjectStore.getAll: until the rows are asked for, until the browser hands
// them over ("read"), and from there to the first item (records, places, reader). The floor, in a browser of its own:
// `getAll` of the same rows and JSON.parse of each, in a page without the app, from its call.
import { random } from '../../torture/ledger.mjs';
import { Stage, figures, median, quantile, round, shuffled, spread, watchLoad } from '../stage.mjs';

export const ROUNDS = 9;
const LIBRARY = { documents: 3, blocks: 220, annotations: 10_000 };
const GOAL = 100;

export async function run({ dist, rounds, seed, say, profiler }) {
  const load = watchLoad();
  const stage = await Stage.open(dist);
  const ours = [];
  const floor = [];
  try {
    const [, document] = await stage.keep('library', { ...LIBRARY, seed });
    const source = random(seed);
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const who of shuffled(source, ['ours', 'floor'])) {
        await stage.startFrom('library');
        if (who === 'ours') ours.push(await open(stage, document, profiler));
        else floor.push(await bare(stage, document));
        await stage.quit();
      }
      const { total, asked, handed } = ours.at(-1);
      say(`  round ${turn + 1}: ours ${round(total)} ms (asked ${round(asked)}, handed over ${round(handed)}), floor ${round(floor.at(-1).total)} ms`);
    }
  } finally {
    await stage.close();
  }
  const of = (list, name) => list.map(entry => entry[name]);
  const totals = of(ours, 'total');
  const floors = of(floor, 'total');
  const ratios = totals.map((time, n) => time / floors[n]);
  const read = ours.map(({ asked, handed }) => handed - asked);
  const notes = load();
  return [
    {
      id: 'cold-read-10k',
      what: `address to the first of 10,000 annotations in the reader, browser just started, median of ${rounds}, all included; peer: getAll and JSON.parse of the same rows without the app`,
      ours: round(median(totals)), peer: round(median(floors)), ratio: round(median(ratios), 2), unit: 'ms', goal: GOAL, met: median(totals) <= GOAL,
      notes: `ours ${figures(totals)}; asked after ${figures(of(ours, 'asked'))}; rows handed over after ${figures(of(ours, 'handed'))}; painted after ${figures(of(ours, 'painted'))}; floor ${figures(floors)}, of it getAll ${figures(of(floor, 'read'))}; ratio ${spread(ratios)}, p95 ${round(quantile(ratios, 0.95), 2)}; ${notes}`,
    },
    {
      id: 'cold-read-10k-rows',
      what: `of this the storage read alone: 10,000 rows asked for to handed over by the browser; peer: the same getAll without the app`,
      ours: round(median(read)), peer: round(median(of(floor, 'read'))), ratio: round(median(read.map((time, n) => time / floor[n].read)), 2), unit: 'ms', goal: GOAL, met: median(read) <= GOAL,
      notes: `ours ${figures(read)}; ${notes}`,
    },
  ];
}

async function open(stage, { id, annotations, texts }, profiler) {
  await stage.load();
  await stage.run(listen);
  await stage.calm();
  await profiler?.begin(stage);
  const times = await stage.run(timeOpening, id);
  await profiler?.end(stage, 'cold-read');
  const sorted = [...annotations].sort((a, b) => a.selectors.position.start - b.selectors.position.start || b.selectors.position.end - a.selectors.position.end || (a.id < b.id ? -1 : 1));
  const seen = await stage.run(shown);
  if (seen.text !== texts.join('\n')) throw new Error('the text on screen is not the one that was stored');
  if (seen.count !== annotations.length) throw new Error(`${seen.count} passages are told`);
  const first = seen.first;
  if (first.id !== sorted[0].id || first.quote !== sorted[0].selectors.quote.exact) throw new Error(`the first passage is ${JSON.stringify(first)}`);
  const last = sorted.at(-1);
  const found = await stage.run(lookAt, id, last.id);
  if (found !== last.selectors.quote.exact) throw new Error(`the last passage reads “${found}”`);
  return times;
}

async function bare(stage, { id, rows }) {
  await stage.plain();
  await stage.calm();
  const { total, read, count, first, last } = await stage.run(readBare, id);
  const sorted = [...rows].sort((a, b) => (JSON.parse(a).id < JSON.parse(b).id ? -1 : 1));
  if (count !== rows.length || first !== sorted[0] || last !== sorted.at(-1)) throw new Error('the rows read are not those that were stored');
  return { total, read };
}

// ------------------------------------------------------------------------------------------------------- in the page
function listen() {
  const { getAll } = IDBObjectStore.prototype;
  window.heard = {};
  IDBObjectStore.prototype.getAll = function (...args) {
    const request = getAll.apply(this, args);
    if (this.name === 'annotations') {
      window.heard.asked = performance.now();
      request.addEventListener('success', () => {
        window.heard.handed = performance.now();
        performance.mark('handed');
      });
    }
    return request;
  };
}

function timeOpening(id) {
  return new Promise(done => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('ol[aria-label="Annotations"] > li[data-annotation]')) return;
      const end = performance.now();
      observer.disconnect();
      performance.mark('listed');
      const { asked, handed } = window.heard;
      requestAnimationFrame(() => setTimeout(() => done({ total: end - start, asked: asked - start, handed: handed - start, painted: performance.now() - start })));
    });
    observer.observe(document.body, { subtree: true, childList: true });
    // Marks are for traces.
    performance.mark('address');
    const start = performance.now();
    location.hash = `#/read/${id}`;
  });
}

function shown() {
  const card = document.querySelector('ol[aria-label="Annotations"] > li[data-annotation]');
  const margin = card.closest('aside').querySelector('.sheet__grab, button').textContent;
  return {
    count: Number(margin.replace(/\D/g, '')),
    text: [...document.querySelectorAll('article [data-block]')].map(block => block.textContent).join('\n'),
    first: { id: card.dataset.annotation, quote: card.querySelector('blockquote').textContent },
  };
}

async function lookAt(id, annotation) {
  location.hash = `#/read/${id}?annotation=${annotation}`;
  for (let n = 0; n < 500; n += 1) {
    const card = document.querySelector(`li[data-annotation="${annotation}"]`);
    if (card) return card.querySelector('blockquote').textContent;
    await new Promise(done => setTimeout(done, 10));
  }
  return null;
}

async function readBare(document) {
  const get = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await get(indexedDB.open('concord'));
  const store = database.transaction('annotations').objectStore('annotations');
  const start = performance.now();
  const rows = await get(store.getAll(IDBKeyRange.bound([document], [document, []])));
  const read = performance.now() - start;
  const records = rows.map(row => JSON.parse(row));
  const total = performance.now() - start;
  database.close();
  return { total, read, count: records.length, first: rows[0], last: rows.at(-1) };
}
