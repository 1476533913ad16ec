// SPDX-License-Identifier: Apache-2.0
// Takes pictures of the dashboards: node preview.mjs PROMETHEUS FOLDER [DASHBOARD [SCOPE [RANGE-SECONDS [TO]]]]
// Needs `npm ci && npm run build` once, chromium on the PATH, and a Prometheus that scrapes the demo with our rules.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const dashboards = join(here, '..', 'dashboards');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
const [prometheus, folder, only, scope = '.*', range = '900', to] = process.argv.slice(2);
if (!prometheus || !folder) {
  console.error('usage: node preview.mjs PROMETHEUS FOLDER [DASHBOARD [SCOPE [RANGE-SECONDS [TO]]]]');
  process.exit(2);
}

/** The page, the dashboards, and Prometheus behind the same address. */
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  try {
    if (url.pathname.startsWith('/prometheus/')) {
      const answer = await fetch(prometheus + url.pathname.slice('/prometheus'.length) + url.search);
      response.writeHead(answer.status, { 'Content-Type': 'application/json' });
      response.end(await answer.text());
      return;
    }
    const root = url.pathname.startsWith('/dashboards/') ? join(here, '..') : join(here, 'dist');
    const file = normalize(join(root, url.pathname === '/' ? 'index.html' : url.pathname));
    if (!file.startsWith(root)) {
      throw new Error('outside');
    }
    const content = readFileSync(file);
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(content);
  } catch (error) {
    response.writeHead(404);
    response.end(String(error));
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(dashboards).filter((file) => file.endsWith('.json'))) {
  const uid = name.replace('.json', '');
  if (only && only !== uid) {
    continue;
  }
  const { panels } = JSON.parse(readFileSync(join(dashboards, name), 'utf8'));
  const height = 60 + Math.max(...panels.map(({ gridPos }) => (gridPos.y + gridPos.h) * 38));
  const at = to ? `&to=${to}` : '';
  const page = `http://127.0.0.1:${server.address().port}/?dashboard=${uid}&scope=${encodeURIComponent(scope)}&range=${range}${at}`;
  await promisify(execFile)(
    'chromium',
    ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=1600,${height}`, '--virtual-time-budget=20000',
      `--screenshot=${join(folder, uid + '.png')}`, page],
    { timeout: 120_000 }
  );
  console.log(join(folder, uid + '.png'));
}
server.close();
