// Proves: several tabs of one profile can write at once, to documents of their own and to a shared one, and to the
// very same passages; no acknowledged edit is lost, and in the end all tabs show the same as a fresh one.
import { Bench, READING, subjects } from '../app.mjs';
import { until } from '../browser.mjs';
import { Ledger, random } from '../ledger.mjs';

export const LONG = { chromium: 20, firefox: 20 };
export const SHORT = { chromium: 1, firefox: 1 };

const EDITS = { long: 1_000, short: 20 };
const COUNTS = [2, 5];
const COMMON_PASSAGES = 20;
const PARAGRAPHS = 40;
// How long a tab may take to hear of what the others did.
const HEARING = 10_000;
const WEIGHTS = { ...READING, rename: 2 };

export async function run(options) {
  const { engine, rounds, isShort, seed, dist, say = () => {} } = options;
  const subject = options.subject ?? subjects(dist).ours;
  const edits = options.edits ?? (isShort ? EDITS.short : EDITS.long);
  const total = { runs: 0, edits: 0, lost: 0, torn: 0, strange: 0, shut: 0, common: 0, unequal: 0, tabs: 0, errors: 0 };
  const chance = random(seed);
  const { pace } = options;
  let version = '';
  for (let round = 0; round < rounds; round += 1) {
    for (const count of options.counts ?? COUNTS) {
      const bench = await Bench.open(engine, subject);
      try {
        await oneRun(bench, { count, edits, pace, seed: chance.below(2 ** 31), total, say });
        version = bench.version;
        total.runs += 1;
      } finally {
        await bench.close();
      }
    }
  }
  const bad = total.lost + total.torn + total.strange + total.shut + total.common;
  const what = `${rounds} runs each with ${(options.counts ?? COUNTS).join(' and ')} tabs of ${engine}, ${edits} edits in each tab`;
  return [{
    id: `tabs-${engine}`,
    what: `acknowledged edits lost: ${what}`,
    ours: bad,
    unit: 'losses',
    goal: 0,
    met: bad === 0 && total.errors === 0 && total.edits > 0,
    notes: `${total.edits} acknowledged edits; lost ${total.lost}, torn ${total.torn}, from nowhere ${total.strange}, shut ${total.shut}, `
      + `tags and notes lost on passages that several tabs edit ${total.common}; ${total.errors} tabs that could not do what was asked; ${version}`,
    total,
  }, {
    id: `tabs-equal-${engine}`,
    what: `tabs that show other passages or titles than a fresh one, ${HEARING / 1000} s after the last edit: ${what}`,
    ours: total.unequal,
    unit: `of ${total.tabs} tabs`,
    goal: 0,
    met: total.unequal === 0 && total.tabs > 0,
    notes: version,
  }];
}

async function oneRun(bench, { count, edits, pace, seed, total, say }) {
  const browser = await bench.start();
  await bench.load();
  const add = (number, paragraphs) => browser.run('return window.torture.import(arguments[0], arguments[1])', number, paragraphs);
  const shared = await add(seed, PARAGRAPHS);
  const own = [];
  for (let tab = 0; tab < count; tab += 1) own.push(await add(seed + 1 + tab, PARAGRAPHS));
  await bench.work({ seed, weights: { tag: 1 }, edits: COMMON_PASSAGES, documents: [shared.id], patience: 0 });
  await bench.finished();
  const base = await bench.readBack();
  const sharedBefore = base.documents.find(({ id }) => id === shared.id).cards;
  const common = sharedBefore.map(({ quote }) => quote);

  const windows = [await browser.window()];
  while (windows.length < count) windows.push(await browser.newWindow());
  for (const handle of windows) {
    await browser.switchTo(handle);
    await bench.load(`#/read/${shared.id}`);
  }
  for (const [tab, handle] of windows.entries()) {
    await browser.switchTo(handle);
    // Two tags for each tab on the common passages, so that it is known who gave and took them.
    const digits = [`${2 * tab}`, `${2 * tab + 1}`];
    await bench.work({ seed: seed + 100 + tab, tab, tabs: count, digits, common, shared: shared.id, documents: [shared.id, own[tab].id], edits, weights: WEIGHTS, patience: 0.1, pace });
  }
  const logs = [];
  for (const handle of windows) {
    await browser.switchTo(handle);
    try {
      logs.push(await bench.finished(edits * 20_000 + 60_000));
    } catch (error) {
      total.errors += 1;
      say(`  a tab stopped: ${error.message}`);
      logs.push(await browser.run('return window.torture.log'));
    }
  }
  const look = () => browser.run('return window.torture.readCards().sort((a, b) => (a.quote < b.quote ? -1 : 1))');
  const fresh = await browser.newWindow();
  await browser.switchTo(fresh);
  await bench.load();
  const library = await bench.readBack();
  await browser.run('return window.torture.open(arguments[0])', shared.id);
  const wanted = JSON.stringify(await look());
  const titles = JSON.stringify(await browser.run('return window.torture.titles().then(titles => titles.sort((a, b) => (a.id < b.id ? -1 : 1)))'));
  const deadline = Date.now() + HEARING;
  for (const handle of windows) {
    total.tabs += 1;
    await browser.switchTo(handle);
    try {
      await until('the same passages', async () => JSON.stringify(await look()) === wanted, Math.max(0, deadline - Date.now()), 200);
      const seen = await browser.run('return window.torture.titles().then(titles => titles.sort((a, b) => (a.id < b.id ? -1 : 1)))');
      if (JSON.stringify(seen) !== titles) throw new Error('other titles');
    } catch {
      total.unequal += 1;
    }
  }
  countLosses(total, logs, base, library, shared, sharedBefore, say);
  await browser.quit();
}

// Compares what a fresh tab shows with what all tabs were promised.
function countLosses(total, logs, base, library, shared, sharedBefore, say) {
  const commonKeys = new Set(sharedBefore.map(({ quote }) => `ann:${shared.hash}:${quote}`));
  const ledger = new Ledger();
  ledger.rebase(base);
  let sequence = 0;
  for (const log of logs) {
    const promised = log.reduce((most, { ack }) => Math.max(most, ack ?? 0), 0);
    const moved = sequence;
    for (const entry of log) {
      if (entry.ack !== undefined) continue;
      if (entry.seen !== undefined) {
        ledger.take({ ...entry, seen: entry.seen + moved });
      } else if (entry.seq <= promised) {
        sequence = entry.seq + moved;
        ledger.take({ ...entry, seq: sequence });
        total.edits += 1;
      }
    }
  }
  ledger.take({ ack: sequence });
  const report = ledger.check(library, commonKeys);
  for (const kind of ['lost', 'torn', 'strange', 'shut']) total[kind] += report[kind];
  if (report.details.length > 0) say(`  ${JSON.stringify(report).slice(0, 1500)}`);

  // On a common passage each tab gives and takes tags of its own, and the last note of one of the tabs must stand.
  const after = new Map((library.documents.find(({ id }) => id === shared.id)?.cards ?? []).map(card => [card.quote, card]));
  for (const { quote, tags, note } of sharedBefore) {
    const key = `ann:${shared.hash}:${quote}`;
    const card = after.get(quote);
    const lastNotes = new Set();
    const lastTags = new Map(tags.map(tag => [tag, true]));
    for (const log of logs) {
      const changes = log.filter(entry => entry.key === key && entry.change).map(({ change }) => change);
      for (const { tag, on } of changes) if (tag) lastTags.set(tag, on);
      const notes = changes.filter(change => 'note' in change);
      if (notes.length > 0) lastNotes.add(notes.at(-1).note);
    }
    if (lastNotes.size === 0) lastNotes.add(note);
    const missing = !card ? 1 + lastTags.size
      : [...lastTags].filter(([tag, on]) => card.tags.includes(tag) !== on).length + (lastNotes.has(card.note) ? 0 : 1);
    total.common += missing;
    if (missing > 0) say(`  common passage “${quote}”: ${missing} lost`);
  }
}
