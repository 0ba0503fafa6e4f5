// What every measurement needs: the app and the peers served on the loopback interface, a library written straight
// into IndexedDB once and kept as a profile, and a browser of its own for each single measurement.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { pause } from '../torture/browser.mjs';
import { serve } from '../torture/server.mjs';
import { documentOf, rowsOf, webAnnotationsOf } from './corpus.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
// A document of the app's own origin that is no page of the app: nothing else uses the database there.
const PLAIN = '/manifest.webmanifest';
// So many rows go into the page at once.
const CHUNK = 5_000;
const VIEW = { width: 1280, height: 900 };
// How long the app is left alone with a document that is new to it, so that it can keep what it wants to find faster
// the next time.
const CACHING = { least: 5_000, perAnnotation: 0.1 };
const SETTING_UP = 600_000;

export const CAPPED = Symbol('longer than the cap');

function program(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch { /* not in this folder */ }
    }
  }
  throw new Error(`none of ${names.join(', ')} is on the PATH; ./script/setup installs the tools`);
}

// What a run leaves when it is stopped in the middle.
const folders = new Set();
const sweep = () => folders.forEach(folder => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

// Waits no longer than the cap. What is capped goes on until its browser is closed.
export async function capped(seconds, work) {
  let timer;
  const late = new Promise(done => { timer = setTimeout(done, seconds * 1_000, CAPPED); });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Stage {
  static async open(dist) {
    if (!existsSync(join(dist, 'index.html'))) throw new Error(`there is no build in ${dist}: run trunk build --release, or set CONCORD_DIST`);
    const stage = new Stage();
    stage.folder = mkdtempSync(join(tmpdir(), 'concord-anchoring-'));
    folders.add(stage.folder);
    stage.public = join(stage.folder, 'public');
    cpSync(join(here, 'peers', 'index.html'), join(stage.public, 'index.html'), { recursive: true });
    execFileSync(program('esbuild'), [
      join(here, 'peers', 'peers.js'), '--bundle', '--format=iife', '--minify', '--log-level=warning', `--outfile=${join(stage.public, 'peers.js')}`,
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    stage.app = await serve(dist);
    stage.peers = await serve(stage.public);
    stage.libraries = new Map();
    stage.count = 0;
    return stage;
  }

  // Starts a browser on a profile, and ends it when the work is done or has failed.
  async inBrowser(profile, work) {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: program('chromium', 'google-chrome', 'chromium-browser'),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'],
      viewport: VIEW,
    });
    // After the library's own handler, which ends the browser: until then the profile is written to.
    process.off('exit', sweep).on('exit', sweep);
    try {
      await context.addInitScript({ path: join(here, 'probe.js') });
      const [page] = context.pages();
      page.setDefaultTimeout(SETTING_UP);
      return await work(page);
    } finally {
      await context.close();
    }
  }

  async inCopy(profile, work) {
    this.count += 1;
    const copy = join(this.folder, `profile-${this.count}`);
    if (profile) cpSync(profile, copy, { recursive: true, filter: path => !/\/Singleton\w+$/.test(path) });
    else mkdirSync(copy);
    try {
      return await this.inBrowser(copy, work);
    } finally {
      rmSync(copy, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  // Loads the app and waits until its service worker has kept all files: that must not run beside a measurement.
  async load(page) {
    await page.goto('about:blank');
    await page.goto(`${this.app.origin}/?lang=en#/`);
    await page.waitForFunction(() => document.documentElement.dataset.state === 'ready');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await settle(page);
  }

  // A document with its annotations, made once: `profile` is that of a browser in which the app has had it open,
  // `name` that of the peers' copies of its texts and annotations.
  async library({ seed, paragraphs, annotations }) {
    const name = `${paragraphs}-${annotations}`;
    if (this.libraries.has(name)) return this.libraries.get(name);
    const document = documentOf({ seed, paragraphs, annotations });
    const profile = join(this.folder, `library-${name}`);
    mkdirSync(profile);
    await this.inBrowser(profile, async page => {
      await this.load(page);
      await page.goto(this.app.origin + PLAIN);
      for (const [store, rows] of Object.entries(rowsOf(document))) {
        for (let at = 0; at < rows.length; at += CHUNK) await page.evaluate(put, { store, rows: rows.slice(at, at + CHUNK) });
      }
      const count = await page.evaluate(countOf, 'annotations');
      if (count !== annotations) throw new Error(`${count} annotations were written, not ${annotations}`);
      await this.load(page);
      await openDocument(page, document);
      await pause(CACHING.least + CACHING.perAnnotation * annotations);
      await settle(page);
    });
    writeFileSync(join(this.public, `${name}.texts.json`), JSON.stringify(document.texts));
    writeFileSync(join(this.public, `${name}.annotations.json`), JSON.stringify(webAnnotationsOf(document)));
    const library = { document, profile, name };
    this.libraries.set(name, library);
    return library;
  }

  // The app in a browser just started, showing its library.
  ours({ profile }, work) {
    return this.inCopy(profile, async page => {
      await this.load(page);
      return work(page);
    });
  }

  // The page of the peers in a browser just started, showing the text when there is one.
  peer(library, work) {
    return this.inCopy(null, async page => {
      await page.goto(`${this.peers.origin}/`);
      if (library) await page.evaluate(name => window.peers.show(name), library.name);
      await pause(500);
      return work(page);
    });
  }

  // A file or folder for the peers' page, under this name.
  publish(from, name) {
    cpSync(from, join(this.public, name), { recursive: true });
  }

  async close() {
    await this.app.close();
    await this.peers.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    folders.delete(this.folder);
  }
}

// Nothing unsaved, and nothing that keeps the page busy.
export async function settle(page) {
  await page.waitForFunction(() => (document.documentElement.dataset.unsaved ?? '0') === '0');
  await pause(500);
  await page.evaluate(() => new Promise(done => requestIdleCallback(done)));
}

// Opens a document without timing it, for what is measured inside.
export async function openDocument(page, { id }) {
  const times = await page.evaluate(id => window.bench.open(id), id);
  await settle(page);
  return times;
}

// ------------------------------------------------------------------------------------------------------- in the page
async function put({ store: name, rows }) {
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open('concord');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const transaction = database.transaction(name, 'readwrite', { durability: 'relaxed' });
  const over = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error);
  });
  const store = transaction.objectStore(name);
  for (const [key, value] of rows) store.put(name === 'files' ? new TextEncoder().encode(value) : value, key);
  await over;
  database.close();
}

async function countOf(name) {
  const get = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const database = await get(indexedDB.open('concord'));
  const count = await get(database.transaction(name).objectStore(name).count());
  database.close();
  return count;
}
