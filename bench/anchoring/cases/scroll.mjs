// Measures scrolling through a document of 10 MB (50,000 paragraphs) with 100,000 annotations: by 120 pixels in each of
// 300 animation frames, from the top. A frame's time is the difference of the times that two frames are told.
//
// The peer is the browser alone: the same paragraphs, and all passages as ranges of one Highlight. How long both took
// to open goes into a row of its own. After the scrolling, the highlights in view must have the right words.
import { random } from '../../torture/ledger.mjs';
import { checkOurs, checkPeer } from '../checks.mjs';
import { row } from '../results.mjs';
import { openDocument } from '../stage.mjs';
import { figures, p95, round, shuffled, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
const PARAGRAPHS = 50_000;
const FRAMES = 300;
const STEP = 120;
const GOAL = 25;

export async function run({ stage, id, annotations, rounds, seed, cap, say }) {
  const load = watchLoad();
  const library = await stage.library({ seed, paragraphs: PARAGRAPHS, annotations });
  const source = random(seed);
  const work = { ours: scrollOurs, peer: scrollPlain };
  const found = { ours: [], peer: [] };
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const who of shuffled(source, Object.keys(work))) {
      const seen = await work[who](stage, library);
      found[who].push(seen);
      say(`  round ${turn + 1}, ${who}: opened after ${round(seen.opened)} ms, frames p95 ${round(p95(seen.times))} ms, longest ${round(Math.max(...seen.times))} ms`);
    }
  }
  const frames = who => found[who].flatMap(({ times }) => times);
  const opened = who => found[who].map(({ opened }) => opened);
  const about = `document of 10 MB with ${annotations.toLocaleString('en')} annotations`;
  const notes = [load()];
  return [
    row({
      id, what: `${about}, time of a frame while scrolling by ${STEP} px, p95 of ${rounds} × ${FRAMES}; peer: the same text and one Highlight without the app; ratio: peer by ours`,
      ours: frames('ours'), peer: frames('peer'), of: p95, goal: GOAL, isMet: time => time <= GOAL, source, notes,
    }),
    row({
      id: `${id}-open`, what: `${about}, until painted, median of ${rounds}; ours from the address on, with storage; peer: paragraphs and Highlight from memory; ratio: peer by ours`,
      ours: opened('ours'), peer: opened('peer'), cap, source, notes: [`ours: text in the page after ${figures(found.ours.map(({ text }) => text))}`, ...notes],
    }),
  ];
}

const scrollOurs = (stage, library) => stage.ours(library, async page => {
  const { text, painted } = await openDocument(page, library.document);
  const { times, way } = await page.evaluate(scrollThrough, { frames: FRAMES, step: STEP });
  checkWay('ours', way);
  await page.evaluate(() => new Promise(done => setTimeout(done, 1_000)));
  await checkOurs(page, library.document);
  return { opened: painted, text, times };
});

const scrollPlain = (stage, library) => stage.peer(null, async page => {
  const opened = await page.evaluate(openPlain, library.name);
  const { times, way } = await page.evaluate(scrollThrough, { frames: FRAMES, step: STEP });
  checkWay('peer', way);
  const { blocks, highlighted } = await page.evaluate(shownPlain);
  checkPeer('peer', library.document, blocks, highlighted);
  return { opened, times };
});

// The browser may put the text a little elsewhere when parts of it turn out longer than thought.
function checkWay(who, way) {
  if (way < FRAMES * STEP * 0.9) throw new Error(`${who}: scrolled by ${way} px only`);
}

// ------------------------------------------------------------------------------------------------------- in the page
async function scrollThrough({ frames, step }) {
  const { bench } = window;
  const scroller = document.querySelector('article') ? bench.scroller() : document.scrollingElement;
  const times = [];
  let way = 0;
  let last = await bench.frame();
  for (let n = 0; n < frames; n += 1) {
    const before = scroller.scrollTop;
    scroller.scrollTop += step;
    way += scroller.scrollTop - before;
    const now = await bench.frame();
    times.push(now - last);
    last = now;
  }
  return { times, way };
}

async function openPlain(name) {
  const { bench, peers } = window;
  await peers.load(name);
  const start = performance.now();
  peers.fill();
  const ranges = peers.plain.highlightAll(peers.container, JSON.parse(peers.json));
  const end = await bench.painted(() => CSS.highlights.get('all')?.size === ranges.length);
  return end - start;
}

function shownPlain() {
  const { bench, peers: { json, plain, visibleBlocks } } = window;
  const blocks = visibleBlocks().map(bench.numberOf);
  return { blocks, highlighted: plain.highlighted(JSON.parse(json), blocks) };
}
