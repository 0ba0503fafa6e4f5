// The peers, bundled into one page of their own: what each is asked to do, in its own way.
import '@recogito/text-annotator/text-annotator.css';
import * as hypothesis from './hypothesis.js';
import * as plain from './plain.js';
import * as recogito from './recogito.js';
import * as wrap from './wrap.js';

const container = document.getElementById('text');

async function load(name) {
  const read = async what => (await fetch(`${name}.${what}.json`)).text();
  peers.texts = JSON.parse(await read('texts'));
  peers.json = await read('annotations');
}

// Puts the text on the page. Each paragraph ends with the line feed that stands between blocks in the text, which
// nobody sees: so the text of the page is the text itself, and positions are the same for everyone.
function fill() {
  peers.texts.forEach((text, n) => {
    const paragraph = document.createElement('p');
    paragraph.dataset.block = n;
    paragraph.textContent = n === peers.texts.length - 1 ? text : `${text}\n`;
    container.append(paragraph);
  });
}

async function show(name) {
  await load(name);
  fill();
  await window.bench.frames(2);
}

// The paragraphs that are wholly in view.
const visibleBlocks = () => window.bench.inView(container, 0, innerHeight);

const peers = window.peers = { container, load, fill, show, visibleBlocks, recogito, wrap, plain, hypothesis };
