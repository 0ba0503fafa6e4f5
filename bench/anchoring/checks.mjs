// Whether what is on screen is what was stored: before that no time counts.

function compare(who, wanted, found) {
  const [expected, seen] = [wanted, found].map(list => [...list].sort());
  if (expected.length === 0) throw new Error(`${who}: no passage is in view, nothing can be checked`);
  const at = expected.findIndex((entry, n) => entry !== seen[n]);
  if (at >= 0 || expected.length !== seen.length) {
    throw new Error(`${who}: ${seen.length} highlights instead of ${expected.length}; wanted “${expected[at]}”, found “${seen[at]}”`);
  }
}

const inBlocks = (annotations, blocks) => annotations.filter(({ block }) => blocks.includes(block));

// The text of the reader, and the highlights of the blocks in view.
export async function checkOurs(page, { whole, starts, annotations }) {
  const { text, blocks, highlighted } = await page.evaluate(() => {
    const { bench } = window;
    const text = bench.blocks().map(block => block.textContent).join('\n');
    return { text, blocks: bench.visibleBlocks().map(bench.numberOf), highlighted: bench.highlighted() };
  });
  if (text !== whole) throw new Error('ours: the text on screen is not the one that was stored');
  const entry = (tag, start, exact) => `${tag} ${start} ${exact}`;
  const wanted = inBlocks(annotations, blocks).flatMap(({ tags, start, quote }) => tags.map(tag => entry(tag, start, quote.exact)));
  compare('ours', wanted, inBlocks(highlighted, blocks).map(({ tag, block, start, text }) => entry(tag, starts[block] + start, text)));
}

// The highlights of a peer in these blocks, as it says itself.
export function checkPeer(who, { annotations }, blocks, highlighted) {
  const entry = (id, exact) => `${id} ${exact}`;
  compare(who, inBlocks(annotations, blocks).map(({ id, quote }) => entry(id, quote.exact)), highlighted.map(({ id, text }) => entry(id, text)));
}
