// Measures opening a document of 1 MB (5,000 paragraphs, a million characters) until its passages are painted.
//
// Ours: in a browser just started that shows the library, from the change of the address until the text is there and
// the first highlights are registered, and two frames more. So reading the text and all annotations from storage,
// finding each passage and building the reader are included. The profile is one in which the document was open before.
//
// Peers have the text on the page and the annotations as JSON in memory already: from JSON.parse of the annotations
// until the first highlight is rendered, found by looking in each frame, and two frames more. Recogito text-annotator
// with its default renderer and with the one by CSS highlights, and text nodes wrapped in <mark>. A peer that is
// stopped by the cap is not run again.
import { random } from '../../torture/ledger.mjs';
import { checkOurs, checkPeer } from '../checks.mjs';
import { row } from '../results.mjs';
import { CAPPED, capped } from '../stage.mjs';
import { figures, round, shuffled, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
const PARAGRAPHS = 5_000;
const PEERS = {
  spans: { name: 'Recogito', id: '', renderer: 'SPANS' },
  css: { name: 'Recogito with CSS highlights', id: '-css', renderer: 'CSS_HIGHLIGHTS' },
  wrap: { name: 'text nodes wrapped in <mark>', id: '-wrap' },
};

export async function run({ stage, id, annotations, goal, rounds, seed, cap, say }) {
  const load = watchLoad();
  const library = await stage.library({ seed, paragraphs: PARAGRAPHS, annotations });
  const source = random(seed);
  const ours = [];
  const peers = { spans: [], css: [], wrap: [] };
  const stopped = new Set();
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const who of shuffled(source, ['ours', ...Object.keys(peers)])) {
      if (who === 'ours') {
        ours.push(await openOurs(stage, library));
        say(`  round ${turn + 1}, ours: text after ${round(ours.at(-1).text)} ms, painted after ${round(ours.at(-1).painted)} ms`);
      } else if (!stopped.has(who)) {
        const time = await openPeer(stage, library, who, cap);
        if (time === CAPPED) stopped.add(who);
        else peers[who].push(time);
        say(`  round ${turn + 1}, ${PEERS[who].name}: ${time === CAPPED ? `stopped after ${cap} s` : `${round(time)} ms`}`);
      }
    }
  }
  const notes = [`ours: text in the page after ${figures(ours.map(({ text }) => text))}, from there to painted ${figures(ours.map(({ text, painted }) => painted - text))}`, load()];
  return Object.entries(PEERS).map(([who, { name, id: suffix, renderer }]) => row({
    id: id + suffix,
    what: `document of 1 MB with ${annotations.toLocaleString('en')} annotations, until painted, median of ${rounds}; ours from the address on, with storage and text; peer: ${name}, annotations only; ratio: peer by ours`,
    ours: ours.map(({ painted }) => painted), peer: stopped.has(who) ? [] : peers[who], cap, goal: renderer ? goal : null, source, notes,
  }));
}

const openOurs = (stage, library) => stage.ours(library, async page => {
  const times = await page.evaluate(id => window.bench.open(id), library.document.id);
  await checkOurs(page, library.document);
  return times;
});

const openPeer = (stage, library, who, cap) => stage.peer(library, async page => {
  const { renderer } = PEERS[who];
  const time = await capped(cap, page.evaluate(renderer ? openRecogito : openWrap, renderer));
  if (time === CAPPED) return CAPPED;
  const { blocks, highlighted } = await page.evaluate(renderer ? shownByRecogito : shownByWrap, renderer);
  checkPeer(who, library.document, blocks, highlighted);
  return time;
});

// ------------------------------------------------------------------------------------------------------- in the page
async function openRecogito(renderer) {
  const { bench, peers: { container, json, recogito } } = window;
  const annotator = window.annotator = recogito.create(container, renderer, 'w3c');
  // It begins with looking at the size of the page: not on this bill.
  await new Promise(done => setTimeout(done, 500));
  const start = performance.now();
  annotator.setAnnotations(JSON.parse(json));
  return await bench.painted(() => recogito.isPainted(renderer)) - start;
}

function shownByRecogito(renderer) {
  const { annotator, bench, peers: { recogito, visibleBlocks } } = window;
  const blocks = visibleBlocks().map(bench.numberOf);
  return { blocks, highlighted: recogito.highlighted(annotator, renderer, blocks) };
}

async function openWrap() {
  const { bench, peers: { container, json, wrap } } = window;
  const start = performance.now();
  wrap.wrapAll(container, JSON.parse(json));
  return await bench.painted(wrap.isPainted) - start;
}

function shownByWrap() {
  const { bench, peers: { container, visibleBlocks, wrap } } = window;
  const blocks = visibleBlocks().map(bench.numberOf);
  return { blocks, highlighted: wrap.highlighted(container, blocks) };
}
