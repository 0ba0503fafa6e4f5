// Measures making one annotation and deleting it again among very many, in a document of 1 MB: 30 of each a round.
//
// Ours: words of a paragraph in view are selected, and when the bar of the selection is there, a key event is
// dispatched in an animation frame: "1" gives the first tag and so makes the annotation, which is then in focus, and
// "Delete" removes it. Measured is the work of the page from the event until the registry of highlights has the new
// range (or has it no more), looked at after the handler and between the microtasks that it leaves; and until the frame
// with it has been laid out and painted. The page must then show the card with these words in focus, or no longer.
//
// The peer is Recogito's addAnnotation and removeAnnotation with its default renderer, until the overlay is there or
// gone, looked for in each frame: it waits 10 ms before it renders, and that is part of its time. It is given annotations
// in its own format, those that are there before with ready ranges: that is when it is fastest.
import { random } from '../../torture/ledger.mjs';
import { checkOurs } from '../checks.mjs';
import { row } from '../results.mjs';
import { CAPPED, capped, openDocument, settle } from '../stage.mjs';
import { figures, p95, round, shuffled, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
const PARAGRAPHS = 5_000;
const EDITS = 30;
// So many different places of the text are gone to in a round.
const PLACES = 3;
// A frame of a screen with 60 Hz.
const GOAL = 16.7;

export async function run({ stage, id, annotations, rounds, seed, cap, say }) {
  const load = watchLoad();
  const library = await stage.library({ seed, paragraphs: PARAGRAPHS, annotations });
  const source = random(seed);
  const found = { ours: { made: [], deleted: [] }, peer: { made: [], deleted: [] } };
  let isStopped = false;
  for (let turn = 0; turn < rounds; turn += 1) {
    for (const who of shuffled(source, ['ours', 'peer'])) {
      if (who === 'peer' && isStopped) continue;
      const edits = who === 'ours' ? await editOurs(stage, library, seed + turn) : await editPeer(stage, library, seed + turn, cap);
      if (edits === CAPPED) {
        isStopped = true;
        continue;
      }
      const p95s = Object.entries(edits).map(([what, list]) => {
        found[who][what].push(...list);
        return `${what} ${round(p95(list.map(({ work }) => work)))} ms, painted ${round(p95(list.map(({ painted }) => painted)))} ms`;
      });
      say(`  round ${turn + 1}, ${who}, p95: ${p95s.join('; ')}`);
    }
  }
  const notes = load();
  const rows = (what, name, verb) => {
    const [ours, peer] = [found.ours[what], isStopped ? [] : found.peer[what]];
    const frames = ours.map(({ frame }) => frame);
    const common = { cap, of: p95, source };
    const about = `${name} one annotation among ${annotations.toLocaleString('en')}, p95 of ${rounds} × ${EDITS}`;
    return [
      row({
        ...common, id: `${id}-${verb}`, what: `${about}; key event until the highlights are registered; peer: Recogito until its overlay is rendered; ratio: peer by ours`,
        ours: ours.map(({ work }) => work), peer: peer.map(({ work }) => work), goal: GOAL, isMet: time => time <= GOAL,
        notes: [`visible in frame ${figures(frames, 0)}, counted from that of the key`, notes],
      }),
      row({
        ...common, id: `${id}-${verb}-frame`, what: `${about}; the same until the frame has been laid out and painted`,
        ours: ours.map(({ painted }) => painted), peer: peer.map(({ painted }) => painted), notes: [notes],
      }),
    ];
  };
  return [...rows('made', 'making', 'make'), ...rows('deleted', 'deleting', 'delete')];
}

const editOurs = (stage, library, seed) => stage.ours(library, async page => {
  await openDocument(page, library.document);
  await checkOurs(page, library.document);
  const edits = await page.evaluate(tagAndDelete, { count: EDITS, places: PLACES, seed });
  await settle(page);
  return edits;
});

const editPeer = (stage, library, seed, cap) => stage.peer(library, async page => {
  const isReady = await capped(cap, page.evaluate(readyPeer));
  return isReady === CAPPED ? CAPPED : capped(cap, page.evaluate(addAndRemove, { count: EDITS, places: PLACES, seed }));
});

// ------------------------------------------------------------------------------------------------------- in the page
async function tagAndDelete({ count, places, seed }) {
  const { frame, frames, produced, until, random, blocks, visibleBlocks, textOf } = window.bench;
  const { below, pick } = random(seed);
  const [digit, tag] = ['1', 'lead'];
  const all = blocks();
  const article = document.querySelector('article');
  const bar = () => [...document.querySelectorAll('[role=toolbar][aria-label="Selection"]')].find(bar => bar.checkVisibility());
  const focused = () => document.querySelector('[data-annotation][aria-current="true"]');
  const isWord = word => /^\p{L}+$/u.test(word);
  const isRegistered = ({ node, start, end }) => [...CSS.highlights.get(`tag-${tag}`) ?? []].some(range => (
    range.startContainer === node && range.startOffset === start && range.endContainer === node && range.endOffset === end));
  // Three to seven words of a paragraph that begin and end with a letter, so that nothing widens the selection.
  const chosen = () => {
    for (let tries = 0; tries < 1_000; tries += 1) {
      const node = textOf(pick(visibleBlocks()));
      const words = node.data.trimEnd().split(' ');
      const [first, length] = [below(words.length), 3 + below(5)];
      const taken = words.slice(first, first + length);
      const start = words.slice(0, first).join(' ').length + (first > 0 ? 1 : 0);
      const span = { node, start, end: start + taken.join(' ').length };
      if (taken.length === length && isWord(taken[0]) && isWord(taken.at(-1)) && !isRegistered(span)) return { ...span, text: taken.join(' ') };
    }
    throw new Error('no words to select are in view');
  };
  const press = key => article.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  // The event is dispatched in a frame. A handler may leave the rest to microtasks: they run before the frame is
  // painted, so the registry is looked at between them; if they are not enough, in each frame that follows.
  const timed = async (key, isDone) => {
    await frame();
    const start = performance.now();
    press(key);
    for (let turn = 0; turn < 50 && !isDone(); turn += 1) await null;
    let number = 1;
    while (!isDone()) {
      if (number > 600) throw new Error(`the key ${key} changed nothing`);
      await frame();
      number += 1;
    }
    const work = performance.now() - start;
    await produced();
    return { work, painted: performance.now() - start, frame: number };
  };
  const rest = async () => {
    await until('everything saved', () => document.documentElement.dataset.unsaved === '0');
    await frames(3);
  };

  const made = [];
  const deleted = [];
  while (made.length < count) {
    if (made.length % Math.ceil(count / places) === 0) {
      all[below(all.length - 20)].scrollIntoView({ block: 'start', behavior: 'instant' });
      await new Promise(done => setTimeout(done, 300));
    }
    await rest();
    const { text, ...span } = chosen();
    getSelection().setBaseAndExtent(span.node, span.start, span.node, span.end);
    await until('the bar of the selection', bar);
    await frames(3);
    made.push(await timed(digit, () => isRegistered(span)));
    const card = await until('the card in focus', focused);
    const tags = [...card.querySelectorAll('[data-tag]')].map(shown => shown.dataset.tag);
    if (card.querySelector('blockquote').textContent !== text || String(tags) !== tag) {
      throw new Error(`“${text}” became “${card.querySelector('blockquote').textContent}” with ${tags}`);
    }
    // The selection stays, for more tags. Without it, the key means the passage.
    press('Escape');
    await until('no bar of a selection', () => !bar());
    await rest();
    deleted.push(await timed('Delete', () => !isRegistered(span)));
    await until('no card in focus', () => !focused());
  }
  return { made, deleted };
}

async function readyPeer() {
  const { bench, peers: { container, json, recogito } } = window;
  const annotator = window.annotator = recogito.create(container, 'SPANS', 'own');
  await new Promise(done => setTimeout(done, 500));
  recogito.hand(annotator, JSON.parse(json));
  await bench.painted(() => recogito.isPainted('SPANS'));
}

async function addAndRemove({ count, places, seed }) {
  const { annotator, peers: { container, recogito, visibleBlocks } } = window;
  const { frame, frames, produced, random, numberOf, textOf } = window.bench;
  const { below, pick } = random(seed);
  const blocks = [...container.querySelectorAll('[data-block]')];
  const starts = [];
  blocks.reduce((offset, block, n) => {
    starts[n] = offset;
    return offset + block.textContent.length;
  }, 0);
  const timed = async (act, isDone) => {
    await frame();
    const start = performance.now();
    act();
    let number = 1;
    while (!isDone()) {
      if (number > 600) throw new Error('the peer changed nothing');
      await frame();
      number += 1;
    }
    const work = performance.now() - start;
    await produced();
    return { work, painted: performance.now() - start, frame: number };
  };
  const made = [];
  const deleted = [];
  while (made.length < count) {
    if (made.length % Math.ceil(count / places) === 0) {
      blocks[below(blocks.length - 20)].scrollIntoView({ block: 'start', behavior: 'instant' });
      await new Promise(done => setTimeout(done, 500));
    }
    const block = pick(visibleBlocks());
    const words = textOf(block).data.trimEnd().split(' ');
    const first = below(words.length - 4);
    const exact = words.slice(first, first + 4).join(' ');
    const start = starts[numberOf(block)] + words.slice(0, first).join(' ').length + (first > 0 ? 1 : 0);
    const id = crypto.randomUUID();
    const annotation = {
      id, bodies: [{ id: crypto.randomUUID(), annotation: id, purpose: 'tagging', value: 'lead' }],
      target: { annotation: id, selector: [{ quote: exact, start, end: start + exact.length }] },
    };
    await frames(3);
    made.push(await timed(() => annotator.addAnnotation(annotation), () => recogito.isPainted('SPANS', id)));
    const [{ text } = {}] = recogito.highlighted(annotator, 'SPANS', [numberOf(block)]).filter(shown => shown.id === id);
    if (text !== exact) throw new Error(`the peer shows “${text}” instead of “${exact}”`);
    await frames(3);
    deleted.push(await timed(() => annotator.removeAnnotation(id), () => !recogito.isPainted('SPANS', id)));
  }
  return { made, deleted };
}
