// Runs in every page before its own scripts: what is asked of the app and of the peers in the same words.
window.bench = (() => {
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const frames = async count => {
    for (let n = 0; n < count; n += 1) await frame();
  };
  // Called in an animation frame, this ends when that frame has been laid out and painted.
  const produced = () => new Promise(done => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  });
  const until = async (what, look, deadline = 20_000) => {
    const end = performance.now() + deadline;
    for (;;) {
      const seen = look();
      if (seen) return seen;
      if (performance.now() > end) throw new Error(`not within ${deadline / 1000} s: ${what}`);
      await new Promise(done => setTimeout(done, 3));
    }
  };
  // Looks in each animation frame; two frames later what was found is on screen.
  const painted = async (look, deadline = 600_000) => {
    const end = performance.now() + deadline;
    do {
      await frame();
      if (performance.now() > end) throw new Error(`nothing was painted within ${deadline / 1000} s`);
    } while (!look());
    await frames(2);
    return performance.now();
  };
  const random = seed => {
    let state = seed >>> 0;
    const below = n => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 4294967296 * n);
    };
    return { below, pick: list => list[below(list.length)] };
  };

  // ------------------------------------------------------------------------------------------------------ the app
  const tagHighlights = () => [...CSS.highlights].filter(([name]) => name.startsWith('tag-'));
  const blocks = () => [...document.querySelectorAll('article [data-block]')];
  const scroller = () => {
    for (let element = document.querySelector('article'); element; element = element.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(element).overflowY) && element.scrollHeight > element.clientHeight) return element;
    }
    throw new Error('the article does not scroll');
  };
  // Opens a document: times from the change of the address to its first text, and until passages are painted.
  const open = id => {
    let text = null;
    const observer = new MutationObserver(() => {
      if (!document.querySelector('article [data-block]')?.textContent) return;
      text = performance.now();
      observer.disconnect();
    });
    observer.observe(document.body, { subtree: true, childList: true });
    const start = performance.now();
    location.hash = `#/read/${id}`;
    return painted(() => text !== null && tagHighlights().some(([, highlight]) => highlight.size > 0)).then(end => ({ text: text - start, painted: end - start }));
  };
  // The blocks that are wholly in view. They are found by points: asking every block for its place would lay out what
  // the browser left out, and what is left out lies elsewhere than where it will be.
  const inView = (container, top, bottom) => {
    const box = container.getBoundingClientRect();
    const found = new Set();
    for (let y = top; y < bottom; y += 8) {
      const block = document.elementFromPoint(box.left + box.width / 2, y)?.closest('[data-block]');
      if (block) found.add(block);
    }
    return [...found].filter(block => {
      const place = block.getBoundingClientRect();
      return place.top >= top && place.bottom <= bottom;
    });
  };
  // In the app, the bar over the text hides what is under it.
  const visibleBlocks = () => {
    const view = scroller().getBoundingClientRect();
    return inView(document.querySelector('article'), Math.max(view.top, 0) + 56, Math.min(view.bottom, innerHeight));
  };
  const numberOf = block => Number(block.dataset.block);
  // What is painted near the screen: which tag, in which block, from and to which character, and the words.
  const highlighted = () => tagHighlights().flatMap(([name, highlight]) => [...highlight].map(painted => {
    const range = document.createRange();
    range.setStart(painted.startContainer, painted.startOffset);
    range.setEnd(painted.endContainer, painted.endOffset);
    const block = painted.startContainer.parentElement.closest('[data-block]');
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(painted.startContainer, painted.startOffset);
    return { tag: name.slice('tag-'.length), block: numberOf(block), start: before.toString().length, text: range.toString() };
  }));

  // ------------------------------------------------------------------------------------------------------- points
  const textOf = block => document.createTreeWalker(block, NodeFilter.SHOW_TEXT).nextNode();
  // Points in the middle of letters of these blocks, with the letter's place. A point hidden by something is none.
  const points = (shown, count, { below, pick }) => {
    const found = [];
    const range = document.createRange();
    for (let tries = 0; found.length < count; tries += 1) {
      if (tries > 50 * count) throw new Error('no text is in view');
      const block = pick(shown);
      const node = textOf(block);
      const at = below(node.length);
      if (node.data[at] === ' ') continue;
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (box.width > 1 && document.elementFromPoint(x, y) === block) found.push({ x, y, block: numberOf(block), at });
    }
    return found;
  };

  return { frame, frames, produced, until, painted, random, tagHighlights, blocks, scroller, open, inView, visibleBlocks, numberOf, highlighted, textOf, points };
})();
