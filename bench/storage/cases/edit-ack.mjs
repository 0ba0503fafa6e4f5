// Measures how long one edit takes until it is safe, in a library of 100,000 annotations (100 documents of 1,000, with
// the journal row of each): from the key event that gives a tag to `<html data-unsaved="0">`, which the app says when
// a strict transaction over the row and its journal row has completed. By turns a new passage is selected and tagged,
// and a passage in focus is given one more tag, as a person would, with a pause in between that is not timed.
//
// The floor beside it: the same requests, bare, in a page without the app: one strict transaction that reads a row,
// writes it, and adds a journal row and its trail, timed from its creation to its `complete`. For the notes also with
// relaxed durability: the difference is what the disk costs.
import { random } from '../../torture/ledger.mjs';
import { TAGS } from '../corpus.mjs';
import { Stage, figures, quantile, round, shuffled, spread, watchLoad } from '../stage.mjs';

export const ROUNDS = 5;
const LIBRARY = { documents: 100, blocks: 100, annotations: 1_000 };
const EDITS = 200;
const GOAL = 5;

export async function run({ dist, rounds, seed, say, profiler }) {
  const load = watchLoad();
  const stage = await Stage.open(dist);
  const found = { ours: [], strict: [], relaxed: [] };
  try {
    const documents = await stage.keep('library', { ...LIBRARY, seed });
    say(`  ${LIBRARY.documents * LIBRARY.annotations} annotations are stored`);
    const source = random(seed);
    for (let turn = 0; turn < rounds; turn += 1) {
      const { id } = source.pick(documents);
      for (const who of shuffled(source, Object.keys(found))) {
        await stage.startFrom('library');
        const times = who === 'ours' ? await edits(stage, id, seed + turn, profiler) : await bare(stage, id, who);
        found[who].push(times);
        say(`  round ${turn + 1}, ${who === 'ours' ? who : `bare and ${who}`}: ${figures(times)} ms`);
        await stage.quit();
      }
    }
  } finally {
    await stage.close();
  }
  const loads = load();
  const row = (id, name, part, goal) => {
    const of = sample => round(quantile(sample, part), 2);
    const rounds = who => found[who].map(of);
    const ratios = rounds('ours').map((time, n) => time / rounds('strict')[n]);
    const [ours, peer] = [of(found.ours.flat()), of(found.strict.flat())];
    return {
      id, what: `key event to saved, ${name} of ${found.ours.length} × ${EDITS} tag edits with 100,000 annotations stored; peer: the same requests to bare IndexedDB`,
      ours, peer, ratio: round(ours / peer, 2), unit: 'ms', goal, met: goal === null ? null : ours <= goal,
      notes: `by round ${rounds('ours').join(', ')}; bare ${rounds('strict').join(', ')}; bare and relaxed ${rounds('relaxed').join(', ')}; ratio ${spread(ratios)}; ours is strict and includes the updates of the screen that fall in between; ${loads}`,
    };
  };
  return [row('edit-ack-100k', 'p95', 0.95, GOAL), row('edit-ack-100k-median', 'median', 0.5, null)];
}

async function edits(stage, id, seed, profiler) {
  await stage.load();
  await stage.bench.go('#/', 'ul[aria-label="Documents"]');
  const hash = await stage.run(id => window.torture.open(id), id);
  if (!hash) throw new Error('the document does not open');
  await stage.calm();
  const before = await stage.count('annotations', 'journal');
  await profiler?.begin(stage);
  const { times, made } = await stage.run(tagByKeyboard, EDITS, seed, TAGS);
  await profiler?.end(stage, 'edit-ack');
  // Every edit must be stored as it was made before its time counts.
  const after = await stage.count('annotations', 'journal');
  const fresh = made.filter(edit => edit.isNew).length;
  if (times.length !== EDITS || after[0] - before[0] !== fresh || after[1] - before[1] !== EDITS) {
    throw new Error(`${EDITS} edits became ${after[0] - before[0]} annotations and ${after[1] - before[1]} journal rows, wanted ${fresh} and ${EDITS}`);
  }
  const stored = await stage.run(rowsOf, id, made.map(edit => edit.id));
  const last = new Map(made.map(edit => [edit.id, edit]));
  made.forEach((edit, n) => {
    const row = JSON.parse(stored[n] ?? 'null');
    const { quote, tags } = last.get(edit.id);
    if (row?.selectors.quote.exact !== quote || String([...row.tags].sort()) !== String(tags)) throw new Error(`“${quote}” was stored as ${stored[n]}`);
  });
  return times;
}

async function bare(stage, id, durability) {
  await stage.plain();
  await stage.calm();
  const before = await stage.count('annotations', 'journal');
  const times = await stage.run(commitBare, id, EDITS, durability);
  const after = await stage.count('annotations', 'journal');
  if (after[0] !== before[0] || after[1] - before[1] !== EDITS) throw new Error('the bare transactions were not all stored');
  return times;
}

// ------------------------------------------------------------------------------------------------------- in the page
async function tagByKeyboard(count, seed, tags) {
  const root = document.documentElement;
  const all = (css, within = document) => [...within.querySelectorAll(css)];
  const blocks = all('article [data-block]');
  const cards = () => all('ol[aria-label="Annotations"] > li[data-annotation]');
  const quoteOf = card => card.querySelector('blockquote').textContent;
  const tagsOf = card => all('[data-tag]', card).map(tag => tag.dataset.tag).sort();
  const card = id => document.querySelector(`ol[aria-label="Annotations"] > li[data-annotation="${id}"]`);
  const isShown = element => element?.checkVisibility() && element.getClientRects().length > 0;
  const bar = () => all('[role=toolbar][aria-label="Selection"]').find(isShown);
  const sleep = ms => new Promise(done => setTimeout(done, ms));
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const until = async (what, look) => {
    const end = performance.now() + 10_000;
    for (;;) {
      const seen = look();
      if (seen) return seen;
      if (performance.now() > end) throw new Error(`not within 10 s: ${what}`);
      await sleep(3);
    }
  };
  const press = key => {
    const target = document.activeElement ?? document.body;
    for (const type of ['keydown', 'keyup']) target.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  };
  let state = seed >>> 0;
  const below = n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * n);
  };
  // What is timed: the key event, until the attribute says that nothing is unsaved.
  const timed = key => new Promise((done, failed) => {
    const observer = new MutationObserver(() => {
      if (root.dataset.unsaved !== '0') return;
      const end = performance.now();
      observer.disconnect();
      // Marks are for traces.
      performance.mark('saved');
      done(end - start);
    });
    observer.observe(root, { attributes: true, attributeFilter: ['data-unsaved'] });
    performance.mark('key');
    const start = performance.now();
    press(key);
    if (root.dataset.unsaved === '0') failed(new Error(`the key ${key} made no edit`));
  });
  const rest = async () => {
    document.activeElement?.blur();
    press('Escape');
    getSelection().removeAllRanges();
    await until('no selection', () => !bar());
    await frame();
  };

  const times = [];
  const made = [];
  while (times.length < count) {
    if (times.length % 20 === 0) {
      blocks[1 + below(blocks.length - 4)].scrollIntoView({ block: 'start', behavior: 'instant' });
      await frame();
      await sleep(100);
    }
    await rest();
    const seen = blocks.filter(block => { const box = block.getBoundingClientRect(); return box.top > 60 && box.bottom < innerHeight; });
    const digit = below(10);
    if (times.length % 2 === 0) {
      const block = seen[below(seen.length)];
      const words = block.textContent.split(' ');
      const first = below(words.length - 8);
      // Longer than the passages that are there already, so that it is a new one.
      const quote = words.slice(first, first + 5 + below(3)).join(' ');
      const start = words.slice(0, first).join(' ').length + (first > 0 ? 1 : 0);
      if (cards().some(card => quoteOf(card) === quote)) continue;
      const node = document.createTreeWalker(block, NodeFilter.SHOW_TEXT).nextNode();
      getSelection().setBaseAndExtent(node, start, node, start + quote.length);
      await until('the selection', bar);
      await frame();
      const known = new Set(cards().map(card => card.dataset.annotation));
      const time = await timed(String(digit));
      const fresh = await until(`the passage “${quote}”`, () => cards().find(card => !known.has(card.dataset.annotation) && quoteOf(card) === quote));
      times.push(time);
      made.push({ id: fresh.dataset.annotation, quote, tags: tagsOf(fresh), isNew: true });
      if (String(tagsOf(fresh)) !== tags[digit]) throw new Error(`“${quote}” has ${tagsOf(fresh)}`);
    } else {
      const near = cards().filter(card => !tagsOf(card).includes(tags[digit]));
      const chosen = near[below(near.length)];
      const { annotation: id } = chosen.dataset;
      chosen.querySelector('blockquote').click();
      await until('the passage in focus', () => card(id)?.getAttribute('aria-current') === 'true');
      await frame();
      const time = await timed(String(digit));
      await until('the tag', () => tagsOf(card(id)).includes(tags[digit]));
      times.push(time);
      made.push({ id, quote: quoteOf(card(id)), tags: tagsOf(card(id)), isNew: false });
    }
    await frame();
    await sleep(20);
  }
  return { times, made };
}

async function rowsOf(document, ids) {
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open('concord');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const store = database.transaction('annotations').objectStore('annotations');
  const rows = await Promise.all(ids.map(id => new Promise((done, failed) => {
    const request = store.get([document, id]);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  })));
  database.close();
  return rows;
}

async function commitBare(document, count, durability) {
  const get = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await get(indexedDB.open('concord'));
  const range = IDBKeyRange.bound([document], [document, []]);
  const keys = await get(database.transaction('annotations').objectStore('annotations').getAllKeys(range));
  const times = [];
  for (let n = 0; n < count; n += 1) {
    await new Promise(done => setTimeout(done, 20));
    const key = keys[n * 7 % keys.length];
    const start = performance.now();
    const transaction = database.transaction(['documents', 'revisions', 'annotations', 'tags', 'journal', 'trails'], 'readwrite', { durability });
    const over = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = () => failed(transaction.error);
    });
    const row = await get(transaction.objectStore('annotations').get(key));
    transaction.objectStore('annotations').put(row, key);
    const added = await get(transaction.objectStore('journal').add(JSON.stringify({ changes: [row, row] })));
    transaction.objectStore('trails').put(true, [document, added]);
    transaction.commit();
    await over;
    times.push(performance.now() - start);
  }
  database.close();
  return times;
}
