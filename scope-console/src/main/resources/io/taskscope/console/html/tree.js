/* The tree of scopes: a row each, sums of what is below where it is folded. */
function drawTree(report) {
  const target = body('scopes');
  const scopes = report.scopes;
  const folded = new Set();
  const cpu = scopes.reduce((n, x) => n + (x.own ? x.own.cpuSamples : 0), report.noTask.cpuSamples);
  const memory = scopes.reduce((n, x) => n + (x.own ? x.own.allocatedBytes : 0), report.noTask.allocatedBytes);
  const parents = new Set(scopes.map(x => x.parent));
  let filter = '';
  const tbody = h('tbody');
  const input = h('input', {type: 'search', placeholder: 'Filter paths', 'aria-label': 'Filter paths', oninput: () => { filter = input.value; draw(); }});

  function hidden(scope) {
    if (filter) return !scope.path.includes(filter);
    for (const path of folded) if (scope.path.startsWith(path + '/')) return true;
    return false;
  }
  function toggle(scope) { folded.has(scope.path) ? folded.delete(scope.path) : folded.add(scope.path); draw(scope.path); }
  function numbers(scope) {
    const own = scope.own;
    if (own && !folded.has(scope.path)) {
      const ended = own.finished.success + own.finished.failure + own.finished.cancelled + own.finished.abandoned;
      return {finished: ended, failed: own.finished.failure, live: own.live, runningNanos: own.runningNanos, queuedNanos: own.queuedNanos, parkedNanos: own.parkedNanos, cpuSamples: own.cpuSamples, allocatedBytes: own.allocatedBytes};
    }
    return folded.has(scope.path) || !own ? scope.subtree : null;
  }
  function reasons(own) {
    const list = Object.entries(own.parkedBy).map(([reason, t]) => [reason, t.nanos, t.count + ' times']);
    if (own.parkedNotRecordedNanos > 0) list.push(['not recorded (short)', own.parkedNotRecordedNanos, '']);
    return list.sort((a, b) => b[1] - a[1]);
  }
  function key(event, scope) {
    const rows = [...tbody.querySelectorAll('tr[data-path]')], at = rows.indexOf(event.currentTarget);
    if (event.key === 'ArrowDown' && rows[at + 1]) rows[at + 1].focus();
    else if (event.key === 'ArrowUp' && rows[at - 1]) rows[at - 1].focus();
    else if (event.key === 'ArrowLeft' && parents.has(scope.path) && !folded.has(scope.path)) toggle(scope);
    else if (event.key === 'ArrowRight' && folded.has(scope.path)) toggle(scope);
    else return;
    event.preventDefault();
  }
  function row(scope) {
    const n = numbers(scope), own = scope.own, total = n.runningNanos + n.queuedNanos + n.parkedNanos;
    const isParent = parents.has(scope.path), open = !folded.has(scope.path);
    const name = h('td', {},
      isParent ? h('button', {class: 'fold', type: 'button', tabindex: '-1', 'aria-label': (open ? 'Fold ' : 'Unfold ') + scope.path, onclick: () => toggle(scope)}, open ? '▾' : '▸') : h('span', {class: 'fold'}),
      filter ? scope.path : scope.name, own || !open ? '' : h('span', {class: 'tag'}, ' (sum)'));
    name.style.paddingLeft = (filter ? 0 : scope.depth * 1.1) + 'rem';
    const waits = own ? reasons(own).slice(0, 2).map(([r, t]) => r + ' ' + time(t)).join(', ') : '';
    return h('tr', {tabindex: '0', 'data-path': scope.path, 'aria-level': scope.depth + 1, 'aria-expanded': isParent ? String(open) : undefined, onkeydown: e => key(e, scope)},
      name, h('td', {}, count(n.finished)), h('td', {class: n.failed ? 'bad' : ''}, count(n.failed)), h('td', {class: 'narrow-off'}, count(n.live)),
      h('td', {class: 'narrow-off'}, own ? time(own.duration.p50Nanos) : ''), h('td', {}, own ? time(own.duration.p99Nanos) : ''), h('td', {class: 'narrow-off'}, own ? time(own.duration.maxNanos) : ''),
      h('td', {}, splitBar(n)), h('td', {class: 'narrow-off'}, total ? time(total) : ''),
      h('td', {class: 'narrow-off'}, percent(n.cpuSamples, cpu)), h('td', {class: 'narrow-off'}, percent(n.allocatedBytes, memory)), h('td', {class: 'waits narrow-off tag'}, waits));
  }
  function draw(focus) {
    const shown = scopes.filter(x => !hidden(x));
    tbody.replaceChildren(...shown.map(row));
    if (focus) [...tbody.rows].find(r => r.dataset.path === focus)?.focus();
  }
  const off = {scope: 'col', class: 'narrow-off'};
  document.addEventListener('keydown', e => {
    if (e.key === '/' && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); input.focus(); }
    if (e.key === 'Escape' && document.activeElement === input) { input.value = filter = ''; draw(); }
  });
  draw();
  target.append(h('div', {class: 'controls'}, input),
    h('div', {class: 'legend'}, ['running', 'queued', 'parked'].map((n, i) => h('span', {}, h('i', {class: n}), ['running on a carrier', 'queued for a carrier', 'parked, waiting for something'][i]))),
    h('div', {class: 'scroll'}, h('table', {role: 'treegrid', 'aria-label': 'Scopes'}, h('thead', {}, h('tr', {},
      h('th', {scope: 'col'}, 'Scope'), h('th', {scope: 'col'}, 'Ended'), h('th', {scope: 'col'}, 'Failed'), h('th', off, 'Live'), h('th', off, 'p50'), h('th', {scope: 'col'}, 'p99'), h('th', off, 'Max'),
      h('th', {scope: 'col', class: 'left'}, 'Time split'), h('th', off, 'Time'), h('th', off, 'CPU'), h('th', off, 'Allocated'), h('th', {scope: 'col', class: 'waits narrow-off'}, 'Longest waits for'))), tbody)));
  if (cpu + memory > 0) target.append(h('p', {class: 'hint'}, count(cpu) + ' CPU samples (' + (report.recording.cpuEvent || 'none') + '), ' + bytes(memory) + ' allocated by samples; outside of any task: ' + percent(report.noTask.cpuSamples, cpu) + ' of CPU, ' + percent(report.noTask.allocatedBytes, memory) + ' of memory.'));
}
