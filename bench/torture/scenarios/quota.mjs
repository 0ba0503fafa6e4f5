// Proves: when the space runs out while a person writes, or the browser refuses storage altogether, the page says so,
// counts what is not saved, loses nothing that it called saved, and writes the rest once there is space again.
// Chromium only: its developer tools can set the quota.
import { Bench, READING, subjects } from '../app.mjs';
import { until } from '../browser.mjs';
import { Ledger, random } from '../ledger.mjs';

export const ENGINES = ['chromium'];
export const LONG = { chromium: 10 };
export const SHORT = { chromium: 2 };

// Room for the app and its documents, and not much more.
const QUOTA = 32 * 1024 * 1024;
const EDITS_WHEN_FULL = 12;
const MESSAGE = 20_000;

// Fills what is left of the quota, in ever smaller pieces, with another database of the same origin.
const FILL = `
  return new Promise(filled => {
    const request = indexedDB.open('filler');
    request.onupgradeneeded = () => request.result.createObjectStore('rows', { autoIncrement: true });
    request.onsuccess = async () => {
      const database = request.result, noise = new Uint8Array(4 * 1024 * 1024);
      // Noise, because zeros would be packed.
      for (let at = 0; at < noise.length; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
      const put = size => new Promise(done => {
        const writing = database.transaction('rows', 'readwrite');
        writing.objectStore('rows').add(noise.slice(0, size));
        writing.oncomplete = () => done(true);
        writing.onabort = () => done(false);
      });
      for (let size = noise.length; size >= 16; size = Math.floor(size / 4)) while (await put(size));
      database.close();
      filled(true);
    };
  })`;

const REFUSALS = {
  'there is no indexedDB': 'Object.defineProperty(window, "indexedDB", { get: () => undefined })',
  'open throws': 'IDBFactory.prototype.open = () => { throw new DOMException("refused", "SecurityError"); }',
  'open fails': `IDBFactory.prototype.open = () => {
    const request = new EventTarget();
    Object.assign(request, { error: new DOMException("Internal error opening backing store", "UnknownError"), readyState: 'done' });
    const open = Object.create(IDBOpenDBRequest.prototype, {
      error: { get: () => request.error }, readyState: { get: () => 'done' }, result: { get: () => { throw request.error; } },
      onerror: { set: handler => setTimeout(() => handler?.call(open, new Event('error'))) },
      onsuccess: { set: () => {} }, onupgradeneeded: { set: () => {} }, onblocked: { set: () => {} },
      addEventListener: { value: (name, handler) => name === 'error' && setTimeout(() => (handler.handleEvent ?? handler).call(open, new Event('error'))) },
      removeEventListener: { value: () => {} },
    });
    return open;
  }`,
};

export async function run(options) {
  const { engine, rounds, seed, dist, say = () => {} } = options;
  const subject = options.subject ?? subjects(dist).ours;
  const chance = random(seed);
  const total = { acknowledged: 0, lost: 0, silent: 0, stuck: 0, full: 0 };
  let version = '';
  for (let round = 0; round < rounds; round += 1) {
    const bench = await Bench.open(engine, subject);
    try {
      await oneRound(bench, { kind: round % 2 === 0 ? 'lift' : 'close', seed: chance.below(2 ** 31), pace: options.pace, total, say });
      version = bench.version;
    } finally {
      await bench.close();
    }
  }
  const bad = total.lost + total.silent + total.stuck;
  const rows = [{
    id: `quota-${engine}`,
    what: `acknowledged edits lost, and times nothing was told or nothing came of “Try again”, over ${rounds} times of running out of space`,
    ours: bad,
    unit: 'failures',
    goal: 0,
    met: bad === 0 && total.full === rounds,
    notes: `${total.acknowledged} acknowledged edits; lost ${total.lost}, untold ${total.silent}, not written afterwards ${total.stuck}; space ran out in ${total.full} of ${rounds} rounds; ${version}`,
    total,
  }];
  if (subject.name === 'ours' && !options.subject) rows.push(await refused(engine, subject, say));
  return rows;
}

async function oneRound(bench, { kind, seed, pace, total, say }) {
  const browser = await bench.start();
  const ledger = new Ledger();
  const origin = bench.server.origin;
  await browser.tools('Storage.overrideQuotaForOrigin', { origin, quotaSize: QUOTA });
  await bench.load();
  await bench.work({ seed, weights: READING, edits: 10, firstImport: 40 });
  for (const entry of await bench.finished()) ledger.take(entry);
  const id = (await browser.run('return window.torture.titles()'))[0].id;
  const sequence = await browser.run('return Math.max(...window.torture.log.map(entry => entry.seq ?? 0))');
  await bench.work({ seed: seed + 1, weights: READING, isStormy: true, documents: [id], sequence, pace });
  const made = () => bench.progress().then(({ done }) => done);
  await until('the storm', async () => (await made()) >= 3);
  await browser.run(FILL);
  // What was written after the last filling still finds a few bytes; go on until nothing does.
  const atFull = await made();
  const told = await until('a message that space ran out', async () => {
    const { alerts, unsaved, done } = await browser.run('return { alerts: window.torture.alerts(), unsaved: Number(document.documentElement.dataset.unsaved), done: window.torture.done }');
    return (alerts.length > 0 && unsaved > 0 || done > atFull + 2 * EDITS_WHEN_FULL) && { alerts, unsaved };
  }, MESSAGE).catch(() => ({ alerts: [], unsaved: 0 }));
  if (told.alerts.length > 0) await until('some edits without space', async () => (await made()) >= atFull + EDITS_WHEN_FULL, MESSAGE).catch(() => {});
  await browser.run('window.torture.wantsStop = true');
  await until('the storm is over', async () => (await bench.progress()).isOver, 30_000);
  const isReallyFull = await browser.run(`
    return new Promise(done => {
      const request = indexedDB.open('filler');
      request.onsuccess = () => {
        const writing = request.result.transaction('rows', 'readwrite');
        writing.objectStore('rows').add(crypto.getRandomValues(new Uint8Array(4096)));
        writing.oncomplete = () => done(false);
        writing.onabort = () => done(true);
      };
    })`);
  if (isReallyFull) total.full += 1;
  if (told.alerts.length === 0 || told.unsaved === 0) {
    total.silent += 1;
    say(`  nothing told when space ran out: ${JSON.stringify(told)}, full: ${isReallyFull}`);
  }
  const error = (await bench.progress()).error;
  if (error) say(`  in the page: ${error}`);

  if (kind === 'lift') {
    await browser.tools('Storage.overrideQuotaForOrigin', { origin });
    const isPressed = await browser.run('return window.torture.pressButton("Try again")');
    // Where nothing can be pressed, a person writes on.
    let last = [];
    if (!isPressed) {
      const upTo = await browser.run('return Math.max(...window.torture.log.map(entry => entry.seq ?? 0))');
      for (const entry of await browser.run('return window.torture.log')) ledger.take(entry);
      await bench.work({ seed: seed + 2, weights: { tag: 1 }, edits: 3, documents: [id], sequence: upTo });
      last = await bench.finished().catch(() => []);
    }
    try {
      await until('nothing unsaved', () => browser.run('return Number(document.documentElement.dataset.unsaved) === 0'), 20_000);
      await browser.run('return window.torture.settle()');
    } catch (failure) {
      total.stuck += 1;
      say(`  ${failure.message}`);
    }
    for (const entry of last) ledger.take(entry);
  }
  for (const entry of await browser.run('return window.torture.log')) ledger.take(entry);
  // Edits counted twice are the same entries.
  for (const [key, versions] of ledger.things) ledger.things.set(key, versions.filter((version, at) => version.seq === 0 || versions.findIndex(({ seq }) => seq === version.seq) === at));
  await browser.tools('Storage.overrideQuotaForOrigin', { origin, ...(kind === 'close' ? { quotaSize: QUOTA } : {}) });
  await bench.load();
  const report = ledger.check(await bench.readBack());
  total.acknowledged += ledger.countAcknowledged();
  total.lost += report.lost + report.torn + report.strange + report.shut;
  if (report.details.length > 0) say(`  ${kind}: ${JSON.stringify(report).slice(0, 1500)}`);
  await browser.quit();
}

// Storage that cannot be had: a message, and no promise.
async function refused(engine, subject, say) {
  const untold = [];
  for (const [name, source] of Object.entries(REFUSALS)) {
    const bench = await Bench.open(engine, subject);
    try {
      const browser = await bench.start();
      await browser.tools('Page.addScriptToEvaluateOnNewDocument', { source });
      await bench.load();
      const alerts = () => browser.run('return window.torture.alerts()');
      await until('a message', async () => (await alerts()).length > 0, 5_000).catch(() => {});
      const early = await alerts();
      await bench.work({ seed: 1, weights: { tag: 1 }, edits: 3, firstImport: 20, isStormy: true });
      await until('three edits', async () => (await bench.progress()).isOver, 30_000);
      const { error } = await bench.progress();
      const unsaved = await browser.run('return Number(document.documentElement.dataset.unsaved)');
      const late = await alerts();
      const promised = (await browser.run('return window.torture.log')).some(entry => entry.ack > 1);
      if (early.length === 0 || late.length === 0 || unsaved === 0 || promised || error) {
        untold.push(name);
        say(`  ${name}: ${JSON.stringify({ early, late, unsaved, promised, error })}`);
      }
      await browser.quit();
    } catch (error) {
      untold.push(name);
      say(`  ${name}: ${error.message}`);
    } finally {
      await bench.close();
    }
  }
  return {
    id: `refused-${engine}`,
    what: `ways of refusing storage (${Object.keys(REFUSALS).join(', ')}) that are not told, or in which something is called saved`,
    ours: untold.length,
    unit: `of ${Object.keys(REFUSALS).length}`,
    goal: 0,
    met: untold.length === 0,
    notes: untold.length > 0 ? `not told: ${untold.join(', ')}` : 'each told at the start, edits possible and counted as unsaved',
  };
}
