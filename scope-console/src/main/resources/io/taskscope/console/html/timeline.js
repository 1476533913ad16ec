/* Live tasks by scope over time, the longest tasks as bars, and the phases of shutdowns. */
function drawTimeline(report) {
  const target = body('timeline'), duration = Math.max(1, report.recording.durationNanos);
  const narrow = window.innerWidth < 720;
  const width = narrow ? 560 : 1150, left = narrow ? 150 : 240, right = 78, plot = width - left - right;
  const x = nanos => left + plot * Math.min(1, Math.max(0, nanos / duration));
  const short = path => path.length > (narrow ? 21 : 34) ? '…' + path.slice(-(narrow ? 20 : 33)) : path;
  const rows = report.scopes.filter(z => z.own && z.own.liveSeries.some(v => v > 0))
    .sort((a, b) => sum(b.own.liveSeries) - sum(a.own.liveSeries)).slice(0, 24).sort((a, b) => a.path < b.path ? -1 : 1);
  function sum(list) { return list.reduce((p, q) => p + q, 0); }
  const parts = [];
  let y = 22;
  for (const scope of rows) {
    const series = scope.own.liveSeries, max = Math.max(...series), height = 26, step = plot / series.length;
    let d = 'M' + left + ' ' + (y + height);
    series.forEach((v, i) => { const level = (y + height - v / max * (height - 3)).toFixed(1); d += 'L' + (left + i * step).toFixed(1) + ' ' + level + 'L' + (left + (i + 1) * step).toFixed(1) + ' ' + level; });
    d += 'L' + (left + plot) + ' ' + (y + height) + 'Z';
    parts.push(s('g', {}, s('title', {}, scope.path + ': at most ' + max + ' live tasks on average in ' + time(duration / series.length)),
      s('text', {x: left - 8, y: y + height - 7, 'text-anchor': 'end'}, short(scope.path)), s('path', {class: 'area', d}),
      s('text', {x: left + plot + 6, y: y + height - 7}, 'max ' + digits(max))));
    y += height + 6;
  }
  const tasks = [...report.slowestTasks.slice(0, 24), ...report.liveTasks.slice(0, 16)].filter(t => t.ageNanos > 0).sort((a, b) => a.startNanos - b.startNanos);
  if (tasks.length) {
    y += 12;
    parts.push(s('text', {x: left - 8, y: y + 9, 'text-anchor': 'end'}, 'longest tasks'));
    for (const t of tasks) {
      const from = x(t.startNanos), to = x(t.startNanos + t.ageNanos);
      parts.push(s('rect', {class: 'life ' + t.outcome, x: from, y, width: Math.max(2, to - from), height: 8, rx: 2}, s('title', {}, t.path + ' ' + t.name + ' (' + t.id + '): ' + time(t.ageNanos) + ', ' + t.outcome)));
      y += 10;
    }
  }
  if (report.shutdowns.length) {
    y += 14;
    parts.push(s('text', {x: left - 8, y: y + 10, 'text-anchor': 'end'}, 'shutdown'));
    for (const p of report.shutdowns.slice(0, 40)) {
      const from = x(p.startNanos), w = Math.max(3, x(p.startNanos + p.nanos) - from);
      parts.push(s('rect', {class: 'phase ' + p.result, x: from, y, width: w, height: 9, rx: 2}, s('title', {}, p.path + ' ' + p.phase + ': ' + p.result + ' in ' + time(p.nanos))),
        s('text', {x: from - 5, y: y + 9, 'text-anchor': 'end'}, from > left + 210 && !narrow ? short(p.path) + ' ' + p.phase : ''));
      y += 13;
    }
  }
  const axis = [];
  for (let i = 0; i <= (narrow ? 3 : 6); i++) {
    const at = duration * i / (narrow ? 3 : 6);
    axis.push(s('line', {class: 'axis', x1: x(at), x2: x(at), y1: 16, y2: y}), s('text', {x: x(at), y: 11, 'text-anchor': i ? 'middle' : 'start'}, i ? time(Math.round(at)) : '0'));
  }
  if (!parts.length) { target.append(h('p', {class: 'none'}, 'No task has a lifetime in this recording.')); return; }
  target.append(s('svg', {viewBox: '0 0 ' + width + ' ' + (y + 6), role: 'img', 'aria-label': 'Live tasks by scope over ' + time(duration) + '; the same numbers are in the tables'}, axis, parts));
  target.append(h('div', {class: 'legend'}, [['running', 'live tasks, tasks that ended'], ['queued', 'still live, cancelled'], ['parked', 'clean phase']].map(([c, t]) => h('span', {}, h('i', {class: c}), t)), h('span', {}, sized(h('i'), {background: 'var(--error)'}), 'failed, abandoned')));
}
