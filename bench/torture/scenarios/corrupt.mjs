// Proves: when the browser's own database files are damaged while it is closed, the app starts, says what is wrong or
// shows everything unharmed, opens what it lists, and takes a backup in.
import { closeSync, cpSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, READING, subjects } from '../app.mjs';
import { until } from '../browser.mjs';
import { Ledger, random } from '../ledger.mjs';

export const LONG = { chromium: 50, firefox: 50 };
export const SHORT = { chromium: 5, firefox: 5 };

const DOCUMENTS = 3;
const EDITS = 20;
const START = 30_000;

// All files of IndexedDB below a profile.
function databaseFiles(profile) {
  const isOurs = path => /\/(IndexedDB|WebStorage)\/.*(leveldb|blob|indexeddb).*\//.test(path) || /\/IndexedDB\/.*(sqlite|\.db)/.test(path)
    || /\/storage\/default\/[^/]*\/idb\//.test(path);
  const walk = folder => readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
  return walk(profile).filter(path => isOurs(path) && statSync(path).isFile() && statSync(path).size > 0 && !/\/LO(CK|G|G\.old)$/.test(path));
}

export async function run({ engine, rounds, seed, dist, say = () => {} }) {
  const chance = random(seed);
  const bench = await Bench.open(engine, subjects(dist).ours);
  const total = { intact: 0, told: 0, silent: 0, hung: 0, blank: 0, shut: 0, altered: 0, gone: 0, restored: 0, notRestored: 0, notStarted: 0 };
  let backup = null;
  try {
    let browser = await bench.start();
    await bench.load();
    for (let n = 0; n < DOCUMENTS; n += 1) {
      const { id } = await browser.run('return window.torture.import(arguments[0], 60)', seed + n);
      await bench.work({ seed: seed + n, weights: READING, edits: EDITS, documents: [id] });
      await bench.finished();
    }
    const library = await bench.readBack();
    const hasBackups = await bench.canBackUp();
    if (hasBackups) backup = await bench.backUp();
    await browser.quit();
    const good = bench.profile;
    const copy = join(bench.folder, 'damaged');
    bench.profile = copy;

    for (let round = 0; round < rounds; round += 1) {
      rmSync(copy, { recursive: true, force: true });
      cpSync(good, copy, { recursive: true, verbatimSymlinks: true });
      const files = databaseFiles(copy);
      if (files.length === 0) throw new Error('the profile has no database files where they are looked for');
      // The large ones hold the data; the others tell which those are. Both are hit.
      const path = chance.next() < 0.6 ? files.reduce((a, b) => (statSync(a).size > statSync(b).size ? a : b)) : chance.pick(files);
      damage(path, chance);
      const name = path.slice(path.lastIndexOf('/') + 1);
      const outcome = await startDamaged(bench, library, say, backup);
      for (const key of outcome.counts) total[key] += 1;
      if (outcome.counts.some(key => !['intact', 'told', 'gone', 'restored'].includes(key))) say(`  round ${round}, ${name}: ${outcome.counts.join(', ')} ${outcome.detail.slice(0, 800)}`);
    }
    const bad = total.silent + total.hung + total.blank + total.shut + total.altered + total.notRestored + total.notStarted;
    return {
      id: `corrupt-${engine}`,
      what: `damaged database files after which ${engine} hangs, shows nothing, hides or alters something untold, or takes no backup in, of ${rounds}`,
      ours: bad,
      unit: 'failures',
      goal: 0,
      met: bad === 0,
      notes: `unharmed ${total.intact}, told ${total.told} (of these, the browser had thrown all away in ${total.gone}); untold ${total.silent}, altered untold ${total.altered}, hung ${total.hung}, blank ${total.blank}, listed but shut ${total.shut}; `
        + `${backup ? `backup taken in ${total.restored}, not ${total.notRestored}` : 'no backup buttons in this build'}; ${bench.version}`,
      total,
    };
  } finally {
    await bench.close();
  }
}

function damage(path, chance) {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  for (let spots = 1 + chance.below(8); spots > 0; spots -= 1) {
    const bytes = Buffer.from(Array.from({ length: 1 + chance.below(64) }, () => chance.below(256)));
    writeSync(file, bytes, 0, bytes.length, chance.below(Math.max(1, size - bytes.length)));
  }
  closeSync(file);
}

// One start on damaged files, and what a person meets.
async function startDamaged(bench, library, say, backup) {
  const counts = [];
  let detail = '';
  let browser;
  try {
    browser = await bench.start();
  } catch (error) {
    return { counts: ['notStarted'], detail: error.message };
  }
  try {
    await browser.go(bench.address());
    const state = () => browser.run('return document.documentElement.dataset.state');
    try {
      await until('an end of loading', async () => ['ready', 'failed'].includes(await state()), START);
    } catch {
      const alerts = await browser.run('return document.querySelectorAll("[role=alert]").length');
      return { counts: [alerts > 0 ? 'told' : 'hung'], detail };
    }
    const text = await browser.run('return document.body.innerText.trim().length');
    if (text === 0) return { counts: ['blank'], detail };
    await bench.prepare();
    const alerts = await browser.run('return window.torture.alerts()');
    const found = await bench.readBack();
    const ledger = new Ledger();
    ledger.rebase(library);
    const report = ledger.check(found);
    const told = [...new Set([...alerts, ...found.alerts])];
    detail = JSON.stringify({ told, lost: report.lost, torn: report.torn, strange: report.strange, shut: found.documents.filter(({ failed }) => failed).map(({ failed }) => failed) });
    const isWhole = report.lost + report.torn + report.strange + report.shut === 0;
    if (isWhole && told.length === 0) counts.push('intact');
    else if (told.length > 0) counts.push('told');
    else if (report.lost === 0 && report.shut === 0 && report.torn + report.strange > 0 && found.documents.length === library.documents.length) counts.push('altered');
    else counts.push('silent');
    if (found.documents.length === 0) counts.push('gone');
    if (report.shut > 0) counts.push('shut');
    if (backup) {
      try {
        await bench.restore(backup, 'Replace');
        await bench.load();
        const again = ledger.check(await bench.readBack());
        const isBack = again.lost + again.torn + again.strange + again.shut === 0;
        counts.push(isBack ? 'restored' : 'notRestored');
        if (!isBack) detail += JSON.stringify(again).slice(0, 300);
      } catch (error) {
        counts.push('notRestored');
        detail += error.message;
      }
    }
  } catch (error) {
    counts.push('hung');
    detail += error.message;
  } finally {
    await browser.quit();
  }
  return { counts, detail };
}
