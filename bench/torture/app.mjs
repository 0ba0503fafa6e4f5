// The app from outside: opened in a browser, read back, backed up and restored through its own buttons.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Browser, pause, until } from './browser.mjs';
import { DRIVER, here, serve } from './server.mjs';

// What a person does while reading, in parts of a whole.
export const EVERYDAY = { tag: 40, addTag: 12, note: 18, remove: 8, undo: 10, rename: 4, change: 3, import: 4, drop: 1 };
// The same without what leaves the text.
export const READING = { tag: 40, addTag: 20, note: 24, remove: 8, undo: 8 };

// The implementations that can be tortured: the app, and the stand-ins that keep data the way other apps do.
export const subjects = dist => ({
  ours: { name: 'ours', folder: dist },
  dexie: { name: 'dexie', folder: join(here, 'peers'), page: 'dexie.html' },
  'whole-state': { name: 'whole-state', folder: join(here, 'peers'), page: 'whole-state.html' },
});

const ANSWER = 30_000;

// What a run leaves when it is stopped in the middle.
const folders = new Set();
process.on('exit', () => folders.forEach(folder => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })));

// A server, a profile that survives the browser, and a folder for files; all gone when closed.
export class Bench {
  static async open(engine, subject) {
    if (!existsSync(join(subject.folder, subject.page ?? 'index.html'))) {
      throw new Error(`there is no build in ${subject.folder}: run trunk build --release, or set CONCORD_DIST`);
    }
    const bench = new Bench();
    bench.engine = engine;
    bench.subject = subject;
    bench.server = await serve(resolve(subject.folder));
    bench.folder = mkdtempSync(join(tmpdir(), 'concord-torture-'));
    folders.add(bench.folder);
    bench.freshProfile();
    return bench;
  }

  freshProfile() {
    if (this.profile) rmSync(this.profile, { recursive: true, force: true });
    this.count = (this.count ?? 0) + 1;
    this.profile = join(this.folder, `profile-${this.count}`);
    this.downloads = join(this.folder, `downloads-${this.count}`);
    mkdirSync(this.profile);
    mkdirSync(this.downloads);
  }

  address(place = '') {
    return `${this.server.origin}/${this.subject.page ?? ''}?lang=en${place}`;
  }

  async start() {
    this.browser = await Browser.start({ engine: this.engine, profile: this.profile, downloads: this.downloads });
    this.version = this.browser.version;
    return this.browser;
  }

  // Loads the app anew in the window that is current, and the script that drives it.
  async load(place = '', deadline = 30_000) {
    await this.browser.go('about:blank');
    await this.browser.go(this.address(place));
    await until('the app is ready', () => this.browser.run('return document.documentElement.dataset.state === "ready"'), deadline);
    await this.prepare();
  }

  async prepare() {
    const script = `
      if (window.torture) return true;
      if (!document.querySelector('script[src="${DRIVER}"]')) {
        const script = document.createElement('script');
        script.type = 'module';
        script.src = '${DRIVER}';
        document.head.append(script);
      }
      return false`;
    await until('the driving script', () => this.browser.run(script));
  }

  readBack() {
    return this.browser.run('return window.torture.readBack()');
  }

  // Starts the work in the current window and does not wait for its end.
  work(options) {
    return this.browser.run('window.torture.start(arguments[0])', options);
  }

  // A page that does not answer this short question hangs.
  async progress() {
    const script = 'const { done, isOver, error } = window.torture; return { done, isOver, error }';
    try {
      return await this.browser.send('POST', '/execute/sync', { script, args: [] }, ANSWER);
    } catch (error) {
      if (error.name !== 'TimeoutError') throw error;
      return { done: 0, isOver: true, error: `the page did not answer within ${ANSWER / 1000} s` };
    }
  }

  async finished(deadline = 600_000) {
    const seen = await until('the work is done', async () => {
      const progress = await this.progress();
      return progress.isOver && progress;
    }, deadline, 100);
    if (seen.error) throw new Error(`in the page: ${seen.error}`);
    return this.browser.run('return window.torture.log');
  }

  async stopWork() {
    await this.browser.run('window.torture.wantsStop = true');
    return this.finished(60_000);
  }

  // Whether the app has the buttons of backup and restore: they are part of a binary that is loaded with the settings.
  async canBackUp() {
    if (this.subject.name !== 'ours') return false;
    await this.go('#/settings', 'main h1');
    return until('the buttons for backups', () => this.browser.run(`
      const names = [...document.querySelectorAll('button')].map(button => button.textContent.trim());
      return names.includes('Download backup') && names.includes('Restore backup')`), 30_000);
  }

  async go(hash, css) {
    await this.browser.run('location.hash = arguments[0]', hash);
    await until(`${css} at ${hash}`, () => this.browser.run('return location.hash === arguments[0] && !document.querySelector("article") && Boolean(document.querySelector(arguments[1]))', hash, css));
  }

  press(name) {
    return until(`the button “${name}”`, () => this.browser.run('return window.torture.pressButton(arguments[0])', name));
  }

  // Presses “Download backup” and returns the path of the file.
  async backUp() {
    await this.go('#/settings', 'main h1');
    const before = new Set(readdirSync(this.downloads));
    await this.press('Download backup');
    const fresh = () => readdirSync(this.downloads).filter(name => !before.has(name));
    const name = await until('the backup file', () => {
      const names = fresh();
      return names.some(name => /\.(part|crdownload|tmp)$/.test(name)) ? null : names.find(name => name.endsWith('.zip'));
    }, 60_000);
    return join(this.downloads, name);
  }

  // Chooses a backup and waits for the preview; `start` then presses the last button.
  async chooseBackup(path, mode) {
    await this.go('#/settings', 'main h1');
    await this.press('Restore backup');
    await until('the dialog', () => this.browser.run('return Boolean(document.querySelector("dialog[open] input[type=file]"))'));
    await this.browser.choose('dialog[open] input[type=file]', path);
    await until('the preview', () => this.browser.run('return Boolean(document.querySelector("[data-restore=preview]"))'), 60_000);
    await until(`the choice “${mode}”`, () => this.browser.run(`
      const labels = [...document.querySelectorAll('dialog[open] label, dialog[open] [role=radio]')];
      const label = labels.find(label => label.textContent.trim().startsWith(arguments[0]));
      if (!label) return false;
      (label.querySelector('input') ?? label.control ?? label).click();
      return true`, mode));
  }

  // Another choice is looked at anew, so the button comes and goes.
  startRestore() {
    return until('the button “Restore”', () => this.browser.run(`
      const buttons = [...document.querySelectorAll('dialog[open] button')];
      const button = buttons.find(button => button.textContent.trim() === 'Restore');
      button?.click();
      return Boolean(button)`), 60_000);
  }

  restored(deadline = 120_000) {
    return until('the restore is done', () => this.browser.run('return Boolean(document.querySelector("[data-restore=done]"))'), deadline);
  }

  async restore(path, mode) {
    await this.chooseBackup(path, mode);
    await this.startRestore();
    await this.restored();
  }

  // All rows of the app's database as they are, without going through the app. Bytes as a checksum.
  rows() {
    return this.browser.run(RAW_ROWS);
  }

  async close() {
    await this.browser?.kill();
    await this.server.close();
    await pause(50);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    folders.delete(this.folder);
  }
}

const RAW_ROWS = `
  const text = async value => {
    if (value instanceof Blob) value = await value.arrayBuffer();
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      const digest = await crypto.subtle.digest('SHA-256', value);
      return 'sha-256 ' + [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return (async () => {
    const known = await indexedDB.databases();
    if (!known.some(({ name }) => name === 'concord')) return {};
    const database = await new Promise((done, failed) => {
      const request = indexedDB.open('concord');
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
    const rows = {};
    try {
      for (const store of database.objectStoreNames) {
        const reading = database.transaction(store).objectStore(store);
        const get = request => new Promise((done, failed) => {
          request.onsuccess = () => done(request.result);
          request.onerror = () => failed(request.error);
        });
        const [keys, values] = await Promise.all([get(reading.getAllKeys()), get(reading.getAll())]);
        rows[store] = [];
        for (let at = 0; at < keys.length; at += 1) rows[store].push([JSON.stringify(keys[at]), await text(values[at])]);
      }
    } finally {
      database.close();
    }
    return rows;
  })()`;

// What is half there in the stored rows: unreadable JSON, a document without its text or original, and the reverse.
export function brokenRows(rows) {
  const problems = [];
  const parsed = {};
  for (const [store, list] of Object.entries(rows)) {
    parsed[store] = new Map();
    for (const [key, value] of list) {
      if (store === 'files') continue;
      try {
        parsed[store].set(key, JSON.parse(value));
      } catch {
        problems.push(`${store} ${key} is no JSON`);
      }
    }
  }
  const ofDocument = store => new Set((rows[store] ?? []).map(([key]) => JSON.parse(key)[0]));
  const texts = ofDocument('revisions');
  const files = ofDocument('files');
  const documents = new Set((rows.documents ?? []).map(([key]) => JSON.parse(key)));
  for (const id of documents) {
    if (!texts.has(id)) problems.push(`document ${id} has no text`);
    if (!files.has(id)) problems.push(`document ${id} has no original`);
  }
  for (const id of texts) if (!documents.has(id)) problems.push(`a text without its document ${id}`);
  for (const id of ofDocument('annotations')) if (!documents.has(id)) problems.push(`passages without their document ${id}`);
  return problems;
}
