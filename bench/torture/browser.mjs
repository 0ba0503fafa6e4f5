// Browsers that can be killed: started through their WebDriver with a profile of their own that survives, ended in
// order or with SIGKILL, always by process number.
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

export const ENGINES = ['chromium', 'firefox'];

// Throttling in the background would only make a run slow: it hides no race that the foreground does not have.
const CHROMIUM_ARGUMENTS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run', '--window-size=1280,400',
  '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
  '--hide-crash-restore-bubble', '--force-prefers-reduced-motion',
];
const FIREFOX_PREFERENCES = {
  'app.update.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.startup.max_resumed_crashes': -1,
};

const running = new Set();
process.on('exit', () => running.forEach(browser => browser.killNow()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

export const pause = ms => new Promise(done => setTimeout(done, ms));

// Looks again and again until `look` gives something; fails after the deadline.
export async function until(what, look, deadline = 20_000, step = 25) {
  const end = Date.now() + deadline;
  let last;
  for (;;) {
    try {
      const seen = await look();
      if (seen) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${deadline / 1000} s: ${what} (${last?.message ?? JSON.stringify(last)})`);
    await pause(step);
  }
}

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
  throw new Error(`none of ${names.join(', ')} is on the PATH`);
}

const freePort = () => new Promise((done, failed) => {
  const probe = createServer().once('error', failed).listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

// Every process with its parent, from /proc. The second field may hold blanks and brackets.
function parents() {
  const all = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state !== 'Z') all.set(Number(name), Number(parent));
    } catch { /* it has just ended */ }
  }
  return all;
}

function treeOf(root) {
  const all = parents();
  const tree = all.has(root) ? [root] : [];
  for (const parent of tree) for (const [child, its] of all) if (its === parent) tree.push(child);
  return tree;
}

function sendKill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export class Browser {
  // Starts driver and browser; the profile folder is made when it is not there.
  static async start({ engine, profile, downloads, prompts = 'accept' }) {
    const port = await freePort();
    const [name, args] = engine === 'chromium'
      ? ['chromedriver', [`--port=${port}`]]
      : ['geckodriver', ['--port', String(port), '--log', 'fatal']];
    const browser = new Browser();
    browser.engine = engine;
    browser.driver = spawn(program(name), args, { stdio: 'ignore' });
    browser.address = `http://127.0.0.1:${port}`;
    browser.pid = null;
    running.add(browser);
    try {
      await until(`${name} listens`, () => fetch(`${browser.address}/status`).then(answer => answer.ok), 20_000);
      const always = engine === 'chromium' ? chromium(profile, downloads) : firefox(profile, downloads);
      const capabilities = { alwaysMatch: { ...always, unhandledPromptBehavior: prompts } };
      const made = await browser.request('POST', '/session', { capabilities }, 120_000);
      browser.session = `/session/${made.sessionId}`;
      browser.version = `${made.capabilities.browserName} ${made.capabilities.browserVersion}`;
      browser.pid = made.capabilities['moz:processID'] ?? treeOf(browser.driver.pid)[1];
      await browser.send('POST', '/timeouts', { script: 280_000, pageLoad: 60_000 });
    } catch (error) {
      browser.killNow();
      throw error;
    }
    return browser;
  }

  async request(method, path, body, deadline = 290_000) {
    const answer = await fetch(this.address + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
      signal: AbortSignal.timeout(deadline),
    });
    const { value } = await answer.json();
    if (!answer.ok) {
      throw Object.assign(new Error(`${value?.error}: ${String(value?.message).split('\n')[0]}`), { kind: value?.error });
    }
    return value;
  }

  send(method, path, body, deadline) {
    return this.request(method, this.session + path, body, deadline);
  }

  go(url) {
    return this.send('POST', '/url', { url });
  }

  // Runs the body of a function in the page; a promise is waited for.
  run(script, ...args) {
    return this.send('POST', '/execute/sync', { script, args });
  }

  async find(css) {
    return Object.values(await this.send('POST', '/element', { using: 'css selector', value: css }))[0];
  }

  // Chooses a file in an `input[type=file]`.
  async choose(css, path) {
    await this.send('POST', `/element/${await this.find(css)}/value`, { text: path });
  }

  window() {
    return this.send('GET', '/window');
  }

  async newWindow() {
    return (await this.send('POST', '/window/new', { type: 'window' })).handle;
  }

  switchTo(handle) {
    return this.send('POST', '/window', { handle });
  }

  // A command of Chromium's developer tools.
  tools(cmd, params) {
    return this.send('POST', '/goog/cdp/execute', { cmd, params });
  }

  // Ends the whole tree of the browser's processes at once, then the driver.
  killNow() {
    const tree = this.pid ? treeOf(this.pid) : [];
    tree.forEach(sendKill);
    if (this.driver.pid) [...treeOf(this.driver.pid)].forEach(sendKill);
    running.delete(this);
    this.killed = tree;
  }

  async kill() {
    this.killNow();
    await until('the browser is gone', () => {
      const all = parents();
      return !this.killed.some(pid => all.has(pid));
    });
  }

  // Ends the browser in order, so that it has written all that it wants to write.
  async quit() {
    const tree = this.pid ? treeOf(this.pid) : [];
    try {
      await this.send('DELETE', '', undefined, 30_000);
      await until('the browser has ended', () => {
        const all = parents();
        return !tree.some(pid => all.has(pid));
      }, 15_000);
    } catch {
      // It did not want to; what follows does not ask.
    }
    await this.kill();
  }
}

function chromium(profile, downloads) {
  return {
    browserName: 'chrome',
    'goog:chromeOptions': {
      binary: program('chromium', 'google-chrome', 'chromium-browser'),
      args: [...CHROMIUM_ARGUMENTS, `--user-data-dir=${profile}`],
      prefs: { 'download.default_directory': downloads, 'download.prompt_for_download': false },
    },
  };
}

function firefox(profile, downloads) {
  return {
    browserName: 'firefox',
    'moz:firefoxOptions': {
      binary: program('firefox-esr', 'firefox'),
      args: ['-headless', '--width=1280', '--height=960', '-profile', profile],
      prefs: { ...FIREFOX_PREFERENCES, 'browser.download.dir': downloads },
    },
  };
}
