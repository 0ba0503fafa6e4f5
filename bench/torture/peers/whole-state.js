// The usual app that keeps its whole state as one JSON text: written half a second after the last edit and when the
// page goes, an error only logged. Like the apps it stands for it has no sign for what is not saved yet, so that a
// person takes what is on screen for kept: data-unsaved is always 0.
import { mount } from './page.js';

const PAUSE = 500;
const state = { documents: [], annotations: [] };
let timer = null;

const database = await new Promise((done, failed) => {
  const request = indexedDB.open('stand-in-whole-state');
  request.onupgradeneeded = () => request.result.createObjectStore('state');
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

function flush() {
  if (timer === null) return;
  clearTimeout(timer);
  timer = null;
  const transaction = database.transaction('state', 'readwrite');
  transaction.onabort = () => console.error(transaction.error);
  transaction.objectStore('state').put(JSON.stringify(state), 'state');
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
}

addEventListener('pagehide', flush);
addEventListener('beforeunload', flush);
document.addEventListener('visibilitychange', flush);

mount({
  load: () => new Promise((done, failed) => {
    const request = database.transaction('state').objectStore('state').get('state');
    request.onsuccess = () => done(Object.assign(state, JSON.parse(request.result ?? '{}')));
    request.onerror = () => failed(request.error);
  }),
  // The page changes the lists of the state itself.
  putDocument: soon,
  putAnnotation: soon,
  deleteAnnotation: soon,
});
