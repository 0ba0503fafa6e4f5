// The usual app on Dexie: all is read at the start, each edit is one put of the whole record with the default
// (relaxed) durability, "saved" is said when the put has resolved, a failed put is told and not tried again, and
// windows do not hear of each other.
import Dexie from '/torture/dexie.mjs';
import { mount } from './page.js';

const database = new Dexie('stand-in');
database.version(1).stores({ documents: 'id', annotations: 'id, document' });
const root = document.documentElement;
const told = document.body.appendChild(document.createElement('p'));
told.setAttribute('role', 'alert');
told.hidden = true;
let underWay = 0;
let hasFailed = false;

async function write(what) {
  underWay += 1;
  root.dataset.unsaved = String(underWay);
  try {
    await what();
    hasFailed = false;
  } catch (error) {
    console.error(error);
    hasFailed = true;
    told.textContent = `Could not save: ${error.message}`;
  }
  underWay -= 1;
  told.hidden = !hasFailed;
  root.dataset.unsaved = String(underWay + (hasFailed ? 1 : 0));
}

mount({
  load: async () => ({ documents: await database.documents.toArray(), annotations: await database.annotations.toArray() }),
  putDocument: record => write(() => database.documents.put(record)),
  putAnnotation: record => write(() => database.annotations.put(record)),
  deleteAnnotation: id => write(() => database.annotations.delete(id)),
});
