// Measures exporting 1,000 annotations of a document of 1 MB as W3C Web Annotations.
//
// Ours: in the reader, from the press on "Web Annotation (JSON-LD)" in the menu until the browser reports the download.
// The first export of a page, which also starts the helper thread, is a row of its own. The file must have every
// annotation, and each quote must be the text at its position, in code points.
//
// Recogito writes each annotation with its W3CTextFormat, in a page that has all of them. It takes its context from the
// whole text each time, so only 20 annotations, spread over the text, are written, and the time is multiplied.
import { readFile } from 'node:fs/promises';
import { random } from '../../torture/ledger.mjs';
import { row } from '../results.mjs';
import { CAPPED, capped, openDocument, settle } from '../stage.mjs';
import { median, round, shuffled, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
const PARAGRAPHS = 5_000;
const WARM = 3;
const WRITTEN = 20;
const GOAL = 100;

export async function run({ stage, id, annotations, rounds, seed, cap, say }) {
  const load = watchLoad();
  const library = await stage.library({ seed, paragraphs: PARAGRAPHS, annotations });
  const source = random(seed);
  const found = { cold: [], warm: [], peer: [] };
  let isStopped = false;
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const who of shuffled(source, ['ours', 'peer'])) {
      if (who === 'ours') {
        const { cold, warm } = await exportOurs(stage, library);
        found.cold.push(cold);
        found.warm.push(...warm);
        say(`  round ${turn + 1}, ours: cold ${round(cold)} ms, then ${round(median(warm))} ms`);
      } else if (!isStopped) {
        const time = await exportPeer(stage, library, cap);
        isStopped = time === CAPPED;
        if (!isStopped) found.peer.push(time);
        say(`  round ${turn + 1}, peer: ${isStopped ? `stopped after ${cap} s` : `${round(time)} ms`}`);
      }
    }
  }
  const notes = [load()];
  const about = `${annotations.toLocaleString('en')} annotations to W3C Web Annotation, document of 1 MB`;
  const peer = `peer: Recogito W3CTextFormat, ${WRITTEN} annotations times ${round(annotations / WRITTEN)}; ratio: peer by ours`;
  const common = { peer: isStopped ? [] : found.peer, cap, goal: GOAL, source, notes };
  return [
    row({ ...common, id, what: `${about}, helper thread running, median of ${rounds} × ${WARM}; ${peer}`, ours: found.warm }),
    row({ ...common, id: `${id}-cold`, what: `${about}, first export of a page, median of ${rounds}; ${peer}`, ours: found.cold }),
  ];
}

const exportOurs = (stage, library) => stage.ours(library, async page => {
  await openDocument(page, library.document);
  const once = async () => {
    await page.locator('button[aria-label="Export"]').click();
    const item = page.locator('[role=menu] button', { hasText: 'Web Annotation (JSON-LD)' });
    await item.waitFor();
    await page.evaluate(() => window.bench.frames(3));
    const arrival = page.waitForEvent('download');
    const start = performance.now();
    await item.evaluate(item => item.click());
    const download = await arrival;
    const time = performance.now() - start;
    check(library.document, JSON.parse(await readFile(await download.path(), 'utf8')));
    await settle(page);
    return time;
  };
  const cold = await once();
  const warm = [];
  while (warm.length < WARM) warm.push(await once());
  return { cold, warm };
});

function check({ id, whole, annotations }, { total, first: { items } }) {
  const chars = [...whole];
  const wanted = new Map(annotations.map(annotation => [`urn:uuid:${annotation.id}`, annotation]));
  if (total !== annotations.length || items.length !== total) throw new Error(`${total} annotations were exported, ${items.length} are in the file`);
  for (const item of items) {
    const of = type => item.target.selector.find(selector => selector.type === type);
    const { start, end } = of('TextPositionSelector');
    const { exact } = of('TextQuoteSelector');
    const known = wanted.get(item.id);
    wanted.delete(item.id);
    if (item.target.source !== `urn:uuid:${id}` || exact !== chars.slice(start, end).join('') || known?.start !== start || known.end !== end) {
      throw new Error(`${item.id} was exported as “${exact}” at ${start}`);
    }
  }
}

const exportPeer = (stage, { document, name }, cap) => stage.peer({ name }, async page => {
  const { annotations } = document;
  const chosen = Array.from({ length: Math.min(WRITTEN, annotations.length) }, (_, n) => Math.floor(n * annotations.length / WRITTEN));
  const inOrder = [...annotations].sort((a, b) => a.start - b.start);
  const ids = chosen.map(n => inOrder[n].id);
  await page.evaluate(fillRecogito);
  const written = await capped(cap * ids.length / annotations.length, page.evaluate(writeRecogito, ids));
  if (written === CAPPED) return CAPPED;
  const byId = new Map(annotations.map(annotation => [annotation.id, annotation]));
  for (const { id, target } of written.items) {
    const [quote, position] = target[0].selector;
    const { start, end, quote: { exact } } = byId.get(id);
    if (quote.exact !== exact || position.start !== start || position.end !== end || !document.whole.slice(0, start).endsWith(quote.prefix)) {
      throw new Error(`the peer wrote “${quote.exact}” at ${position.start}`);
    }
  }
  return written.time * annotations.length / ids.length;
});

// ------------------------------------------------------------------------------------------------------- in the page
async function fillRecogito() {
  const { bench, peers: { container, json, recogito } } = window;
  const annotator = window.annotator = recogito.create(container, 'SPANS', 'own');
  await new Promise(done => setTimeout(done, 500));
  recogito.hand(annotator, JSON.parse(json));
  await bench.painted(() => recogito.isPainted('SPANS'));
}

function writeRecogito(ids) {
  const { annotator, peers: { recogito } } = window;
  const start = performance.now();
  const items = recogito.serialize(annotator, ids);
  return { time: performance.now() - start, items };
}
