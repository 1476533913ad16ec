/* The tree of scopes: a row each, sums of what is below where it is folded, and all that is known of a scope on request. */
function drawTree(report) {
  const target = body('scopes'), scopes = report.scopes;
  const folded = new Set(), opened = new Set();
  const cpu = scopes.reduce((n, x) => n + (x.own ? x.own.cpuSamples : 0), report.noTask.cpuSamples);
  const memory = scopes.reduce((n, x) => n + (x.own ? x.own.allocatedBytes : 0), report.noTask.allocatedBytes);
  const parents = new Set(scopes.map(x => x.parent));
  const COLUMNS = [['Scope', ''], ['Ended', ''], ['Failed', ''], ['Live', 'narrow-off'], ['p50', 'narrow-off'], ['p99', ''], ['Max', 'narrow-off'], ['Split', 'left'], ['Time', 'narrow-off'],
    ['CPU', 'narrow-off'], ['Allocated', 'narrow-off'], ['Longest waits for', 'waits narrow-off']];
  let filter = '', current = scopes.length ? scopes[0].path : '';
  const tbody = h('tbody');
  const input = h('input', {type: 'search', placeholder: 'Filter paths', 'aria-label': 'Filter paths', oninput: () => { filter = input.value.toLowerCase(); draw(); }});
  const none = h('p', {class: 'none', role: 'status'});

  function hidden(scope) {
    if (filter) return !scope.path.toLowerCase().includes(filter);
    for (const path of folded) if (scope.path.startsWith(path + '/')) return true;
    return false;
  }
  function flip(set, path) { set.has(path) ? set.delete(path) : set.add(path); draw(path); }
  function numbers(scope) {
    const own = scope.own;
    if (!own || folded.has(scope.path)) return scope.subtree;
    return {finished: ended(own), failed: own.finished.failure, live: own.live, runningNanos: own.runningNanos, queuedNanos: own.queuedNanos, parkedNanos: own.parkedNanos, cpuSamples: own.cpuSamples, allocatedBytes: own.allocatedBytes};
  }
  function key(event, scope) {
    if (event.target !== event.currentTarget) return;
    const rows = [...tbody.querySelectorAll('tr[data-path]')], at = rows.indexOf(event.currentTarget), moves = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1};
    if (event.key in moves) rows[moves[event.key]]?.focus();
    else if (event.key === 'ArrowLeft' && parents.has(scope.path) && !folded.has(scope.path)) flip(folded, scope.path);
    else if (event.key === 'ArrowRight' && folded.has(scope.path)) flip(folded, scope.path);
    else if ((event.key === 'Enter' || event.key === ' ') && scope.own) flip(opened, scope.path);
    else return;
    event.preventDefault();
  }
  function row(scope) {
    const n = numbers(scope), own = scope.own, total = n.runningNanos + n.queuedNanos + n.parkedNanos, times = own && own.duration.count ? own.duration : null;
    const isParent = parents.has(scope.path), open = !folded.has(scope.path), shown = clip(filter ? scope.path : scope.name);
    const name = sized(h('td', {class: shown.length > 32 ? 'path long' : 'path'},
      isParent ? h('button', {class: 'fold', type: 'button', tabindex: '-1', 'aria-label': (open ? 'Fold ' : 'Unfold ') + scope.path, onclick: () => flip(folded, scope.path)}, open ? '▾' : '▸') : h('span', {class: 'fold'}),
      own ? h('button', {class: 'more', type: 'button', tabindex: '-1', 'aria-expanded': String(opened.has(scope.path)), title: 'All that is known of ' + scope.path, onclick: () => flip(opened, scope.path)}, shown) : shown,
      own && open ? '' : h('span', {class: 'tag'}, ' (sum)')), {paddingLeft: 'calc(' + (filter ? 0 : Math.min(12, scope.depth)) + ' * var(--indent))'});
    const waits = own ? reasons(own).slice(0, 2).map(([r, t]) => r + ' ' + time(t)).join(', ') : '';
    const cells = [count(n.finished), h('span', {class: n.failed ? 'bad' : ''}, count(n.failed)), count(n.live), times ? time(times.p50Nanos) : '', times ? time(times.p99Nanos) : '', times ? time(times.maxNanos) : '',
      splitBar(n), total ? time(total) : '', n.cpuSamples ? percent(n.cpuSamples, cpu) : '', n.allocatedBytes ? percent(n.allocatedBytes, memory) : '', waits];
    const line = h('tr', {tabindex: scope.path === current ? '0' : '-1', 'data-path': scope.path, 'aria-level': scope.depth + 1, 'aria-expanded': isParent ? String(open) : undefined,
      onkeydown: e => key(e, scope), onfocus: () => now(scope.path)}, name, cells.map((cell, i) => h('td', {class: COLUMNS[i + 1][1]}, cell)));
    return own && opened.has(scope.path) ? [line, h('tr', {class: 'about'}, h('td', {colspan: COLUMNS.length}, aboutScope(report, scope)))] : [line];
  }
  function now(path) {
    current = path;
    for (const r of tbody.querySelectorAll('tr[data-path]')) r.tabIndex = r.dataset.path === path ? 0 : -1;
  }
  function draw(focus) {
    const shown = scopes.filter(x => !hidden(x));
    if (shown.length && !shown.some(x => x.path === current)) current = shown[0].path;
    tbody.replaceChildren(...shown.flatMap(row));
    none.textContent = shown.length ? '' : scopes.length ? 'No path contains “' + visible(input.value) + '”.' : 'The recording has no scope.';
    if (focus) [...tbody.rows].find(r => r.dataset.path === focus)?.focus();
  }
  document.addEventListener('keydown', e => {
    if (e.key === '/' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); input.focus(); }
    if (e.key === 'Escape' && document.activeElement === input) { input.value = filter = ''; draw(); }
  });
  draw();
  target.append(h('div', {class: 'controls'}, input),
    h('div', {class: 'legend'}, ['running', 'queued', 'parked'].map((n, i) => h('span', {}, h('i', {class: n}), ['running on a carrier', 'queued for a carrier', 'parked, waiting for something'][i]))),
    h('div', {class: 'scroll'}, h('table', {role: 'treegrid', 'aria-label': 'Scopes'}, h('thead', {}, h('tr', {}, COLUMNS.map(([text, cls]) => h('th', {scope: 'col', class: cls}, text)))), tbody)), none);
  if (cpu + memory > 0) target.append(h('p', {class: 'hint'}, count(cpu) + ' CPU samples (' + (report.recording.cpuEvent || 'none') + '), ' + bytes(memory) + ' allocated by samples; outside of any task: ' + percent(report.noTask.cpuSamples, cpu) + ' of CPU, ' + percent(report.noTask.allocatedBytes, memory) + ' of memory.'));
}
