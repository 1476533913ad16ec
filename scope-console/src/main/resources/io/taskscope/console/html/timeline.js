/* Live tasks by scope over time, the longest tasks as bars, and the phases of shutdowns. Drawn again when the width changes. */
function drawTimeline(report) {
  const target = body('timeline'), duration = Math.max(1, report.recording.durationNanos), chart = h('div');
  const sum = list => list.reduce((p, q) => p + q, 0);
  const scopes = report.scopes.filter(z => z.own && z.own.liveSeries.some(v => v > 0)).sort((a, b) => sum(b.own.liveSeries) - sum(a.own.liveSeries)).slice(0, 24).sort((a, b) => a.path < b.path ? -1 : 1);
  const given = report.abandoned.filter(a => !a.endedLater).map(a => ({...a, startNanos: a.atNanos - a.ageNanos, ageNanos: duration - a.atNanos + a.ageNanos, outcome: 'abandoned'}));
  const lost = new Set(given.map(t => t.id));
  const tasks = [...report.slowestTasks.slice(0, 24), ...report.liveTasks.slice(0, 16), ...given.slice(0, 16)].filter(t => t.ageNanos > 0 && (t.outcome === 'abandoned' || !lost.has(t.id))).sort((a, b) => a.startNanos - b.startNanos);
  if (!scopes.length && !tasks.length && !report.shutdowns.length) { target.append(h('p', {class: 'none'}, 'No task has a lifetime in this recording.')); return; }

  function draw(width) {
    const narrow = width < 720, left = narrow ? 100 : 240, right = narrow ? 40 : 78, plot = width - left - right, end = left + plot;
    const x = nanos => left + plot * Math.min(1, Math.max(0, nanos / duration));
    const short = (text, most) => text.length > most ? '…' + text.slice(1 - most) : text;
    const parts = [];
    let y = 22;
    const heading = text => { y += 14; parts.push(s('text', {class: 'head', x: left - 8, y: y + 9, 'text-anchor': 'end'}, text)); };
    /* The text of a bar stands where there is room: right of it, left of it, or in it. */
    const bar = (cls, from, to, text, title) => {
      const room = text.length * 5.9 + 10, w = Math.max(2, to - from), fits = room < w - 6;
      parts.push(s('rect', {class: cls, x: from, y, width: w, height: 11, rx: 2}, s('title', {}, title)));
      if (fits) parts.push(s('text', {class: 'small in', x: from + 5, y: y + 9}, text));
      else if (from + w + room < width) parts.push(s('text', {class: 'small', x: from + w + 5, y: y + 9}, text));
      else if (from - room > left) parts.push(s('text', {class: 'small', x: from - 5, y: y + 9, 'text-anchor': 'end'}, text));
      y += 14;
    };
    for (const scope of scopes) {
      const series = scope.own.liveSeries, max = Math.max(...series), height = 26, step = plot / series.length;
      let d = 'M' + left + ' ' + (y + height);
      series.forEach((v, i) => { const level = (y + height - v / max * (height - 3)).toFixed(1); d += 'L' + (left + i * step).toFixed(1) + ' ' + level + 'L' + (left + (i + 1) * step).toFixed(1) + ' ' + level; });
      parts.push(s('g', {}, s('title', {}, clip(scope.path) + ': at most ' + digits(max) + ' live tasks on average in ' + time(Math.round(duration / series.length))),
        s('text', {x: left - 8, y: y + height - 7, 'text-anchor': 'end'}, short(scope.path, narrow ? 13 : 34)), s('path', {class: 'area', d: d + 'L' + end + ' ' + (y + height) + 'Z'}),
        s('text', {x: end + 6, y: y + height - 7}, (narrow ? '' : 'max ') + digits(max))));
      y += height + 6;
    }
    if (tasks.length) heading(narrow ? 'tasks' : 'longest tasks');
    for (const t of tasks) bar('life ' + t.outcome, x(t.startNanos), x(t.startNanos + t.ageNanos), narrow ? short(t.name, 24) : short(t.name, 40) + ' · ' + short(t.path, 34), clip(t.path) + ' ' + clip(t.name) + ' (' + t.id + '): ' + time(t.ageNanos) + ', ' + t.outcome);
    if (report.shutdowns.length) heading('shutdown');
    for (const p of report.shutdowns.slice(0, 40)) bar('phase ' + p.result, x(p.startNanos), x(p.startNanos + p.nanos), short(p.path, narrow ? 16 : 34) + ' ' + p.phase, clip(p.path) + ' ' + p.phase + ': ' + p.result + ' in ' + time(p.nanos));
    const axis = [], marks = narrow ? 2 : 6;
    for (let i = 0; i <= marks; i++) {
      const at = duration * i / marks;
      axis.push(s('line', {class: 'axis', x1: x(at), x2: x(at), y1: 16, y2: y}), s('text', {x: x(at), y: 11, 'text-anchor': i ? 'middle' : 'start'}, i ? time(Math.round(at)) : '0'));
    }
    chart.replaceChildren(s('svg', {viewBox: '0 0 ' + width + ' ' + (y + 6), role: 'img', 'aria-label': 'Live tasks by scope over ' + time(duration) + '; the same numbers are in the tables'}, axis, parts));
  }
  const colors = [['--running', 'live tasks, tasks that ended'], ['--queued', 'still live, cancelled'], ['--parked', 'clean phase'], ['--error', 'failed, abandoned']];
  target.append(chart, h('div', {class: 'legend'}, colors.map(([color, text]) => h('span', {}, sized(h('i'), {background: 'var(' + color + ')'}), text))));
  let drawn = 0;
  const fit = () => { const width = Math.max(280, chart.clientWidth || 1100); if (width !== drawn) draw(drawn = width); };
  fit();
  window.addEventListener('resize', fit);
}
