// Measures which passage is under a pointer, 1,000 times, in a document of 1 MB with 10,000 annotations. The points lie
// in the middle of letters that are in view, 50 at each of 20 places of the text; the 50 are asked for in one go, so that
// nothing is drawn in between.
//
// Ours: real mouse events are dispatched at the point, and the handling of the click is timed: it finds the place in the
// text under the point, the passages there, and puts one of them in focus. No place of a passage on screen is kept for
// this; what it searches was made while the document was opened. One row counts that opening in.
//
// Recogito answers from an index of the rectangles of all passages. It is asked as its handlers ask it, after it has been
// given the annotations: making the index belongs to its time. CSS.highlights.highlightsFromPoint of the browser is
// asked with one Highlight of all passages, fewer times, and its time multiplied.
//
// What was found must cover the letter, and where nothing is marked nothing may be found. Of ours the last click at each
// place can be seen, at every other place one on a passage if there is one.
import { random } from '../../torture/ledger.mjs';
import { row } from '../results.mjs';
import { CAPPED, capped, settle } from '../stage.mjs';
import { figures, median, round, shuffled, sum, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
const PARAGRAPHS = 5_000;
const PLACES = 20;
const AT_PLACE = 50;
const HITS = PLACES * AT_PLACE;
// So many of the hits are put to the slow interface of the browser.
const FEW = 100;
const GOAL = 10;

export async function run({ stage, id, annotations, rounds, seed, cap, say }) {
  const load = watchLoad();
  const library = await stage.library({ seed, paragraphs: PARAGRAPHS, annotations });
  const source = random(seed);
  const work = { ours: clickOurs, recogito: askRecogito, browser: askBrowser };
  const found = { ours: [], recogito: [], browser: [] };
  const stopped = new Set();
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const who of shuffled(source, Object.keys(work))) {
      if (stopped.has(who)) continue;
      const times = await work[who](stage, library, seed + turn, cap);
      if (times === CAPPED) stopped.add(who);
      else if (times) found[who].push(times);
      const told = times === CAPPED ? `stopped after ${cap} s` : times ? `ready after ${round(times.ready)} ms, ${HITS} hits ${round(times.hits)} ms` : 'not in this browser';
      say(`  round ${turn + 1}, ${who}: ${told}`);
    }
  }
  const of = (who, name) => found[who].map(times => times[name]);
  const both = who => found[who].map(({ ready, hits }) => ready + hits);
  const about = `${HITS.toLocaleString('en')} pointer hits among ${annotations.toLocaleString('en')} annotations, median of ${rounds}`;
  const loads = load();
  const each = who => (found[who].length > 0 ? `${round(median(of(who, 'hits')) / HITS * 1_000)} µs` : '–');
  const notes = [`one hit: ours ${each('ours')}, Recogito ${each('recogito')}, browser ${each('browser')}`, loads];
  const rows = [
    row({
      id, what: `${about}; ours: clicks handled; peer: Recogito with making its index; ratio: peer by ours`,
      ours: of('ours', 'hits'), peer: both('recogito'), cap, goal: GOAL, source, notes,
    }),
    row({
      id: `${id}-opened`, what: `${about}, with opening the document until painted on our side as well; peer: the same as above`,
      ours: both('ours'), peer: both('recogito'), cap, source, notes: [`ours: opened after ${figures(of('ours', 'ready'))}`, loads],
    }),
  ];
  if (found.browser.length > 0 || stopped.has('browser')) {
    rows.push(row({
      id: `${id}-browser`, what: `${about}; peer: highlightsFromPoint with one Highlight of all, ${FEW} hits times ${HITS / FEW}, with making it`,
      ours: of('ours', 'hits'), peer: both('browser'), cap, goal: GOAL, source, notes,
    }));
  }
  return rows;
}

// What is told to cover a letter must do so, and nothing may be told where nothing is marked. `seen` are pairs of a
// letter and the annotations told for it.
function check(who, { annotations }, seen) {
  const byId = new Map(annotations.map(annotation => [annotation.id, annotation]));
  const covers = ({ block, offset, quote }, point) => block === point.block && offset <= point.at && point.at < offset + quote.exact.length;
  for (const { point, ids } of seen) {
    const isMarked = annotations.some(annotation => covers(annotation, point));
    if (isMarked !== ids.length > 0 || !ids.every(id => covers(byId.get(id), point))) {
      throw new Error(`${who}: ${ids.length} passages at letter ${point.at} of block ${point.block}, which ${isMarked ? 'is' : 'is not'} marked`);
    }
  }
  if (!seen.some(({ ids }) => ids.length > 0)) throw new Error(`${who}: no point that was looked at is marked`);
}

const clickOurs = (stage, library, seed) => stage.ours(library, async page => {
  const { painted } = await page.evaluate(id => window.bench.open(id), library.document.id);
  await settle(page);
  const { times, seen } = await page.evaluate(click, { places: PLACES, atPlace: AT_PLACE, seed });
  check('ours', library.document, seen);
  return { ready: painted, hits: sum(times) };
});

const askRecogito = (stage, library, seed, cap) => stage.peer(library, async page => {
  const ready = await capped(cap, page.evaluate(fillRecogito));
  if (ready === CAPPED) return CAPPED;
  const { times, seen } = await page.evaluate(askIndex, { places: PLACES, atPlace: AT_PLACE, seed });
  check('recogito', library.document, seen);
  return { ready, hits: sum(times) };
});

const askBrowser = (stage, library, seed, cap) => stage.peer(library, async page => {
  const ready = await page.evaluate(fillBrowser);
  if (ready === null) return null;
  const answer = await capped(cap, page.evaluate(askHighlights, { places: PLACES, atPlace: FEW / PLACES, seed }));
  if (answer === CAPPED) return CAPPED;
  check('browser', library.document, answer.seen);
  return { ready, hits: sum(answer.times) * HITS / FEW };
});

// ------------------------------------------------------------------------------------------------------- in the page
async function click({ places, atPlace, seed }) {
  const { frames, random, blocks, visibleBlocks, points, highlighted } = window.bench;
  const source = random(seed);
  const all = blocks();
  const times = [];
  const seen = [];
  const event = { bubbles: true, cancelable: true, detail: 1, button: 0, pointerType: 'mouse', isPrimary: true };
  for (let place = 0; place < places; place += 1) {
    all[source.below(all.length - 20)].scrollIntoView({ block: 'start', behavior: 'instant' });
    await new Promise(done => setTimeout(done, 300));
    await frames(2);
    const there = points(visibleBlocks(), atPlace, source).map(point => ({ ...point, on: document.elementFromPoint(point.x, point.y) }));
    const painted = highlighted();
    const isMarked = ({ block, at }) => painted.some(({ start, text, ...other }) => block === other.block && start <= at && at < start + text.length);
    if (place % 2 === 0) there.sort((a, b) => isMarked(a) - isMarked(b));
    let time = 0;
    for (const { x, y, on } of there) {
      const here = { ...event, clientX: x, clientY: y };
      on.dispatchEvent(new PointerEvent('pointerdown', here));
      on.dispatchEvent(new PointerEvent('pointerup', here));
      const press = new MouseEvent('click', here);
      const start = performance.now();
      on.dispatchEvent(press);
      time += performance.now() - start;
    }
    times.push(time);
    await frames(3);
    const { block, at } = there.at(-1);
    const focused = [...document.querySelectorAll('[data-annotation][aria-current="true"]')];
    seen.push({ point: { block, at }, ids: focused.map(card => card.dataset.annotation) });
  }
  return { times, seen };
}

async function fillRecogito() {
  const { peers: { container, json, recogito } } = window;
  const annotator = window.annotator = recogito.create(container, 'SPANS', 'w3c');
  await new Promise(done => setTimeout(done, 500));
  const start = performance.now();
  annotator.setAnnotations(JSON.parse(json));
  return performance.now() - start;
}

async function askIndex({ places, atPlace, seed }) {
  const { annotator, peers: { container, recogito, visibleBlocks } } = window;
  const { frames, random, points } = window.bench;
  const source = random(seed);
  const all = [...container.querySelectorAll('[data-block]')];
  const times = [];
  const seen = [];
  for (let place = 0; place < places; place += 1) {
    all[source.below(all.length - 20)].scrollIntoView({ block: 'start', behavior: 'instant' });
    await new Promise(done => setTimeout(done, 300));
    await frames(2);
    const there = points(visibleBlocks(), atPlace, source);
    const start = performance.now();
    const hits = there.map(({ x, y }) => recogito.hit(annotator, x, y));
    times.push(performance.now() - start);
    hits.forEach((hit, n) => seen.push({ point: there[n], ids: hit ? [hit.id] : [] }));
  }
  return { times, seen };
}

function fillBrowser() {
  const { peers: { container, json, plain } } = window;
  if (!CSS.highlights.highlightsFromPoint) return null;
  const annotations = JSON.parse(json);
  const start = performance.now();
  const ranges = plain.highlightAll(container, annotations);
  window.idOf = new Map(ranges.map((range, n) => [range, annotations[n].id]));
  return performance.now() - start;
}

async function askHighlights({ places, atPlace, seed }) {
  const { idOf, peers: { container, visibleBlocks } } = window;
  const { frames, random, points } = window.bench;
  const source = random(seed);
  const all = [...container.querySelectorAll('[data-block]')];
  const times = [];
  const seen = [];
  for (let place = 0; place < places; place += 1) {
    all[source.below(all.length - 20)].scrollIntoView({ block: 'start', behavior: 'instant' });
    await new Promise(done => setTimeout(done, 300));
    await frames(2);
    const there = points(visibleBlocks(), atPlace, source);
    const start = performance.now();
    const hits = there.map(({ x, y }) => CSS.highlights.highlightsFromPoint(x, y));
    times.push(performance.now() - start);
    hits.forEach((hit, n) => seen.push({ point: there[n], ids: hit.flatMap(({ ranges }) => ranges.map(range => idOf.get(range))) }));
  }
  return { times, seen };
}
