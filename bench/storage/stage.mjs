// What every measurement needs: a library written straight into IndexedDB once, browsers started on copies of that
// profile, functions run inside the page, and the figures of a sample.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { Bench, subjects } from '../torture/app.mjs';
import { pause, until } from '../torture/browser.mjs';
import { library } from './corpus.mjs';

export const ENGINE = 'chromium';
// A document of the app's own origin that is no page of the app: nothing else uses the database there.
const PLAIN = '/manifest.webmanifest';

export class Stage {
  static async open(dist) {
    const stage = new Stage();
    stage.bench = await Bench.open(ENGINE, subjects(dist).ours);
    stage.templates = join(stage.bench.folder, 'templates');
    mkdirSync(stage.templates);
    return stage;
  }

  get browser() {
    return this.bench.browser;
  }

  // Runs a function inside the page; it sees its arguments and nothing else of this program.
  run(inPage, ...args) {
    return this.browser.run(`return (${inPage})(...arguments)`, ...args);
  }

  async start() {
    await this.bench.start();
    await this.browser.send('POST', '/window/rect', { x: 0, y: 0, width: 1280, height: 900 });
  }

  // A browser that has never been used.
  async startEmpty() {
    this.bench.freshProfile();
    await this.start();
  }

  // A browser on a copy of a profile that was kept.
  async startFrom(name) {
    this.bench.freshProfile();
    rmSync(this.bench.profile, { recursive: true });
    cpSync(join(this.templates, name), this.bench.profile, { recursive: true });
    await this.start();
  }

  // Loads the app and waits until its service worker has kept all files: that work must not run beside a measurement.
  async load(place = '#/') {
    await this.bench.load(place);
    await this.run(() => navigator.serviceWorker.ready.then(() => true));
    await this.calm();
  }

  async plain() {
    await this.browser.go('about:blank');
    await this.browser.go(this.bench.server.origin + PLAIN);
  }

  // Lets what has just been started come to rest.
  calm(ms = 500) {
    return pause(ms);
  }

  quit() {
    return this.browser.quit();
  }

  // Makes a profile with a library and keeps it. Returns the documents, without their rows.
  async keep(name, options) {
    await this.startEmpty();
    await this.load();
    await this.plain();
    const documents = [];
    for (const { stores, ...document } of library(options)) {
      await this.run(seed, stores);
      documents.push({ ...document, rows: stores.annotations.map(([, row]) => row) });
    }
    const counts = await this.run(count, ['documents', 'annotations']);
    const wanted = [options.documents, options.documents * options.annotations];
    if (String(counts) !== String(wanted)) throw new Error(`seeded ${counts} documents and annotations, wanted ${wanted}`);
    // Once more through the app: the figures are of a profile that was used, with its files kept for offline use.
    await this.load();
    await this.quit();
    cpSync(this.bench.profile, join(this.templates, name), { recursive: true, filter: path => !/\/Singleton\w+$/.test(path) });
    return documents;
  }

  count(...stores) {
    return this.run(count, stores);
  }

  close() {
    return this.bench.close();
  }
}

// ------------------------------------------------------------------------------------------------------- in the page
async function seed(stores) {
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open('concord');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const names = Object.keys(stores);
  const transaction = database.transaction(names, 'readwrite', { durability: 'relaxed' });
  const over = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = () => failed(transaction.error);
  });
  for (const name of names) {
    const store = transaction.objectStore(name);
    for (const [key, value] of stores[name]) store.put(name === 'files' ? new TextEncoder().encode(value) : value, key);
  }
  await over;
  database.close();
}

async function count(names) {
  const database = await new Promise((done, failed) => {
    const request = indexedDB.open('concord');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const transaction = database.transaction(names);
  const counts = await Promise.all(names.map(name => new Promise((done, failed) => {
    const request = transaction.objectStore(name).count();
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  })));
  database.close();
  return counts;
}

// ----------------------------------------------------------------------------------------------------------- figures
export function quantile(sample, part) {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

export const median = sample => quantile(sample, 0.5);
export const round = (value, digits = 1) => Number(value.toFixed(digits));
// Median, 95th percentile and extremes, for the notes of a row.
export const figures = sample => `median ${round(median(sample))}, p95 ${round(quantile(sample, 0.95))}, ${round(Math.min(...sample))} to ${round(Math.max(...sample))}`;
export const spread = sample => `${round(Math.min(...sample), 2)} to ${round(Math.max(...sample), 2)}`;

// What else the machine was doing, from here until asked.
export function watchLoad() {
  const before = loadavg()[0];
  return () => `load average ${round(before, 2)} before, ${round(loadavg()[0], 2)} after`;
}

// The same things in another order each round.
export function shuffled(source, list) {
  const rest = [...list];
  const order = [];
  while (rest.length > 0) order.push(...rest.splice(source.below(rest.length), 1));
  return order;
}

export { until };
